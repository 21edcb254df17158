"""`python -m bench.evaluations RESULTS MODELS`: does what was made from a model beat it?

RESULTS is a table of evaluations, MODELS one with the columns `leaderboard`, `model` and
`base_model`, as leaderboards publish them. A model that was measured twice has its best result.
"""

import sys

import duckdb
from rich.console import Console
from rich.table import Table

from bench.running import run

BOARDS = {"open-llm-leaderboard-v2": "open-llm-v2"}
"""Source of results → what the table of models calls the leaderboard."""
_PAIRS = """
WITH made AS (
  SELECT DISTINCT lower(model) AS child, lower(base_model) AS base FROM models
  WHERE leaderboard = $board AND lower(model) <> lower(base_model)),
result AS (
  SELECT lower(model) AS model, benchmark || ' ' || metric AS benchmark, max(value) AS value
  FROM results WHERE source = $source AND higher_is_better GROUP BY ALL)
SELECT own.benchmark, count(*) AS pairs, avg(CAST(own.value > other.value AS INT)) AS better,
       median(own.value - other.value) AS median_gain
FROM made
JOIN result AS own ON own.model = child
JOIN result AS other ON other.model = base AND other.benchmark = own.benchmark
GROUP BY ALL ORDER BY benchmark"""


def main(results: str, models: str) -> None:
    """Print a row for each benchmark of each leaderboard."""
    duckdb.read_parquet(results).create_view("results")
    duckdb.read_parquet(models).create_view("models")
    table = Table("benchmark", title="Of pairs of a model and its base, both with a result")
    for heading in ("pairs", "better", "median gain"):
        table.add_column(heading, justify="right")
    for source, board in BOARDS.items():
        asked = {"source": source, "board": board}
        for name, pairs, better, gain in duckdb.execute(_PAIRS, asked).fetchall():
            table.add_row(name, f"{pairs:,}", f"{better:.1%}", f"{gain:+.2f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    run(lambda: main(*sys.argv[1:3]))
