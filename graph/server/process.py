"""The server's process: start it detached, find it again later, stop it."""

import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Self, TypeVar

import psutil
from pydantic import TypeAdapter

from graph.server.files import replace_text

STOP_TIMEOUT_S = 60.0
"""How long a server may take to close its database before it is killed."""

Record = TypeVar("Record")


@dataclass(frozen=True)
class Process:
    """One process of the operating system, distinct from later ones with the same number."""

    pid: int
    birth: str  # when it began, in a form that stays the same when the clock is set; see `_birth`

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this number now; `psutil.NoSuchProcess` if there is none."""
        return cls(pid, _birth(pid))

    @classmethod
    def current(cls) -> Self:
        """This process."""
        return cls.of(os.getpid())

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            if _birth(self.pid) != self.birth:
                return False
            process = psutil.Process(self.pid)
            # A zombie is over, unless only its first thread has ended yet.
            return process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1
        except psutil.NoSuchProcess:
            return False

    @property
    def uptime_s(self) -> float:
        """For how many seconds it has been running; 0 if it ended just now."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return max(0.0, time.time() - psutil.Process(self.pid).create_time())
        return 0.0

    def listens_on(self, port: int) -> bool:
        """Whether it, and not another process, takes connections on a port."""
        try:
            connections = psutil.Process(self.pid).net_connections("tcp")
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:  # the system does not say
            return True
        return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)

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
    stopping: bool = False  # whether it was told to end
    data: str = "data"  # name of the data folder that it was started on

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.is_alive

    @property
    def is_ending(self) -> bool:
        """Whether its process runs and will not answer again: it was told to end, by whomever."""
        if self.process is None or not self.is_alive:
            return False
        return self.stopping or (self.ready and not self.process.listens_on(self.bolt_port))


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
    return Process.of(pid)


def left_over(mark: str, kept: Process | None) -> list[Process]:
    """The processes whose command line holds the word `mark`, except `kept`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or ()):
            with contextlib.suppress(psutil.NoSuchProcess):
                found.append(Process.of(process.pid))
    return [process for process in found if process != kept]


def _birth(pid: int) -> str:
    """When a process began: on Linux, the boot of the machine and the clock tick since then.

    A time of day would not do: on Linux it is worked out from the present time, so that it changes
    when the clock is set or the machine was suspended. Elsewhere the system keeps it as it was.
    """
    if sys.platform != "linux":
        return repr(psutil.Process(pid).create_time())
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None
    return f"{_boot()} {int(fields[19])}"


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:  # some containers do not show it
        return ""


def read_state(path: Path) -> State | None:
    """Read what `write_state` wrote; None if there is nothing usable."""
    return read_record(path, State)


def read_record(path: Path, kind: type[Record]) -> Record | None:
    """A dataclass from a file of JSON; None if there is nothing usable."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def write_state(path: Path, state: State) -> None:
    """Replace the state file in one step."""
    replace_text(path, json.dumps(asdict(state)))
