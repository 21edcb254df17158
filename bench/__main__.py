"""`make bench`: load rate, influence against networkx, latency of every page, in one run.

Starts a Neo4j of its own (own data, own ports) unless HUBGRAPH_NEO4J_URI names one, whose content
it then deletes.
"""

import platform
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

import sample
from bench.influence import run as influence_rates
from bench.pages import run as page_times
from graph.connection import Graph, connect
from graph.influence import compute
from graph.ingest import load_files
from graph.server import LocalServer
from hubgraph.cli.web import free_port, running
from hubgraph.settings import Settings, load_settings

Row = tuple[str, float, str]


def main() -> None:
    """Run every benchmark on the bundled sample and print one table each."""
    console = Console()
    console.print(
        f"{platform.processor() or platform.machine()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, Python {platform.python_version()}"
    )
    with ExitStack() as stack:
        settings = _settings(stack)
        graph = stack.enter_context(connect(settings))
        console.print(f"Neo4j {graph.version}, GDS {graph.require_gds()}")
        _print(console, "Load", load_rate(graph, settings))
        compute(graph, settings)
        _print(console, "Influence", influence_rates(graph, settings))
        port = free_port(settings.web_host, 0)
        with running(settings, settings.web_host, port) as address:
            _print(console, "Pages, 4 clients", page_times(address))


def load_rate(graph: Graph, settings: Settings) -> list[Row]:
    """Records per second of a first load (server just started) and of a second, identical one."""
    graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    rows: list[Row] = []
    with sample.path() as path:
        for label in ("first load", "same file again"):
            started = time.perf_counter()
            summary = load_files(graph, [path], settings=settings)
            seconds = time.perf_counter() - started
            rows += [
                (f"{label}: records", summary.read, ""),
                (f"{label}: time", seconds, "s"),
                (f"{label}: rate", summary.read / seconds, "records/s"),
            ]
    return rows


def _settings(stack: ExitStack) -> Settings:
    settings = load_settings()
    if not settings.uses_local_server:
        return settings
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubgraph-bench-")))
    own = load_settings(data_dir=folder / "data", log_dir=folder / "logs", bolt_port=0, http_port=0)
    server = LocalServer(own)
    server.up()
    stack.callback(server.down)
    return own


def _print(console: Console, title: str, rows: list[Row]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for label, value, unit in rows:
        table.add_row(label, f"{value:,.4g}" if value < 1000 else f"{value:,.0f}", unit)
    console.print(table)


if __name__ == "__main__":
    main()
