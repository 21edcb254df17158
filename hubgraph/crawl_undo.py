"""`hubgraph crawl undo`: take back what a run marked as gone."""

from typing import Annotated

import typer

from graph.settings import load_settings
from graph.store.connection import connect
from graph.store.missing import undo_losses
from hubgraph.options import AsJson
from hubgraph.output import emit


def undo(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, as `crawl status` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Take back what a crawl, load or update marked as gone or suspected to be gone.

    Everything else that it wrote stays.

    Example: [bold]hubgraph crawl undo crawl-20261129T120000-1a2b3c[/bold]
    """
    with connect(load_settings()) as graph:
        count = undo_losses(graph, run)
    what = "is" if count == 1 else "are"
    line = f"{count:,} {what} no longer marked as gone or suspected to be gone by {run}."
    emit({"run": run, "undone": count}, [line], as_json=as_json)
