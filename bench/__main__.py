"""`make bench`: load rate, influence against networkx, latency of every page, in one run.

Starts a Neo4j of its own (own data, own ports) unless HUBGRAPH_NEO4J_URI names one, whose content
it then deletes. `python -m bench.hub` makes dumps of any size to measure with, and
`python -m bench.latency` measures the graph that there is, without writing to it.
"""

import platform
import statistics
import time
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

import sample
from bench.influence import run as influence_rates
from bench.pages import CLIENTS
from bench.pages import Row as PageRow
from bench.pages import run as page_times
from bench.running import machine, run
from bench.serving import own_server, running
from graph.scores.pipeline import compute
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.ways.load import load_files

WARMING = 5
MEASURED = 5

Row = tuple[str, float, str]


def main() -> None:
    """Run every benchmark on the bundled sample and print one table each."""
    console = Console()
    console.print(f"{machine()}, Python {platform.python_version()}")
    with ExitStack() as stack:
        settings = load_settings()
        if settings.uses_local_server:
            settings = own_server(stack)
        graph = stack.enter_context(connect(settings))
        console.print(f"Neo4j {graph.version}, GDS {graph.require_gds()}")
        _print(console, "Load", load_rate(graph, settings))
        compute(graph, settings)
        _print(console, "Influence", influence_rates(graph, settings))
        with running(settings, settings.web_host, 0) as address:
            _print_pages(console, page_times(address))


def load_rate(graph: Graph, settings: Settings) -> list[Row]:
    """Records per second: into a server just started, into a warm one, and unchanged records.

    A server compiles what it runs while it runs it, so its first load is slow however small. The
    warm rate is the median of `MEASURED` loads into an emptied graph, after `WARMING` others.
    """
    rates = []
    with sample.path() as path:

        def rate() -> float:
            started = time.perf_counter()
            summary = load_files(graph, [path], settings=settings)
            return summary.read / (time.perf_counter() - started)

        for _ in range(1 + WARMING + MEASURED):
            graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
            rates.append(rate())
        again = rate()
    measured = rates[-MEASURED:]
    return [
        ("first load, server just started", rates[0], "records/s"),
        ("warm load, median", statistics.median(measured), "records/s"),
        ("warm load, slowest", min(measured), "records/s"),
        ("warm load, fastest", max(measured), "records/s"),
        ("same file again, nothing changed", again, "records/s"),
    ]


def _print(console: Console, title: str, rows: list[Row]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for label, value, unit in rows:
        table.add_row(label, f"{value:,.4g}" if value < 1000 else f"{value:,.0f}", unit)
    console.print(table)


def _print_pages(console: Console, rows: list[PageRow]) -> None:
    table = Table(title=f"Pages, {CLIENTS} clients, ms", title_justify="left", title_style="bold")
    table.add_column()
    for column in ("first", "p50", "p95"):
        table.add_column(column, justify="right")
    for name, *times in rows:
        table.add_row(name, *(f"{ms:,.1f}" for ms in times))
    console.print(table)
    console.print(f"Slowest p95: {max(row[-1] for row in rows):,.1f} ms")


if __name__ == "__main__":
    run(main)
