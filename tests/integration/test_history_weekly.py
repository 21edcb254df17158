"""Families of a past week, from real events: what the graph says and what DuckDB counts."""

from pathlib import Path

import duckdb

from graph.answers import reports
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load_files
from tests.integration.test_events import FAMILIES, duck, rows

__all__ = ["duck"]

WEEKS = ("2025-03-19", "2025-04-16", "2025-05-14", "2025-06-04")

PAST = """
CREATE VIEW dated AS SELECT * REPLACE (CAST(week AS DATE) AS week) FROM event;
CREATE VIEW told AS SELECT key, base_models,
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
        found = {row["model"].lower(): (row["descendants"], row["there"]) for row in sizes}
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
