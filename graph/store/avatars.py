"""The pictures of accounts that crawls kept: small files in the data folder, named by a hash.

A name is anybody's text, so it is no part of a path. An empty file says that the picture was asked
for and cannot be used.
"""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from graph.settings import Settings

DAY_S = 86_400


def keep_avatar(settings: Settings, name: str, picture: bytes) -> None:
    """Keep the picture of an account in the place of any other; empty: there is none to use.

    Raises:
        OSError: it cannot be written.
    """
    path = _place(settings, name)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    number, fresh = tempfile.mkstemp(dir=path.parent, prefix=".")  # readable by its owner alone
    try:
        with os.fdopen(number, "wb") as file:
            file.write(picture)
        Path(fresh).replace(path)
    except OSError:
        Path(fresh).unlink(missing_ok=True)
        raise


def kept_avatar(settings: Settings, name: str) -> bytes:
    """The picture of an account; empty if there is none."""
    with suppress(OSError):
        return _place(settings, name).read_bytes()
    return b""


def has_fresh_avatar(settings: Settings, name: str, *, days: float) -> bool:
    """Whether the picture of an account was asked for in so many days."""
    with suppress(OSError):
        return time.time() - _place(settings, name).stat().st_mtime < days * DAY_S
    return False


def _place(settings: Settings, name: str) -> Path:
    digest = hashlib.sha256(name.lower().encode("utf-8", "surrogatepass")).hexdigest()
    return settings.data_dir / "avatars" / digest[:2] / f"{digest}.webp"
