"""Run `neo4j-admin`, streaming its output; it never outlives this process."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from graph.errors import ServerError
from graph.server.files import MORE_DISK
from graph.server.home import Home
from graph.server.java import admin_command

LAUNCHER = Path(__file__).with_name("ends_with_parent.py")
STOP_TIMEOUT_S = 10.0
FULL_DISK = "the disk is full"

KNOWN = (
    ("No space left on device", FULL_DISK, MORE_DISK),
    ("OutOfMemoryError", "it had too little memory", "Close other programs, or give it more."),
    (
        "insufficient memory",
        "there is not enough memory for it",
        "Close other programs, or give it less.",
    ),
)


def run_admin(
    home: Home,
    *arguments: str,
    heap_mb: int | None = None,
    on_line: Callable[[str], None] | None = None,
    stdin: IO[bytes] | None = None,
) -> str:
    """Run `neo4j-admin` on data that no server has open, and return what it printed.

    It is killed when this call is interrupted, and on Linux also when this process is killed;
    elsewhere `graph.server.recovery` ends it later. Paths are absolute or below the home. A word
    that begins with @ is replaced by that file's content, so no secret needs to be an argument.

    Raises:
        ServerError: the tool failed; the message is its reason.
    """
    command = [*admin_command(home, heap_mb), *arguments]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *command]
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603
        command,
        env={**os.environ, "NEO4J_HOME": str(home.root), "NEO4J_CONF": str(home.conf)},
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C in the terminal is for us to pass on
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101
            for line in process.stdout:  # ends at \r, too
                lines.append(line.rstrip("\n"))
                if on_line:
                    on_line(lines[-1])
            status = process.wait()
        except BaseException:
            _end(process)
            raise
    if status != 0:
        raise _failure(arguments, lines, status)
    return "".join(f"{line}\n" for line in lines)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _failure(arguments: Sequence[str], lines: Sequence[str], status: int) -> ServerError:
    name = f"neo4j-admin {' '.join(word for word in arguments[:3] if word[:1].isalpha())}"
    text = "\n".join(lines)
    for sign, message, hint in KNOWN:
        if sign in text:
            return ServerError(f"{name} failed: {message}.", hint)
    if status == -9:
        return ServerError(
            f"{name} was killed, most likely because memory ran out.", "Close other programs."
        )
    return ServerError(f"{name} failed: {_reason(lines) or f'exit status {status}'}")


def _reason(lines: Sequence[str]) -> str:
    """What the tool says under `Command Failed`, the second line being the closer one."""
    said = [line.strip() for line in lines if line.strip().strip("-")]
    said = [
        line for line in said if not line.startswith(("Run with '--verbose'", "Please provide"))
    ]
    if "Command Failed" in said:
        said = said[said.index("Command Failed") + 1 :]
        return " ".join(said[1:2] or said)
    return said[-1] if said else ""
