"""Commands such as `hubgraph crawl …` in processes of their own that start at once.

Starting Python and importing everything takes two seconds, a test's own work often less. So one
process imports it all, opens nothing and waits; each command is a fork of it.

Run as `python -m tests.commands NUMBER`, it is that process. It takes commands from the socket of
this number until its other end is closed.
"""

import faulthandler
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Self

from graph.settings import Settings

ROOT = Path(__file__).parents[1]

PACKAGES = ("graph", "hubgraph", "scrapy", "spiders", "aiohttp", "twisted.conch.telnet")
"""What is imported beforehand, with all that is in it and can be."""
TOO_EARLY = ("spiders.settings", "twisted.internet.reactor")
"""Modules that take something from their surroundings for good when they are imported."""

_LARGEST = 256 * 1024


def variables(settings: Settings, logs: Path) -> dict[str, str]:
    """The variables by which a command uses the Neo4j of these settings and logs to a folder."""
    password = settings.neo4j_password
    return {
        "HUBGRAPH_NEO4J_URI": str(settings.neo4j_uri),
        "HUBGRAPH_NEO4J_USER": settings.neo4j_user,
        "HUBGRAPH_NEO4J_PASSWORD": password.get_secret_value() if password else "",
        "HUBGRAPH_LOG_DIR": str(logs),
        "HUBGRAPH_QUERY_TIMEOUT_S": str(settings.query_timeout_s),
    }


class Commands:
    """Starts commands, each in a fork of one warm process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C in the terminal is for the tests alone
            )

    def start(
        self, module: str, *arguments: str, environment: Mapping[str, str], cwd: Path = ROOT
    ) -> "Command":
        """Start `python -m module arguments` in exactly this environment."""
        surroundings = {"environment": dict(environment), "cwd": str(cwd)}
        request = {"module": module, "arguments": [module, *arguments], **surroundings}
        return Command(self._socket, request)

    def close(self) -> None:
        """End the warm process; commands that still run are not ended by it."""
        self._socket.close()
        self._process.wait(timeout=60)


class Command:
    """A command that was started; at the end of a `with` block it is ended if it still runs."""

    def __init__(self, warm: socket.socket, request: Mapping[str, object]) -> None:
        self.code: int | None = None
        self.peak = 0
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 (closed at the end of the block)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            files = [theirs.fileno(), self._told.fileno(), self._said.fileno()]
            text = json.dumps(request).encode()
            socket.send_fds(warm, [len(text).to_bytes(4, "big")], files)
            warm.sendall(text)
        self._line.settimeout(60)
        self.pid = int.from_bytes(self._line.recv(8), "big")
        if not self.pid:
            raise RuntimeError("The warm process cannot be used.")

    @property
    def told(self) -> str:
        """What it wrote to its standard output so far."""
        return _text(self._told.fileno())

    @property
    def said(self) -> str:
        """What it wrote to its standard error so far."""
        return _text(self._said.fileno())

    def poll(self) -> int | None:
        """How it ended, None while it runs."""
        try:
            return self.wait(0)
        except TimeoutError:
            return None

    def wait(self, timeout: float = 300) -> int:
        """Wait until it has ended, else raise TimeoutError that tells what it was doing."""
        if self.code is None:
            self._line.settimeout(timeout)
            try:
                ended = json.loads(self._line.recv(1_000))
            except BlockingIOError:
                raise TimeoutError from None
            except TimeoutError:
                os.kill(self.pid, signal.SIGUSR1)
                time.sleep(1)
                text = f"It still runs after {timeout:g} s. So far it said:\n{self.said}"
                raise TimeoutError(text) from None
            self.code, self.peak = int(ended["code"]), int(ended["peak"])
        return self.code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(self.pid, number)

    def kill(self) -> int:
        """End it at once, as `kill -9` does, unless it has ended before; how it ended."""
        self.send_signal(signal.SIGKILL)
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._line.close()
        self._told.close()
        self._said.close()


def _text(file: int) -> str:
    return os.pread(file, os.fstat(file).st_size, 0).decode()


def _serve(warm: socket.socket) -> None:
    """Take commands until nobody can send more; in the fork of one, it returns as well."""
    while True:
        size, files, _, _ = socket.recv_fds(warm, 4, 3)
        if not size:
            sys.exit()
        request = json.loads(warm.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
        if os.fork() == 0:
            warm.close()
            _watch(files, request)
            return
        for file in files:
            os.close(file)


def _watch(files: Sequence[int], request: Mapping[str, Any]) -> None:
    """Fork once more, for the command itself, and tell how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line = socket.socket(fileno=files[0])
    pid = os.fork()
    if pid:
        line.sendall(pid.to_bytes(8, "big"))
        os.close(files[1])
        os.close(files[2])
        _, status, used = os.wait4(pid, 0)
        unit = 1 if sys.platform == "darwin" else 1024
        ended = {"code": os.waitstatus_to_exitcode(status), "peak": used.ru_maxrss * unit}
        line.sendall(json.dumps(ended).encode())
        os._exit(0)
    line.close()
    for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), files[1], files[2])):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    faulthandler.register(signal.SIGUSR1)  # where each thread is, to standard error
    sys.argv = request["arguments"]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def _warm_up() -> None:
    """Import what commands use, and see that nothing was begun by it."""
    with warnings.catch_warnings(action="ignore"):
        for name in PACKAGES:
            package = importlib.import_module(name)
            for module in walk_packages(getattr(package, "__path__", ()), f"{name}."):
                if not module.name.endswith("__main__") and module.name not in TOO_EARLY:
                    with suppress(ImportError):  # what belongs to an extra that is not installed
                        importlib.import_module(module.name)
    begun = [name for name in TOO_EARLY if name in sys.modules]
    if begun or threading.active_count() > 1:
        raise RuntimeError(f"Importing has begun something: {begun}, {threading.enumerate()}")
    gc.collect()
    gc.freeze()  # forks share what is there, as it is never looked through again


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who watches a command waits for nobody
    _warm_up()
    _serve(socket.socket(fileno=int(sys.argv[1])))
