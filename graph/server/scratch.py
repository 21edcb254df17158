"""Unfinished files: one folder of the home holds them, and what a killed task left is swept.

Each task has an entry there and a lock on it, which ends with its process.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.server.home import Home

FOLDER = "scratch"
"""In the home."""

UNFINISHED = ".unfinished"
"""How the name of a folder elsewhere ends; no other is ever deleted there."""


@contextmanager
def scratch(home: Home, task: str, *, beside: Path | None = None) -> Iterator[Path]:
    """An empty folder for a task, gone afterwards.

    It is in the home, or else on the disk of the file `beside`, so that moving a file there is one
    step. What killed tasks left is deleted first.

    Raises:
        OSError: it cannot be made.
    """
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_scratch(home)
    with _all(home) as entries:
        entry = Path(tempfile.mkdtemp(prefix=f"{task}-", dir=entries))
        held = (entry / "held").open("a")
        fcntl.flock(held, fcntl.LOCK_EX)
    with held:
        folder = beside.with_name(f".{beside.name}{UNFINISHED}") if beside else entry / "files"
        try:
            if beside:
                (entry / "elsewhere").write_text(str(folder), "utf-8", "surrogateescape")
                _delete(folder)
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            _end(entry)


def clear_scratch(home: Home) -> None:
    """Delete what tasks left that are over.

    Raises:
        OSError: something cannot be deleted.
    """
    if not (home.root / FOLDER).exists():
        return
    with _all(home) as entries:
        for entry in sorted(entries.iterdir()):
            if entry.is_dir() and not _is_held(entry):
                _end(entry)


@contextmanager
def _all(home: Home) -> Iterator[Path]:
    """The folder of entries, to which nobody else adds meanwhile."""
    entries = home.root / FOLDER
    entries.mkdir(mode=0o700, exist_ok=True)
    with (entries / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield entries


def _is_held(entry: Path) -> bool:
    with (entry / "held").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _end(entry: Path) -> None:
    """Delete an entry, and the folder elsewhere that it names, which comes first."""
    with suppress(FileNotFoundError):
        named = (entry / "elsewhere").read_text("utf-8", "surrogateescape")
        if named.endswith(UNFINISHED):
            _delete(Path(named))
    _delete(entry)


def _delete(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
