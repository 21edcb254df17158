"""The data folders of one home: which one is in service, and which may be deleted.

A small file, the pointer, names the folder in service. It is replaced in one step, so a kill at any
moment leaves either the old or the new folder in service. Nothing is deleted by its name alone:
a folder that may be deleted holds a marker, or was renamed to say so.
"""

import os
import re
import shutil
import time
from pathlib import Path

from graph.errors import ServerError
from graph.server.files import FRESH

POINTER = "data-folder"
FIRST = "data"
"""The folder of a home that has no pointer."""

MARKER = "not-in-service"
"""A file in a folder that is being built, or was replaced. The folder in service is never deleted,
marked or not."""

DISCARDED = "discarded-"
"""How the name of a folder begins while it is deleted."""

NAME = re.compile(r"data(-\d{8}T\d{6}(-\d+)?)?")


def in_service(root: Path) -> str:
    """Name of the data folder in service; a `ServerError` when the pointer is lost or damaged."""
    pointer = root / POINTER
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError:
        if not (root / FIRST).exists() and (others := _unmarked(root)):
            raise ServerError(
                f"The file {pointer}, which names the data folder in service, is gone.",
                f"Write the name of a folder beside it into it: {', '.join(others)}.",
            ) from None
        return FIRST
    if not NAME.fullmatch(name):
        raise ServerError(
            f"{pointer} does not hold the name of a data folder.",
            f"Write the name of a folder beside it into it: {', '.join(_unmarked(root)) or FIRST}.",
        )
    return name


def put_in_service(root: Path, name: str) -> None:
    """Switch to another data folder, in one step that also a power cut leaves done or undone."""
    fresh = root / f"{POINTER}{FRESH}"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(root / POINTER)
    number = os.open(root, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def create(root: Path) -> Path:
    """Make a fresh data folder, marked as not in service."""
    stem = time.strftime(f"{FIRST}-%Y%m%dT%H%M%S", time.gmtime())
    folder, number = root / stem, 1
    while folder.exists():
        number += 1
        folder = root / f"{stem}-{number}"
    unnamed = root / f"{DISCARDED}{folder.name}"
    unnamed.mkdir()
    mark(unnamed)
    return unnamed.rename(folder)


def mark(folder: Path) -> None:
    """Say that the folder may be deleted unless it is in service."""
    (folder / MARKER).write_text(
        "hubgraph deletes this folder unless the file data-folder beside it names it.\n", "utf-8"
    )


def unmark(folder: Path) -> None:
    """Take the mark away."""
    (folder / MARKER).unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Delete a data folder; cut off in between, `sweep` goes on."""
    if folder.exists():
        shutil.rmtree(folder.rename(folder.with_name(f"{DISCARDED}{folder.name}")))


def sweep(root: Path) -> None:
    """Delete the folders that are marked or half deleted, and are not in service.

    And the files that were to take the place of others, when what wrote them was killed.
    """
    kept = in_service(root)
    unmark(root / kept)
    for path in sorted(root.iterdir()):
        if path.name.startswith(DISCARDED):
            shutil.rmtree(path)
        elif path.name != kept and (path / MARKER).exists():
            discard(path)
        elif path.name.endswith(FRESH) and not path.is_dir():
            path.unlink()


def _unmarked(root: Path) -> list[str]:
    if not root.exists():
        return []
    return sorted(
        path.name
        for path in root.iterdir()
        if NAME.fullmatch(path.name) and path.is_dir() and not (path / MARKER).exists()
    )
