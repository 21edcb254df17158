"""A local server whose programs are played by small ones: quick, and good to kill at any step."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from graph.server import replacement, service
from graph.server.home import Home
from graph.server.java import process_mark
from graph.server.process import Process, State
from graph.server.service import Service
from graph.settings import Settings, load_settings

SERVER = """
import contextlib, fcntl, os, pathlib, signal, sys
data = pathlib.Path(sys.argv[2])
with contextlib.suppress(FileNotFoundError):
    lock = open(data / "store_lock", "a")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (data / "databases" / "system").mkdir(parents=True, exist_ok=True)
    (data / "answers").write_text(str(os.getpid()))
signal.pause()
"""
"""Answers until it is ended, and does not share its data; lives on when they are deleted."""


def settings_at(folder: Path) -> Settings:
    return load_settings(
        data_dir=folder / "data",
        cache_dir=folder / "cache",
        log_dir=folder / "logs",
        bolt_port=0,
        http_port=0,
        start_timeout_s=20,
    )


def pretend(setattr_: Callable[[object, str, object], None]) -> None:
    """Let small programs and functions stand for Neo4j and its tool."""
    setattr_(service, "missing_jars", lambda *_: [])
    setattr_(service, "server_command", _server_command)
    setattr_(service, "POLL_S", 0.005)
    setattr_(replacement, "run_admin", run_admin)
    setattr_(os, "sync", lambda: None)
    setattr_(Service, "_problem", _problem)
    setattr_(Process, "listens_on", lambda *_: True)


def run_admin(home: Home, *arguments: str, **_: object) -> str:
    """Build a database whose content is the last argument."""
    (home.data / "databases" / "neo4j").mkdir(parents=True)
    content(home.data).write_text(arguments[-1])
    return ""


def content(data: Path) -> Path:
    """The file that stands for the database in a data folder."""
    return data / "databases" / "neo4j" / "content"


def _server_command(home: Home, *_: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", SERVER, process_mark(home), str(home.data)]


def _problem(self: Service, state: State) -> str:
    answers = self.home.root / state.data / "answers"
    ready = state.process and answers.exists() and answers.read_text() == str(state.process.pid)
    return "" if ready else "not yet"
