"""What a real event file says is what the graph says, counted on both sides."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load_files

FAMILIES = ("google/gemma-3-27b-it", "unsloth/phi-3.5-mini-instruct")
"""All events of what descends from these, and those of every 256th model."""

SLICE = """
CREATE TABLE descendant AS WITH RECURSIVE
  edge AS (SELECT DISTINCT key AS child, lower(unnest(base_models)) AS base FROM whole),
  down AS (FROM root UNION SELECT child FROM down JOIN edge ON base = key)
FROM down;
CREATE TABLE event AS SELECT * FROM whole
  WHERE key IN (FROM descendant) OR md5(key) LIKE '00%' ORDER BY md5(key || week || event);
CREATE VIEW stated AS SELECT DISTINCT key AS child, lower(unnest(base_models)) AS base FROM event;
CREATE VIEW newest AS SELECT key, arg_max(event, (week, event = 'added')) AS event,
  arg_max(base_models, (week, event = 'added')) AS base_models FROM event GROUP BY key;
CREATE VIEW stated_last AS
  SELECT DISTINCT key AS child, lower(unnest(base_models)) AS base FROM newest;
CREATE VIEW seen AS SELECT key, week::DATE - 7 * (event = 'deleted')::INT AS since,
  CASE event WHEN 'deleted' THEN week::DATE ELSE lead(week::DATE, 1, DATE '9999-12-31')
    OVER (PARTITION BY key ORDER BY week, event DESC) END AS until, base_models FROM event;
CREATE TABLE day AS
  SELECT unnest(generate_series(DATE '2025-03-12', DATE '2025-06-05', INTERVAL 5 DAY))::DATE AS day;
CREATE VIEW there AS SELECT day, key, arg_max(base_models, since) AS base_models
  FROM day JOIN seen ON since <= day AND day < until GROUP BY ALL;
"""

THERE = """{0} <= day AND (x.gone_since IS NULL OR x.gone_since > day) AND (x.away IS NULL
  OR none(i IN range(0, size(x.away) - 1, 2) WHERE x.away[i] <= day AND day < x.away[i + 1]))"""
"""Whether the model or relationship `x` was there on a day."""

Rows = list[tuple[object, ...]]


@pytest.fixture
def duck(shared_data: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Views of a slice of the events: `event` (with `key` and `week`), `stated` (child, base)."""
    whole = shared_data / "weekly-lineage.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE whole AS SELECT *, lower(id) AS key FROM read_parquet($1)", [str(whole)]
        )
        connection.execute("CREATE TABLE root AS SELECT unnest($1) AS key", [FAMILIES])
        connection.execute(SLICE)
        connection.table("event").project("week, event, id, relation, base_models").write_parquet(
            str(tmp_path / "slice.parquet")
        )
        yield connection


def test_a_slice_of_the_weekly_events_loads_as_it_is(
    duck: duckdb.DuckDBPyConnection, empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    summary = load_files(empty_graph, [tmp_path / "slice.parquet"], settings=settings)
    events = duck.sql("SELECT count(*) FROM event").fetchall()[0][0]
    assert (summary.read, summary.rejected, summary.changes) == (2 * events, 0, events)
    compare(duck, empty_graph)


def compare(duck: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    for kinds, event in ((["appeared", "returned"], "added"), (["gone"], "deleted")):
        assert counted(
            graph,
            "MATCH (c:Change) WHERE c.kind IN $kinds "
            "RETURN toString(date(c.at)) AS week, count(*) AS n ORDER BY week",
            kinds=kinds,
        ) == rows(
            duck, "SELECT week, count(*) FROM event WHERE event = $1 GROUP BY 1 ORDER BY 1", event
        )
    assert counted(
        graph,
        "MATCH (c:Change {kind: 'returned'}) RETURN count(*), count(DISTINCT toLower(c.model))",
    ) == rows(
        duck,
        "SELECT count(*), count(DISTINCT key) FROM (SELECT key, event, lag(event) OVER "
        "(PARTITION BY key ORDER BY week, event DESC) AS last FROM event) "
        "WHERE event = 'added' AND last = 'deleted'",
    )
    assert counted(
        graph, "MATCH (m:Model {known: true}) RETURN count(m), count(m.gone_since)"
    ) == rows(duck, "SELECT count(*), count(*) FILTER (event = 'deleted') FROM newest")
    assert counted(
        graph,
        "MATCH (c:Change {kind: 'gone'})-[:CONCERNS]->(m:Model) "
        "WHERE EXISTS { (m)<-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(x:Model) WHERE x <> m } "
        "RETURN toString(date(c.at)) AS week, count(*) AS n ORDER BY week",
    ) == rows(
        duck,
        "SELECT week, count(*) FROM event WHERE event = 'deleted' AND key IN "
        "(SELECT base FROM stated WHERE base <> child) GROUP BY 1 ORDER BY 1",
    )
    assert counted(
        graph,
        "MATCH (x:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) WITH x, b, "
        "min(CASE WHEN r.gone_since IS NULL THEN 0 ELSE 1 END) AS gone "
        "RETURN count(*), count(CASE WHEN gone = 0 THEN 1 END)",
    ) == rows(duck, "SELECT (SELECT count(*) FROM stated), (SELECT count(*) FROM stated_last)")
    models, lineage = THERE.format("x.appeared_at"), THERE.format("x.since")
    days = [str(day) for (day,) in rows(duck, "FROM day ORDER BY day")]
    assert counted(
        graph,
        "UNWIND $days AS d CALL (d) { WITH datetime(d) AS day "
        f"MATCH (x:Model {{known: true}}) WHERE {models} "
        "OPTIONAL MATCH (x)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) "
        "WITH day, x AS model, b, r AS x "
        f"WITH model, CASE WHEN {lineage} THEN [model.id, b.id] END AS edge "
        "RETURN count(DISTINCT model) AS models, count(DISTINCT edge) AS edges } "
        "RETURN d, models, edges ORDER BY d",
        days=days,
    ) == rows(
        duck,
        "SELECT day::VARCHAR, count(*), "
        "sum(len(list_distinct(list_transform(base_models, lambda b: lower(b))))) "
        "FROM there GROUP BY day ORDER BY day",
    )
    for root in FAMILIES:
        assert counted(
            graph,
            "MATCH (root:Model {id_folded: $root}) "
            "(()<-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()){1,20} (x:Model) "
            "WHERE x <> root RETURN count(DISTINCT x)",
            root=root,
        ) == rows(
            duck,
            "WITH RECURSIVE down AS (SELECT $1 AS key UNION SELECT child FROM down "
            "JOIN stated ON base = key) SELECT count(*) - 1 FROM down",
            root,
        )


def counted(graph: Graph, query: str, **parameters: object) -> Rows:
    found = graph.read(query, parameters, row_limit=100_000, timeout_s=120).rows
    return [tuple(row.values()) for row in found]


def rows(duck: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> Rows:
    return duck.execute(query, parameters).fetchall()
