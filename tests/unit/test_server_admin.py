"""Running Neo4j's administration tool, with a small program in its place."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from graph.errors import ServerError
from graph.server import admin
from graph.server.admin import run_admin
from graph.server.home import Home
from graph.server.java import admin_command, process_mark
from graph.server.process import left_over
from tests.progress import wait_until

Run = Callable[..., str]
LASTING = "import time; print('begun', flush=True); time.sleep(60)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "server", tmp_path / "logs")
    home.prepare()
    return home


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a Python program as the tool."""

    def run(code: str, *arguments: str, **given: Any) -> str:
        command = [sys.executable, "-I", "-S", "-c", code, process_mark(home)]
        monkeypatch.setattr(admin, "admin_command", lambda *_: command)
        return run_admin(home, *arguments, **given)

    return run


def test_lines_are_told_and_returned(run: Run) -> None:
    code = (
        "import sys; print('5%', end='\\r'); print('10%'); sys.stdout.flush();"
        "print('odd \\udcff', file=sys.stderr); print('words:', sys.argv[2:])"
    )
    told: list[str] = []
    said = run(code, "database", "dump", "neo4j", on_line=told.append)
    assert said.splitlines() == told
    assert told[:2] == ["5%", "10%"]
    assert told[-1] == "words: ['database', 'dump', 'neo4j']"


def test_a_line_is_told_before_the_next(home: Home, run: Run) -> None:
    gate = home.root / "gate"
    code = (
        "import pathlib, time; print('first', flush=True)\n"
        f"while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.01)\nprint('second')"
    )
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        gate.touch()

    run(code, on_line=tell)
    assert told == ["first", "second"]


def test_it_reads_what_it_is_given(home: Home, run: Run) -> None:
    code = "import sys; print(sys.stdin.read())"
    file = home.root / "input"
    file.write_text("a dump")
    with file.open("rb") as opened:
        assert run(code, stdin=opened) == "a dump\n"
    assert run(code) == "\n"


def test_the_heap_is_its_own(home: Home) -> None:
    assert "-Xmx1234m" in admin_command(home, 1234)
    assert not any(word.startswith("-Xm") for word in admin_command(home, None))
    assert process_mark(home) in admin_command(home, None)


@pytest.mark.parametrize(("said", "status", "message"), [
    (
        "-----\nCommand Failed\nLoad failed for databases: 'neo4j'\n\nUnable to load it\n\n"
        "Unable\n\nFull exception details written to: /x\nPlease provide this file\n-----",
        1,
        "database load neo4j failed: Unable to load it",
    ),
    ("-----\nCommand Failed\nThere is one reason.\n-----", 1, "failed: There is one reason."),
    ("Unknown option\nRun with '--verbose' for more", 64, "failed: Unknown option"),
    ("IOException: No space left on device", 1, "the disk is full. Free some space"),
    ("Terminating due to java.lang.OutOfMemoryError: Java heap space", 3, "too little memory"),
    ("There is insufficient memory for the Java Runtime", 1, "not enough memory"),
    ("", 7, "failed: exit status 7"),
])  # fmt: skip
def test_a_failure_is_one_line(run: Run, said: str, status: int, message: str) -> None:
    code = f"import sys; print({said!r}); sys.exit({status})"
    with pytest.raises(ServerError) as caught:
        run(code, "database", "load", "neo4j", "--from-path=/secret")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "--from-path" not in str(caught.value)


def test_killed_from_outside_points_at_memory(run: Run) -> None:
    with pytest.raises(ServerError, match="memory ran out"):
        run("import os; os.kill(os.getpid(), 9)")


@pytest.mark.parametrize("deaf", [False, True])
def test_an_interruption_ends_it(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch, deaf: bool
) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" if deaf else ""
    monkeypatch.setattr(admin, "STOP_TIMEOUT_S", 0.2)

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(code + LASTING, on_line=interrupt)
    assert left_over(process_mark(home), None) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next command ends it")
def test_it_ends_with_its_parent_however_that_ends(home: Home) -> None:
    code = (
        "import sys; from pathlib import Path; from graph.server import admin;"
        "from graph.server.home import Home; from graph.server.java import process_mark;"
        f"home = Home(Path({str(home.root)!r}), Path({str(home.logs)!r}));"
        f"admin.admin_command = lambda *_: [sys.executable, '-c', {LASTING!r}, process_mark(home)];"
        "admin.run_admin(home, on_line=lambda line: print(line, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"begun\n"
        (child,) = left_over(process_mark(home), None)
        assert psutil.Process(child.pid).ppid() == parent.pid
        os.kill(parent.pid, signal.SIGKILL)
        wait_until(lambda: not child.is_alive)


def test_a_parent_that_is_gone_already_starts_nothing(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(admin.LAUNCHER), "1", "/usr/bin/touch", str(touched)],
        check=False,
    )
    assert (done.returncode, touched.exists()) == (1, False)
