"""`hubgraph export`: the whole graph as record files."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graph.settings import load_settings
from graph.store.connection import connect
from graph.ways.export import ExportSummary, export_records
from hubgraph.stages import StageProgress


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    records: Annotated[
        Path,
        typer.Option(
            "--records",
            metavar="FILE",
            help="Where to write records; .gz and .zst are compressed.",
        ),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it exists already.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a machine.")] = False,
) -> None:
    """Write the whole graph as records, from which `hubgraph load` makes it again.

    Unlike a backup the file can be read, cut and loaded by any version, anywhere. Scores and runs
    are not in it. The graph stays in use; nothing should write to it meanwhile.

    Example: [bold]hubgraph export --records hub.jsonl.zst[/bold]
    """
    with connect(load_settings()) as graph, StageProgress(Console(stderr=True)) as progress:
        done = export_records(graph, records, progress, overwrite=force)
    if as_json:
        typer.echo(json.dumps(done.to_dict(), indent=2))
    else:
        _tell(done)


def _tell(done: ExportSummary) -> None:
    counts = {f"{label.lower()}s": count for label, count in done.described.items() if count}
    if done.changes:
        counts["changes"] = done.changes
    listed = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    typer.echo(
        f"Wrote {done.file}: {done.records:,} records of {listed}; "
        f"{done.file_bytes / 1e6:,.1f} MB in {done.elapsed_s:.0f} s."
    )
    for label, count in done.left_out.items():
        typer.echo(f"Left out {count:,} {label.lower()}s that are gone: no record can tell that.")
