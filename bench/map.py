"""`python -m bench.map FILE`: how long the map of a dump of models takes, and what it needs.

The dump is one that `python -m bench.hub` writes, so no database is needed. With `--frames` the map
is also looked at in Chromium.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from rich.console import Console

from bench.map_frames import frames
from bench.running import machine, run
from graph.answers.map.hub_map import draw_map
from graph.answers.map.reading import NO_VERDICT, MapModels
from graph.scores.lineage import IntArray

_MODELS = """SELECT id, coalesce(author, '') AS author, coalesce(pipeline_tag, '') AS task,
  coalesce(list_filter(tags, lambda tag: starts_with(tag, 'license:'))[1][9:], '') AS licence,
  coalesce(epoch_ms("createdAt"), -1)::DOUBLE AS created, row_number() OVER () - 1 AS place
FROM dump"""
_LINKS = """SELECT model.place AS child, base.place AS base,
  list_position(['finetune', 'adapter', 'merge', 'quantized'], "baseModels".relation) - 1
    AS relation
FROM (SELECT id, "baseModels", unnest("baseModels".models).id AS named FROM dump) AS link
JOIN model USING (id) JOIN model AS base ON base.id = link.named"""


def main() -> None:
    """Draw the map of a dump and print what that took."""
    parser = argparse.ArgumentParser(prog="python -m bench.map", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--frames", action="store_true", help="measure it in Chromium, too")
    asked = parser.parse_args()
    console = Console()
    console.print(machine())
    with ProcessPoolExecutor(1) as apart:  # DuckDB's memory is not the map's
        models = apart.submit(_read, asked.file).result()
    with _timed(console, "put them in order"):
        models = models.in_order()
    with _timed(console, "layout, file and pictures"):
        found = draw_map(models, "", datetime.now(UTC))
    facts = found.facts
    console.print(
        f"{facts.models:,} models, {facts.islands_total:,} islands, {len(facts.continents)} "
        f"continents; file {len(found.points) / 1e6:,.2f} MB, pictures "
        f"{' and '.join(f'{len(p) / 1e3:,.0f} kB' for p in found.pictures.values())}"
    )
    if asked.frames:
        for sentence in frames(found):
            console.print(sentence)


def _read(file: Path) -> MapModels:
    with duckdb.connect() as sql:
        sql.execute("SET memory_limit = '500MB'")
        sql.read_parquet(str(file)).create_view("dump")
        sql.execute(f"CREATE TABLE model AS {_MODELS}")
        found = sql.sql("SELECT * EXCLUDE place FROM model ORDER BY place").to_arrow_table()
        links = sql.execute(_LINKS).fetchnumpy()
    created = found["created"].to_numpy()
    texts = (
        found[name].combine_chunks().cast(pa.large_string())
        for name in ("id", "author", "task", "licence")
    )
    id_, author, task, licence = texts
    child, base, relation = (_numbers(links[name]) for name in ("child", "base", "relation"))
    created = np.where(created < 0, np.nan, created)
    unknown = np.full(child.size, NO_VERDICT)
    kinds = pa.array([""] * len(id_), pa.large_string())
    return MapModels(id_, author, task, licence, created, child, base, relation, unknown, kinds)


def _numbers(column: object) -> IntArray:
    return np.ma.filled(np.ma.asarray(column), 0).astype(np.int64)


@contextmanager
def _timed(console: Console, words: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"{words}: {wall:.1f} s, {cpu:.1f} s of processor time, at most {peak:,.0f} MiB")


if __name__ == "__main__":
    run(main)
