"""`hubgraph import`: a new database from dumps or record files of the whole Hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from graph.observe.sources import sources
from graph.settings import load_settings
from graph.ways.replace.importing import import_files, look, write_files
from graph.ways.replace.summary import ImportSummary
from hubgraph.display import Display
from hubgraph.options import AsJson, KindOption, TimeOption
from hubgraph.output import counted, emit, issue_lines, listed

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
    "draw the map": "Drawing the map",
}


def import_(
    files: Annotated[
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
            help="Only write the import files, and the command that imports them on another "
            "server.",
        ),
    ] = None,
    kind: KindOption = None,
    observed_at: TimeOption = None,
    as_json: AsJson = False,
) -> None:
    """Build the whole graph anew from dumps of the Hub, in minutes.

    The old graph stays in service until the new one is complete and checked, and stays for good if
    anything fails. Afterwards, what only the old graph held is gone: `hubgraph backup` keeps it. To
    bring a graph up to date with a newer dump instead, use `hubgraph update`.

    Examples:
    [bold]hubgraph import models.parquet datasets.parquet spaces.parquet[/bold],
    [bold]hubgraph import models.parquet --dry-run[/bold]
    """
    if dry_run and files_only:
        raise typer.BadParameter("--dry-run and --files-only exclude each other.")
    settings = load_settings()
    with Display(_TITLES) as display:
        found = sources(files, kind, observed_at)
        if dry_run:
            summary = look(settings, found, display)
        elif files_only:
            summary = write_files(settings, found, files_only, display)
        else:
            summary = import_files(settings, found, display)
    emit(summary, _lines(summary, dry_run=dry_run), as_json=as_json)


def _lines(summary: ImportSummary, *, dry_run: bool) -> Iterator[str]:
    verb = "Would import" if dry_run else "Wrote files of" if summary.folder else "Imported"
    yield f"{verb} {counted(summary.read, 'records')} from {', '.join(summary.sources)}:"
    for title, counts in (("Nodes", summary.nodes), ("Relationships", summary.relationships)):
        yield f"{title:14} {sum(counts.values()):,}: {listed(counts.items())}"
    if summary.unresolved:
        models = counted(summary.unresolved, "models with a base")
        yield f"Declared only  {models} that the Hub does not resolve; it is kept as declared"
    if summary.loaded_later:
        yield f"Repeated       {counted(summary.loaded_later, 'records')} of one node, or changes"
    yield from issue_lines(summary.losses, summary.issues, summary.issue_log)
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in summary.seconds.items())
    yield f"Time           {sum(summary.seconds.values()):,.0f} s: {stages}"
    if summary.in_service_s:
        yield f"In service     after {summary.in_service_s:,.0f} s"
    if summary.database_bytes:
        yield f"Disk           {summary.database_bytes / 1e9:.2f} GB"
    if summary.folder:
        yield f"Run            {summary.folder}/import.sh on the other server while it is stopped"
    if dry_run and (needed := summary.needed):
        yield (
            f"Would need     about {needed.disk_bytes / 1e9:.1f} GB of disk, "
            f"{needed.memory_bytes / 1e9:.1f} GB of memory, {needed.seconds / 60:.0f} min"
        )
