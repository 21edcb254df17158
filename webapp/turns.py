"""How many things a client may have running at a time, counted across all worker processes."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.lanes import BusyError


@contextmanager
def turn(folder: Path, client: str, most: int) -> Iterator[None]:
    """One of a client's turns; a `BusyError` if all are taken.

    A turn is a locked file, so that one of a process that died is free again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(client.encode()).hexdigest()[:16]
    for number in range(most):
        with (folder / f"{name}-{number}").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
    raise BusyError(f"{most} of your queries are running already.")
