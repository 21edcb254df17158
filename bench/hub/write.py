"""Writes the files of the made-up Hub, group of rows by group of rows."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.hub import rows
from bench.hub.facts import ROWS, facts
from bench.hub.next_day import Changes, apply, next_day
from bench.hub.others import DATASET_SCHEMA, SPACE_SCHEMA, datasets, spaces
from bench.hub.universe import Universe, universe

_THREADS = 2


def write(
    folder: Path,
    models: int,
    seed: int = 1,
    *,
    changed: int = 0,
    json_structs: bool = False,
    only_models: bool = False,
) -> None:
    """Write the dump of a Hub into a folder.

    Args:
        folder: where to; files of an earlier time are replaced.
        models: how many models today's dump holds.
        seed: the same one always gives the same files.
        changed: with a number, the next day's dump is written, in which so many models changed.
        json_structs: `baseModels` and `safetensors` as JSON text, as in older dumps.
        only_models: no datasets and Spaces.
    """
    folder.mkdir(parents=True, exist_ok=True)
    hub = universe(models, seed)
    changes = None
    if changed:
        hub, changes = next_day(hub, changed)
    schema = rows.schema(json_structs=json_structs)
    _write(folder / "models.parquet", schema, _tables(hub, changes, json_structs=json_structs))
    if not only_models:
        _write(folder / "datasets.parquet", DATASET_SCHEMA, datasets(hub, changed))
        _write(folder / "spaces.parquet", SPACE_SCHEMA, spaces(hub, changed))


def _tables(hub: Universe, changes: Changes | None, *, json_structs: bool) -> Iterator[pa.Table]:
    """One table for each chunk of models, of which a few are made ahead."""

    def make(chunk: int) -> pa.Table:
        known = facts(hub, chunk)
        if changes:
            apply(changes, known, hub.seed)
        return rows.table(hub, known, json_structs=json_structs)

    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for chunk in range(-(-len(hub) // ROWS)):
            waiting.append(pool.submit(make, chunk))
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, schema, compression="zstd", compression_level=1) as file:
        for table in tables:
            if table.num_rows:
                file.write_table(table.cast(schema), row_group_size=ROWS)
    unfinished.replace(path)
