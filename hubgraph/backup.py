"""`hubgraph backup` and `restore`: the whole graph as one file, and back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graph.server import LocalServer
from graph.settings import load_settings
from graph.ways.backup import Summary, back_up
from graph.ways.backup import restore as restore_graph
from hubgraph.server import StartProgress, print_json

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the backup.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it exists already.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the whole graph into one file.

    A server that runs is stopped for it and started again: reports and the web app get no answers
    for that time. Nobody can load or crawl into the graph meanwhile.

    Example: [bold]hubgraph backup hub.dump[/bold]
    """
    with StartProgress(Console(stderr=True)) as progress:
        summary = back_up(load_settings(), file, overwrite=force, progress=progress)
    _tell("Backed up to", summary, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `hubgraph backup` wrote.")],
    as_json: Json = False,
) -> None:
    """Replace the whole graph by that of a backup.

    What is in the graph now is deleted once the restored graph answers, and not before; to keep it,
    back it up first. The server runs afterwards.

    Example: [bold]hubgraph restore hub.dump[/bold]
    """
    settings = load_settings()
    with StartProgress(Console(stderr=True)) as progress:
        summary = restore_graph(settings, file, progress=progress)
    _tell("Restored", summary, as_json=as_json)
    if not as_json:
        typer.echo(f"Bolt           {LocalServer(settings).status().bolt_uri}")


def _tell(done: str, summary: Summary, *, as_json: bool) -> None:
    if as_json:
        print_json(summary.to_dict())
        return
    typer.echo(
        f"{done} {summary.file}: {_size(summary.file_bytes)}, the database "
        f"{_size(summary.database_bytes)}, in {summary.elapsed_s:.0f} s."
    )
    if summary.interrupted_s:
        typer.echo(f"Neo4j did not answer for {summary.interrupted_s:.0f} s of these.")


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB"
