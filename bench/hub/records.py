"""The made-up Hub as records: the rows of its dump, read as any dump is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from bench.hub.universe import NOW
from bench.hub.write import write
from graph.observe.dumps.columns import examine
from graph.observe.dumps.rows import lines

Record = dict[str, object]


def records(models: int, seed: int = 1) -> Iterator[Record]:
    """Every record of the dump that `write` makes of the same size and seed."""
    at = datetime.fromtimestamp(NOW, UTC).isoformat()
    with TemporaryDirectory() as folder:
        write(Path(folder), models, seed)
        for path in sorted(Path(folder).iterdir()):
            yield from (cast("Record", line.raw) for line in lines(examine(path), at))
