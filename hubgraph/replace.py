"""`hubgraph import`: a whole Hub as a new database, from dumps or record files."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graph.observe.dumps import given_time
from graph.settings import load_settings
from graph.ways.replace.importing import import_files, look, write_files
from graph.ways.replace.summary import ImportSummary
from hubgraph.dump_options import KindOption
from hubgraph.server import StartProgress
from hubgraph.stages import StageProgress

_TITLES = {
    "read": "Reading",
    "work out": "Working out the graph",
    "write": "Writing import files",
    "import": "Importing",
    "start": "Starting the new database",
    "index": "Making indexes",
    "load the rest": "Loading what is left over",
    "check": "Checking",
    "complete indexes": "Completing indexes",
    "keep answers": "Answering reports",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE…", help="Dumps of the Hub (.parquet) or record files (.jsonl…)."
        ),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come in, and change nothing.")
    ] = False,
    files_only: Annotated[
        Path | None,
        typer.Option(
            "--files-only",
            metavar="DIR",
            help="Write the import files and the command that imports them on a server elsewhere.",
        ),
    ] = None,
    kind: KindOption = None,
    observed_at: Annotated[
        str | None,
        typer.Option(
            "--observed-at",
            metavar="TIME",
            help="When the dumps were taken; default: the newest time in each.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a machine.")] = False,
) -> None:
    """Make the whole graph anew from dumps of the Hub, in minutes.

    The old graph stays in service until the new one is complete and checked, and whenever something
    fails. What is in it and not in the sources is gone afterwards: `hubgraph backup` keeps it. To
    bring a graph up to date with a newer dump instead, use `hubgraph update`.

    Examples:
    [bold]hubgraph import models.parquet datasets.parquet spaces.parquet[/bold],
    [bold]hubgraph import models.parquet --dry-run[/bold]
    """
    if dry_run and files_only:
        raise typer.BadParameter("--dry-run and --files-only exclude each other.")
    settings = load_settings()
    at = given_time(observed_at) if observed_at else None
    console = Console(stderr=True)
    with StageProgress(console, _TITLES) as progress:
        if dry_run:
            summary = look(settings, sources, progress, kind=kind, observed_at=at)
        elif files_only:
            summary = write_files(
                settings, sources, files_only, progress, kind=kind, observed_at=at
            )
        else:
            with StartProgress(console) as starting:
                summary = import_files(
                    settings, sources, progress, starting, kind=kind, observed_at=at
                )
    if as_json:
        typer.echo(json.dumps(summary.to_dict(), indent=2, ensure_ascii=False))
        return
    _tell(summary, dry_run=dry_run)


def _tell(summary: ImportSummary, *, dry_run: bool) -> None:
    verb = "Would import" if dry_run else "Wrote files of" if summary.folder else "Imported"
    typer.echo(f"{verb} {summary.read:,} records from {', '.join(summary.sources)}:")
    for title, counts in (("Nodes", summary.nodes), ("Relationships", summary.relationships)):
        listed = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        typer.echo(f"{title:14} {sum(counts.values()):,}: {listed}")
    if summary.contradictions:
        typer.echo(
            f"Contradictions {summary.contradictions:,} models whose tags name other bases than "
            "the Hub's own field, which wins"
        )
    if summary.loaded_later:
        typer.echo(f"Repeated       {summary.loaded_later:,} records of one node, or changes")
    if summary.issues:
        listed = ", ".join(f"{count:,} {name}" for name, count in sorted(summary.issues.items()))
        typer.echo(f"Issues         {listed}; see {summary.issue_log}")
    stages = ", ".join(f"{name} {seconds:g} s" for name, seconds in summary.seconds.items())
    typer.echo(f"Time           {sum(summary.seconds.values()):,.0f} s: {stages}")
    if summary.in_service_s:
        typer.echo(f"In service     after {summary.in_service_s:,.0f} s")
    if summary.database_bytes:
        typer.echo(f"Disk           {summary.database_bytes / 1e9:.2f} GB")
    if summary.folder:
        typer.echo(f"Run            {summary.folder}/import.sh where the server is, stopped")
    if dry_run and summary.needed:
        needed = summary.needed
        typer.echo(
            f"Would need     about {needed.disk_bytes / 1e9:.1f} GB of disk, "
            f"{needed.memory_bytes / 1e9:.1f} GB of memory, {needed.seconds / 60:.0f} min"
        )
