"""`hubgraph backup` and `restore`: the whole graph as one file, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from graph.server.local import LocalServer
from graph.settings import load_settings
from graph.ways.backup import Summary, back_up
from graph.ways.backup import restore as restore_graph
from hubgraph.display import Display
from hubgraph.options import AsJson, Force
from hubgraph.output import emit, megabytes


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the backup.")],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole graph to one file.

    A running server is stopped for the backup and started again afterwards. Until then reports and
    the web app get no answers, and nothing can be loaded or crawled.

    Example: [bold]hubgraph backup hub.dump[/bold]
    """
    with Display() as display:
        summary = back_up(load_settings(), file, overwrite=force, progress=display)
    emit(summary, _lines("Backed up to", summary), as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `hubgraph backup` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Replace the whole graph with a backup.

    The current graph is deleted once the restored one answers, and not before; to keep it, back it
    up first. The server runs afterwards.

    Example: [bold]hubgraph restore hub.dump[/bold]
    """
    settings = load_settings()
    with Display() as display:
        summary = restore_graph(settings, file, progress=display)
    bolt = f"Bolt           {LocalServer(settings).status().bolt_uri}"
    emit(summary, [*_lines("Restored", summary), bolt], as_json=as_json)


def _lines(done: str, summary: Summary) -> Iterator[str]:
    yield (
        f"{done} {summary.file}: {megabytes(summary.file_bytes)}, the database "
        f"{megabytes(summary.database_bytes)}, in {summary.elapsed_s:.0f} s."
    )
    if summary.interrupted_s:
        yield f"Neo4j did not answer for {summary.interrupted_s:.0f} s of these."
