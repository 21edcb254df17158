"""`hubgraph update`: the graph brought up to date with newer dumps, by what differs."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graph.answers.precomputing import precompute_answers
from graph.observe.dumps import given_time
from graph.settings import load_settings
from graph.store.connection import connect
from graph.ways.update import UpdateSummary
from graph.ways.update import update as update_graph
from hubgraph.dump_options import KindOption
from hubgraph.stages import StageProgress

_COUNTS = ("added", "changed", "renamed", "back", "gone")
"""What is always told."""
_MORE = {
    "unfinished": "read again, for an earlier run broke off",
    "older": "older than what the graph holds, left out",
    "rejected": "could not be used and were left out",
}
"""What is told where there is any."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("update")(update)


def update(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE…", help="Dumps of the whole Hub (.parquet), newer ones."),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
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
    """Bring the graph up to date with a newer dump, while it is in use.

    Only what differs is written: what is new, changed, renamed, gone or back. The rest is left as
    it is. After an interruption run it again.

    Examples:
    [bold]hubgraph update models.parquet[/bold],
    [bold]hubgraph update models.parquet datasets.parquet spaces.parquet --dry-run[/bold]
    """
    settings = load_settings()
    at = given_time(observed_at) if observed_at else None
    with connect(settings) as graph, StageProgress(Console(stderr=True)) as progress:
        done = update_graph(
            graph, sources, settings, progress, kind=kind, observed_at=at, dry_run=dry_run
        )
        differs = any(getattr(summary, name) for summary in done for name in _COUNTS)
        if differs and not dry_run:
            progress.stage("keep answers")
            precompute_answers(graph, progress.advance)
    if as_json:
        updates = [summary.to_dict() for summary in done]
        typer.echo(json.dumps({"dry_run": dry_run, "updates": updates}, indent=2))
        return
    for summary in done:
        _tell(summary, dry_run=dry_run)


def _tell(summary: UpdateSummary, *, dry_run: bool) -> None:
    begin = "Would update" if dry_run else "Updated"
    seconds = sum(summary.seconds.values())
    typer.echo(f"{begin} {summary.kind} to {summary.observed_at} in {seconds:.0f} s:")
    for name in _COUNTS:
        typer.echo(f"  {name:10} {getattr(summary, name):>12,}")
    typer.echo(f"  unchanged  {summary.unchanged:>12,}")
    for name, meaning in _MORE.items():
        if count := getattr(summary, name):
            typer.echo(f"  {name:10} {count:>12,}  {meaning}")
    if summary.issues:
        listed = ", ".join(f"{count:,} {name}" for name, count in sorted(summary.issues.items()))
        typer.echo(f"  values with issues: {listed}; see {summary.issue_log}")
