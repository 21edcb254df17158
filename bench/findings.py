"""`python -m bench.findings FILE`: what the rules find in a file of weekly events.

The newest row of each id counts, as spelled.
"""

import sys
import time
from collections import Counter

import duckdb
from rich.console import Console
from rich.table import Table

from bench.running import machine, run
from graph.scores.findings import Made, findings
from graph.scores.mirrors import Alike
from graph.scores.names import ModelNames
from graph.scores.rules import Rules
from graph.scores.swarms import swarms
from graph.settings import load_settings

NEWEST = """SELECT id, arg_max(relation, week), arg_max(base_models, week) FROM events GROUP BY id
ORDER BY id"""


def main(file: str) -> None:
    """Print how many models and authors each rule finds."""
    console = Console(width=100)
    console.print(machine())
    duckdb.read_parquet(file).create_view("events")
    made = [
        Made(id_, frozenset({relation}), frozenset(bases) - {id_})
        for id_, relation, bases in duckdb.execute(NEWEST).fetchall()
    ]
    names = sorted({one.id for one in made} | {base for one in made for base in one.bases})
    made = [one for one in made if one.bases]
    rules = Rules.read(load_settings())
    started = time.process_time()
    found = findings(ModelNames(names), made, rules.finding, Alike(rules.mirror))
    spent = time.process_time() - started
    swarm = swarms(ModelNames(names), rules.swarm)
    table = Table(title=f"{len(names):,} models, {sum(len(one.bases) for one in made):,} links")
    table.add_column("rule")
    table.add_column("found", justify="right")
    counts = {f"swarm: {rule}": count for rule, count in Counter(swarm.values()).items()}
    for rule, count in (counts | found.counts).items():
        table.add_row(rule, f"{count:,}")
    console.print(table)
    console.print(f"Findings took {spent:.1f} s of processor time.")


if __name__ == "__main__":
    run(lambda: main(sys.argv[1]))
