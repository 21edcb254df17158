"""Families of a past week, from real events: what the graph says and what DuckDB counts."""

import json
from pathlib import Path

import duckdb

from bench.weeks import DATES, PAST
from graph.answers import reports
from graph.settings import Settings
from graph.store.connection import Graph, Statement
from graph.ways.load import load_files
from tests.integration.test_events import FAMILIES, compare, counted, duck, rows

__all__ = ["duck"]

WEEKS = ("2025-03-19", "2025-04-16", "2025-05-14", "2025-06-04")

FAMILY = """
WITH RECURSIVE link AS (FROM link_at(CAST($1 AS DATE))),
  down AS (SELECT $2 AS key UNION SELECT child FROM down JOIN link ON base = key)
SELECT count(*), count(*) FILTER (key IN (FROM there_at(CAST($1 AS DATE))))
FROM down WHERE key <> $2
"""


def test_families_of_past_weeks_are_those_of_the_events(
    duck: duckdb.DuckDBPyConnection, empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    duck.execute(PAST)
    load_files(empty_graph, [tmp_path / "slice.parquet"], settings=settings)
    grown = set()
    for week in WEEKS:
        asked = {"models": list(FAMILIES), "as_of": week}
        sizes = reports.run(empty_graph, "family-sizes", asked).rows
        found = {
            row["model"].lower(): (row["descendants"] + row["gone"], row["descendants"])
            for row in sizes
        }
        for root in FAMILIES:
            (counted,) = rows(duck, FAMILY, week, root)
            assert found[root] == counted, (week, root)
        grown.add(tuple(sorted(found.values())))
    assert len(grown) == len(WEEKS)

    weekly = reports.run(empty_graph, "changes-by-week").rows
    assert [(row["appeared"] + row["returned"], row["gone"]) for row in weekly] == rows(
        duck,
        "SELECT count(*) FILTER (event = 'added'), count(*) FILTER (event = 'deleted') FROM dated "
        "GROUP BY date_trunc('week', week) ORDER BY date_trunc('week', week)",
    )


PARTS = "SELECT DISTINCT concat('{0}(week) = ', {0}(week)) AS part FROM dated ORDER BY part"
ORDERS = {
    "a file a month": PARTS.format("month"),
    "the weeks backwards": f"{PARTS.format('week')} DESC",
    "three files by chance": "SELECT concat('hash(id, week, event) % 3 = ', n) FROM range(3) t(n)",
}
"""How the events are cut into files, and in which order these are loaded."""

DUMPED = ("2025-04-12", "2025-05-25")
"""Dates of which there are dumps, too; their licences and counts are made up."""
DUMP = """
SELECT arg_max(id, seen) AS id, CAST(hash(key, $1) % 3 AS INT) AS license,
  arg_max({'relation': relation, 'bases': base_models}, seen)
    FILTER (base_models IS NOT NULL) AS lineage,
  CAST(hash(key, $1) % 100 AS INT) AS downloads, hash(key) % 4 = 0 AS is_undated
FROM told WHERE seen <= CAST($1 AS DATE) AND key IN (FROM there_at(CAST($1 AS DATE)))
GROUP BY key
"""
"""What a dump says; a quarter of its records tell only when a model was last modified."""

GRAPH = """
CALL () {
  MATCH (m:Model) WITH m ORDER BY m.id_folded
  RETURN collect([m.id_folded, m.gone_since, m.away, m.observed_times, m.observed_facts,
    m.relation, m.base_count, CASE WHEN m.known THEN m.appeared_at END,
    m.license, m.facts_then, m.downloads, m.downloads_then, m.stated_before]) AS models
}
CALL () {
  MATCH (child:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
  WITH child, r, base ORDER BY child.id_folded, base.id_folded, type(r)
  RETURN collect([child.id_folded, type(r), base.id_folded, r.since, r.gone_since, r.away])
    AS links
}
CALL () {
  MATCH (:Author)-[p:PUBLISHED]->(m:Model) WITH p, m ORDER BY m.id_folded
  RETURN collect([m.id_folded, p.gone_since]) AS published
}
CALL () {
  MATCH (c:Change) WITH c ORDER BY c.id
  RETURN collect([c.id, toLower(c.before), toLower(c.after)]) AS changes
}
RETURN models, links, published, changes
"""


def test_events_give_one_past_in_any_order_and_any_files(
    duck: duckdb.DuckDBPyConnection, empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    duck.execute(PAST)
    dumps = [dump(duck, day, tmp_path / f"{day}.jsonl") for day in DUMPED]
    load_files(empty_graph, [tmp_path / "slice.parquet", *dumps], settings=settings)
    (first,) = empty_graph.read(GRAPH, timeout_s=120).rows
    for day in DATES:
        check_lineage(duck, empty_graph, day)
    for order, (name, select) in enumerate(ORDERS.items()):
        files = []
        for number, (part,) in enumerate(rows(duck, select)):
            path = tmp_path / f"{name.replace(' ', '-')}-{number}.parquet"
            columns = "week, event, id, relation, base_models"
            duck.view("dated").filter(part).project(columns).write_parquet(str(path))
            files.append(path)
        place = order * len(files) // 2  # before the events, among them, after them
        files[place:place] = dumps if order else dumps[::-1]
        empty_graph.write(Statement("MATCH (n) WHERE NOT n:Lease DETACH DELETE n", {}))
        for path in files:
            load_files(empty_graph, [path], settings=settings)
        (again,) = empty_graph.read(GRAPH, timeout_s=120).rows
        for what, found in again.items():
            assert found == first[what], (name, what)
        compare(duck, empty_graph)


def dump(duck: duckdb.DuckDBPyConnection, day: str, path: Path) -> Path:
    """What was there on a day, as records."""
    at, lines = f"{day}T00:00:00.000Z", []
    for id_, license_, lineage, downloads, is_undated in duck.execute(DUMP, [day]).fetchall():
        record = {"record": "model/1", "id": id_, "downloads": downloads, **(lineage or {})}
        record |= {"license": ("mit", "gpl", None)[license_]}
        record |= {"last_modified" if is_undated else "observed_at": at}
        lines.append(json.dumps(record))
    path.write_text("\n".join(lines) + "\n")
    return path


def check_lineage(duck: duckdb.DuckDBPyConnection, graph: Graph, day: str) -> None:
    """The lineage of a date, link by link."""
    found = counted(
        graph,
        "MATCH (x:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) WHERE r.since <= "
        "datetime($day) AND coalesce(r.gone_since > datetime($day), true) "
        "AND size([t IN coalesce(r.away, []) WHERE t <= datetime($day)]) % 2 = 0 "
        "RETURN DISTINCT x.id_folded AS child, b.id_folded AS base",
        day=day,
    )
    expected = rows(duck, "SELECT DISTINCT child, base FROM link_at(CAST($1 AS DATE))", day)
    assert set(found) == set(expected), day
