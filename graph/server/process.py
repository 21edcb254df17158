"""The server's process: start it detached, find it again later, stop it."""

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self, TypeVar

import psutil
from pydantic import TypeAdapter

STOP_TIMEOUT_S = 60.0
"""How long a server may take to close its database before it is killed."""

Record = TypeVar("Record")


@dataclass(frozen=True)
class Process:
    """One process of the operating system, distinct from later ones with the same number."""

    pid: int
    started_at: float  # in seconds since 1970

    @classmethod
    def current(cls) -> Self:
        """This process."""
        return cls(os.getpid(), psutil.Process().create_time())

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started_at) >= 1:
                return False
            # A zombie is over, unless only its first thread has ended yet.
            return process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1
        except psutil.NoSuchProcess:
            return False

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Ask it to end, wait, and kill it once the time is over."""
        for order in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_alive:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, order)
            end = time.monotonic() + timeout_s
            while self.is_alive and time.monotonic() < end:
                time.sleep(0.05)
        self.reap()

    def reap(self) -> int | None:
        """Collect the exit status if the process was our child and ended; negative: a signal."""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return None
        return os.waitstatus_to_exitcode(status) if pid else None


@dataclass(frozen=True)
class State:
    """What is recorded of a server between commands."""

    bolt_wish: int  # the preferred port that led to `bolt_port`
    bolt_port: int
    http_wish: int
    http_port: int
    process: Process | None = None  # none after an orderly stop
    ready: bool = False  # whether it has answered since its start
    data: str = "data"  # name of the data folder that it was started on

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.is_alive


def spawn(command: list[str], output: Path) -> Process:
    """Start a program in a session of its own, without input, all output into one file."""
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    pid = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(output), write, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    return Process(pid, psutil.Process(pid).create_time())


def left_over(mark: str, kept: Process | None) -> list[Process]:
    """The processes whose command line holds the word `mark`, except `kept`."""
    return [
        Process(process.pid, process.info["create_time"])
        for process in psutil.process_iter(["cmdline", "create_time"])
        if mark in (process.info["cmdline"] or ()) and (not kept or process.pid != kept.pid)
    ]


def read_state(path: Path) -> State | None:
    """Read what `write_state` wrote; None if there is nothing usable."""
    return read_record(path, State)


def read_record(path: Path, kind: type[Record]) -> Record | None:
    """A dataclass from a file of JSON; None if there is nothing usable."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def write_state(path: Path, state: State) -> None:
    """Replace the state file in one step."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(state)), "utf-8")
    fresh.replace(path)
