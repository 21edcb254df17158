"""What an import will need, and whether it is there."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from graph.errors import ServerError

_STAGING_B = 340
_FILES_B = 240
_DATABASE_B = 2_400
"""Bytes on disk for each record, measured with three million models; the database has indexes."""
_SECONDS = 1 / 20_000
"""For each record, measured on two cores, plus some seconds for the server's start."""
_MEMORY_MB = 2_500
"""What Python and Neo4j's import tool need beside each other, at least."""
_PER_RECORD_B = 260
"""Memory of the import tool for each record, on top of that."""


@dataclass(frozen=True)
class Estimate:
    """What an import will need."""

    records: int
    disk_bytes: int  # while it runs
    database_bytes: int  # what the database will take of that
    memory_bytes: int
    seconds: float


def estimate(records: int) -> Estimate:
    """What the import of so many records needs."""
    return Estimate(
        records=records,
        disk_bytes=records * (_STAGING_B + _FILES_B + _DATABASE_B) + 200 * 2**20,
        database_bytes=records * _DATABASE_B,
        memory_bytes=_MEMORY_MB * 2**20 + records * _PER_RECORD_B,
        seconds=records * _SECONDS + 20,
    )


def check(needed: Estimate, folder: Path) -> None:
    """Check that the machine has it; the database will be in `folder`.

    Raises:
        ServerError: the disk or the memory is too small.
    """
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free
    if free < needed.disk_bytes:
        raise ServerError(
            f"The import needs about {needed.disk_bytes / 1e9:.1f} GB on the disk of {folder}, and "
            f"{free / 1e9:.1f} GB are free.",
            "Free some space, or set HUBGRAPH_DATA_DIR to a folder on a larger disk.",
        )
    total = psutil.virtual_memory().total
    if total < needed.memory_bytes:
        raise ServerError(
            f"The import needs about {needed.memory_bytes / 1e9:.1f} GB of memory, and this "
            f"machine has {total / 1e9:.1f} GB.",
            "Write the import files here with --files-only, and import them on a larger machine.",
        )
