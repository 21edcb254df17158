"""`python -m bench.blast FILE`: blast radius over a file of weekly events, without a database.

Only additions count, read in two ways: every base that any week names, ids as they are spelled; and
as the graph reads them, where the newest week that names bases counts and spelling does not.
"""

import sys
import time

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from bench.running import machine, run
from graph.answers.blast.radius import radius
from graph.scores.engine import Links

MODELS = (
    "black-forest-labs/FLUX.1-dev",
    "Qwen/Qwen2.5-7B-Instruct",
    "meta-llama/Llama-3.1-8B",
    "mistralai/Mistral-7B-v0.1",
    "MrRobotoAI/B1",
)
COLUMNS = ("affected", "direct", "hard", "every base lost", "another left", "authors", "ms")
READINGS = {
    "every week counts": """
SELECT DISTINCT * FROM (SELECT id, unnest(base_models) AS base, relation FROM added)
WHERE base <> id""",
    "the newest week counts": """
SELECT DISTINCT * FROM (
  SELECT lower(id) AS id, lower(unnest(base_models)) AS base, relation FROM (
    SELECT * FROM added WHERE base_models IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY lower(id) ORDER BY week DESC) = 1))
WHERE base <> id""",
}
"""Words → SQL for the links of a file."""


def main(file: str) -> None:
    """Print a table for each way to read the file."""
    console = Console(width=120)
    console.print(machine())
    duckdb.read_parquet(file).filter("event = 'added'").create_view("added")
    for words, sql in READINGS.items():
        links = duckdb.execute(sql).fetchall()
        names = sorted({name for child, base, _ in links for name in (child, base)})
        place = {name: i for i, name in enumerate(names)}
        child, base = (np.array([place[link[i]] for link in links]) for i in (0, 1))
        adapter = np.array([relation == "adapter" for *_, relation in links])
        gone = np.zeros(len(names), dtype=np.bool_)
        table = Table(title=f"{words}: {len(names):,} models, {len(links):,} links")
        table.add_column("model")
        for column in COLUMNS:
            table.add_column(column, justify="right")
        for model in MODELS:
            seeds = np.array([name in (model, model.lower()) for name in names])
            started = time.perf_counter()
            found = radius(Links(child, base, len(names)), adapter, seeds, gone)
            ms = (time.perf_counter() - started) * 1000
            hit = found.depth > 0
            owners = {names[i].split("/")[0].lower() for i in np.flatnonzero(hit)}
            counts = (
                hit.sum(), (found.depth == 1).sum(), found.hard.sum(), found.lost.sum(),
                (hit & ~found.lost).sum(), len(owners), ms,
            )  # fmt: skip
            table.add_row(model, *(f"{count:,.0f}" for count in counts))
        console.print(table)


if __name__ == "__main__":
    run(lambda: main(sys.argv[1]))
