"""`python -m bench.weeks FILE`: weekly events in several orders and files give one graph.

Loads a file of events six times into a graph in memory: a file a week and three files by chance,
each onwards, backwards and shuffled. What each graph says of six dates is compared with the first,
and the first with what DuckDB counts in the file. `--every N` takes each Nth family, whole. Ends
with 1 where anything differs.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from rich.console import Console
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench.running import machine, run
from graph.observe.dumps.columns import examine
from graph.observe.dumps.events import event_lines
from graph.resolve.held import NodeKey, Values
from graph.resolve.traits import LINEAGE_TYPES
from graph.schema import CHANGE, MODEL
from tests.remembered import NOW, GraphState

DATES = ("2025-03-20", "2025-04-10", "2025-04-25", "2025-05-07", "2025-05-20", "2025-06-05")

SPLITS = {
    "a file a week": "SELECT DISTINCT concat('week = DATE ''', week, '''') AS part FROM dated",
    "three files by chance": "SELECT concat('hash(id, week, event) % 3 = ', n) AS part "
    "FROM range(3) t(n)",
}
"""How the events are cut into files: conditions."""

ORDERS: dict[str, Callable[[list[str]], list[str]]] = {
    "onwards": list,
    "backwards": lambda parts: parts[::-1],
    "shuffled": lambda parts: [str(part) for part in np.random.default_rng(0).permutation(parts)],
}
"""In which order the files are loaded."""

PAST = """
CREATE VIEW dated AS SELECT * REPLACE (CAST(week AS DATE) AS week) FROM event;
CREATE VIEW told AS SELECT key, id, relation, base_models,
  CASE event WHEN 'added' THEN week ELSE week - 7 END AS seen FROM dated;
CREATE MACRO link_at(day) AS TABLE
  SELECT key AS child, lower(unnest(arg_max(base_models, seen))) AS base
  FROM told WHERE base_models IS NOT NULL AND seen <= day GROUP BY key;
CREATE MACRO there_at(day) AS TABLE
  SELECT key FROM dated WHERE week <= day
  GROUP BY key HAVING arg_max(event, (week, event = 'added')) = 'added'
  UNION SELECT key FROM told WHERE seen <= day
    AND key NOT IN (SELECT key FROM dated WHERE week <= day);
"""
"""What an event tells: `link_at` and `there_at` are the lineage and the models of a day. A deleted
model was in the list of the week before, with its bases."""

EDGES = """
CREATE TABLE edge AS SELECT DISTINCT lower(id) AS key, lower(unnest(base_models)) AS base FROM file;
CREATE TABLE node AS SELECT key, row_number() OVER (ORDER BY key) - 1 AS n
  FROM (SELECT lower(id) AS key FROM file UNION SELECT base FROM edge);
CREATE VIEW link AS SELECT child.n AS child, base.n AS base FROM edge
  JOIN node child ON child.key = edge.key JOIN node base ON base.key = edge.base;
"""
"""Which models are of one family: numbered, with the links between them."""

Seen = dict[str, set[object]]
"""Of each date who was there and what was made from what, and of all times everything."""


def main() -> None:
    """Print what each split and order gives, and how it differs.

    Raises:
        SystemExit: anything differs.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth family alone")
    asked = parser.parse_args()
    console = Console(width=120)
    console.print(machine())
    first: Seen = {}
    differences = 0
    with duckdb.connect() as duck, tempfile.TemporaryDirectory(prefix="hubgraph-") as folder:
        console.print(f"{read(duck, asked.file, asked.every):,} events")
        for split, order in product(SPLITS, ORDERS):
            graph, started = GraphState(), time.process_time()
            parts = [part for (part,) in duck.execute(f"{SPLITS[split]} ORDER BY part").fetchall()]
            for number, part in enumerate(ORDERS[order](parts), 1):
                path = Path(folder, "part.parquet")
                columns = "week, event, id, relation, base_models"
                duck.view("dated").filter(part).project(columns).write_parquet(str(path))
                load(graph, path)
                spent = time.process_time() - started
                console.print(f"  {number} of {len(parts)} files, {spent:,.0f} s", style="dim")
            found = {day: past(graph, day) for day in DATES} | {"all": everything(graph)}
            what = "the first graph" if first else "DuckDB's counts"
            expected = first or {day: counted(duck, day) for day in DATES}
            first = first or found
            wrong = {name: len(expected[name] ^ found[name]) for name in expected}
            differences += sum(wrong.values())
            said = ", ".join(f"{name}: {n:,}" for name, n in wrong.items() if n) or "none"
            console.print(f"{split}, {order}: {spent:,.0f} s; differences from {what}: {said}")
    if differences:
        sys.exit(1)


def read(duck: duckdb.DuckDBPyConnection, file: Path, every: int) -> int:
    """Show the events of each Nth family, the largest first; returns how many these are."""
    duck.read_parquet(str(file)).create_view("file")
    duck.execute(EDGES)
    columns = duck.table("link").fetchnumpy()
    children, bases = (columns[name] for name in ("child", "base"))
    count = len(duck.table("node"))
    links = coo_array((np.ones(len(bases)), (children, bases)), shape=(count, count))
    _, family = connected_components(links, directed=False)
    wanted = np.argsort(-np.bincount(family), kind="stable")[::every]
    duck.from_arrow(pa.table({"n": np.flatnonzero(np.isin(family, wanted))})).create("wanted")
    duck.execute(
        "CREATE TABLE event AS SELECT * FROM (SELECT *, lower(id) AS key FROM file) "
        "WHERE key IN (SELECT key FROM node JOIN wanted USING (n))"
    )
    duck.execute(PAST)
    return len(duck.table("event"))


def load(graph: GraphState, path: Path) -> None:
    """Load a file of events, in a run of its own."""
    raws = (line.raw for line in event_lines(examine(path)))
    graph(*(raw for raw in raws if isinstance(raw, dict)), now=NOW)


def everything(graph: GraphState) -> set[object]:
    """What a graph holds; changes spell other models as they were known."""
    nodes, links = graph.content()
    found: set[object] = set()
    for ref, values in (nodes | links).items():
        text = repr(sorted(values.items()))
        is_change = isinstance(ref, NodeKey) and ref.label == CHANGE.label
        found.add(hash((ref, text.lower() if is_change else text)))
    return found


def past(graph: GraphState, day: str) -> set[object]:
    """The models that were there on a day, and child and base of each link."""
    at = f"{day}T00:00:00.000Z"
    models = (
        ref.key
        for ref, values in graph.nodes.items()
        if ref.label == MODEL.label and values["known"] and _held(values, "appeared_at", at)
    )
    links = (
        (ref.start.key, ref.end.key)
        for ref, values in graph.links.items()
        if ref.type in LINEAGE_TYPES and _held(values, "since", at)
    )
    return {*models, *links}


def counted(duck: duckdb.DuckDBPyConnection, day: str) -> set[object]:
    """The same, as the events say it."""
    models = duck.execute("FROM there_at(CAST(? AS DATE))", [day]).fetchall()
    links = duck.execute("FROM link_at(CAST(? AS DATE))", [day]).fetchall()
    return {*links, *(key for (key,) in models)}


def _held(values: Values, began: str, at: str) -> bool:
    ended, away = values.get("gone_since"), values.get("away") or ()
    is_away = sum(time <= at for time in away) % 2 == 1
    return bool(values[began] <= at) and not is_away and (ended is None or at < ended)


if __name__ == "__main__":
    run(main)
