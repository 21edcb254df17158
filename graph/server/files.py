"""Small files of the server's home, and what is said when its disk is full."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import ServerError

FRESH = ".new"
"""How the name of a file ends that is to take the place of another."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Error numbers of a disk, or a share of one, that is full."""

FULL_BYTES = 1_000_000
"""A disk with less free space than this is full."""

MORE_DISK = "Free some space, or set HUBGRAPH_DATA_DIR to a folder on a larger disk."


def replace_text(path: Path, text: str) -> None:
    """Give a small file this content, in one step; its owner alone can read it.

    On a full disk the old file is overwritten where it is, which needs no space.

    Raises:
        OSError: it cannot be written; it holds what it held before.
    """
    data = text.encode("utf-8")
    try:
        if path.read_bytes() == data:
            return
    except FileNotFoundError:
        pass
    fresh = path.with_name(f"{path.name}{FRESH}")
    try:
        fresh.touch(mode=0o600)
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        if error.errno not in FULL or not path.exists():
            raise
        _overwrite(path, data)


def _overwrite(path: Path, data: bytes) -> None:
    number = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(number, data, 0)
        os.ftruncate(number, len(data))
    finally:
        os.close(number)


def lead_to(link: Path, folder: Path) -> None:
    """Make a symbolic link lead to a folder, in one step."""
    if link.is_symlink() and link.readlink() == folder:
        return
    fresh = link.with_name(f"{link.name}{FRESH}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder)
    fresh.replace(link)


def is_full(folder: Path) -> bool:
    """Whether the disk with a folder has no space left that Neo4j could work with."""
    return shutil.disk_usage(folder).free < FULL_BYTES


def full_disk(root: Path) -> ServerError:
    """Error for a home whose disk is full."""
    return ServerError(f"The disk with {root} is full.", MORE_DISK)


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Say in one line that the disk of the home `root` is full, or what cannot be written there."""
    try:
        yield
    except BrokenPipeError:  # of our own output
        raise
    except OSError as error:
        if error.errno in FULL:
            raise full_disk(root) from error
        raise ServerError(
            f"{error.filename or root} cannot be used: {error.strerror or error}."
        ) from error
