"""`hubgraph demo`: from nothing to a page that answers."""

import os
from contextlib import suppress
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

import sample
from graph.server.local import LocalServer
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from hubgraph.influence import compute_and_show
from hubgraph.load import load_and_show
from hubgraph.server import start
from hubgraph.web import free_port, serve

FIRST_REPORT = "top-models"


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Stop once everything answers instead of serving.")
    ] = False,
) -> None:
    """Start Neo4j, load the bundled sample of real Hub records, score it and serve the web app.

    Ctrl-C ends the web app, and Neo4j too if this command started it.

    Example: [bold]hubgraph demo[/bold]
    """
    settings = load_settings()
    console = Console(stderr=True)
    process = os.getpid()
    started = settings.uses_local_server and start(settings)
    try:
        with connect(settings) as graph:
            _fill(graph, settings)
        port = free_port(settings.web_host, settings.web_port)
        announce = partial(_announce, console, settings)
        serve(settings, settings.web_host, port, on_ready=announce, once=once)
    finally:
        if started and os.getpid() == process:  # not in the web app's forked workers
            with suppress(OSError):  # the terminal may be closed already
                console.print("Stopping Neo4j …")
            LocalServer(settings).down()


def _fill(graph: Graph, settings: Settings) -> None:
    """Load the sample and compute influence, unless a run of each is complete already."""
    runs = graph.read("MATCH (r:Run {status: 'complete'}) RETURN DISTINCT r.kind AS kind").rows
    done = {run["kind"] for run in runs}
    filled = bool(done - {"influence"})
    if not filled:
        with sample.path() as path:
            load_and_show(graph, [path], settings)
    if not filled or "influence" not in done:
        compute_and_show(graph, settings)


def _announce(console: Console, settings: Settings, address: str) -> None:
    browser = _browser_address(settings)
    console.print()
    console.print(f"[bold]Explore[/bold]  {address}/")
    console.print("         the web app: search a model, see its family, its network, the reports")
    if browser:
        console.print(f"[bold]Ask[/bold]      {browser}", soft_wrap=True)
        console.print(
            "         Neo4j Browser: user neo4j, password from `hubgraph status --show-password`",
            soft_wrap=True,
        )
    console.print(f"[bold]Read[/bold]     {address}/reports/{FIRST_REPORT}")
    console.print(f"         the first report to try; also `hubgraph report run {FIRST_REPORT}`")
    console.print("\nCtrl-C ends it.")


def _browser_address(settings: Settings) -> str | None:
    if not settings.uses_local_server:
        return settings.browser_url
    address = LocalServer(settings).address()
    return address.browser_url if address else None
