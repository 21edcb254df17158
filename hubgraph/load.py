"""`hubgraph load`: record files, dumps and event files into the graph."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from graph.observe.dumps import given_time
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.store.load_summary import LoadSummary, Tally
from graph.ways.load import Progress, load_files
from hubgraph.dump_options import KindOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load")(load)


def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Record files (.jsonl, .jsonl.gz, .jsonl.zst), dumps or event files (.parquet).",
        ),
    ],
    kind: KindOption = None,
    observed_at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When the dumps were taken, such as 2026-10-03T12:00Z; default: the newest time "
            "in each.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a machine.")] = False,
) -> None:
    """Load files into the graph, in any order; loading again changes nothing.

    Example: [bold]hubgraph load models.jsonl.gz authors.jsonl[/bold]

    A dump of the whole Hub is many times as fast by [bold]hubgraph import[/bold].
    """
    settings = load_settings()
    at = given_time(observed_at) if observed_at else None
    console = Console(stderr=True)
    with connect(settings) as graph:
        summary = load_with_progress(
            graph, files, settings, console, said=not as_json, kind=kind, observed_at=at
        )
    if as_json:
        typer.echo(json.dumps(summary.to_dict(), indent=2, ensure_ascii=False))


def load_with_progress(
    graph: Graph,
    files: Sequence[Path],
    settings: Settings,
    console: Console,
    *,
    said: bool = True,
    kind: str | None = None,
    observed_at: str | None = None,
) -> LoadSummary:
    """Load files under a bar that shows the time left.

    Args:
        graph: where to.
        files: record files, dumps and event files.
        settings: of the load.
        console: where the bar and the summary are written.
        said: whether the summary is written.
        kind: what Parquet files hold, where they do not tell.
        observed_at: when dumps were taken, where they do not tell; ISO text.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[written]:,} records"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Loading", total=None, written=0)

        def show(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.bytes_read,
                total=progress.bytes_total or None,
                written=progress.written,
            )

        summary = load_files(
            graph, files, settings=settings, progress=show, kind=kind, observed_at=observed_at
        )
    if said:
        for line in _lines(summary):
            console.print(escape(line), highlight=False, soft_wrap=True)
    return summary


def _lines(summary: LoadSummary) -> list[str]:
    if not summary.read:
        return [f"0 records: {summary.source} holds none. Nothing was changed."]
    lines = [
        f"Loaded {summary.source}: {summary.read:,} records in {summary.elapsed_s:.1f} s "
        f"({summary.records_per_s:,.0f} a second).",
        f"  models   {_tally(summary.models)}",
    ]
    for name in ("authors", "datasets", "spaces"):
        tally = getattr(summary, name)
        if tally.total:
            lines.append(f"  {name:8} {_tally(tally)}")
    lines.append(f"  lineage  {summary.lineage:,} relationships stated")
    if summary.changes:
        lines.append(f"  changes  {summary.changes:,} told")
    if summary.rejected:
        lines.append(f"  {summary.rejected:,} records could not be used and were left out")
    kept = {name: count for name, count in summary.issues.items() if name != "rejected"}
    if kept:
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(kept.items()))
        lines.append(f"  values with issues: {told}")
    if summary.issue_log:
        lines.append(f"  issue log: {summary.issue_log}")
    return lines


def _tally(tally: Tally) -> str:
    parts = [f"{tally.new:,} new", f"{tally.updated:,} updated", f"{tally.unchanged:,} unchanged"]
    if tally.older:
        parts.append(f"{tally.older:,} older than what is known")
    return ", ".join(parts)
