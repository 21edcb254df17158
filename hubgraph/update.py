"""`hubgraph update`: bring the graph up to date with newer dumps by writing only what differs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from graph.answers.map.stored import refresh_map
from graph.answers.precomputing import precompute_answers
from graph.observe.sources import sources
from graph.settings import load_settings
from graph.store.connection import connect
from graph.ways.update.updating import UpdateSummary
from graph.ways.update.updating import update as update_graph
from hubgraph.display import Display
from hubgraph.options import AsJson, KindOption, TimeOption
from hubgraph.output import emit, issue_lines

_COUNTS = ("added", "changed", "renamed", "back", "gone")
"""Always shown."""
_MORE = {
    "unfinished": "read again, as an earlier run was interrupted",
    "older": "older than what the graph holds, left out",
    "rejected": "could not be used and were left out",
}
"""Shown where there are any."""


def update(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE…", help="Newer dumps of the whole Hub (.parquet)."),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    kind: KindOption = None,
    observed_at: TimeOption = None,
    as_json: AsJson = False,
) -> None:
    """Bring the graph up to date with a newer dump, while it is in use.

    Only what differs is written: what is new, changed, renamed, gone or back. After an
    interruption, run it again.

    Examples:
    [bold]hubgraph update models.parquet[/bold],
    [bold]hubgraph update models.parquet datasets.parquet spaces.parquet --dry-run[/bold]
    """
    settings = load_settings()
    with connect(settings) as graph, Display() as display:
        found = sources(files, kind, observed_at)
        done = update_graph(graph, found, settings, display, dry_run=dry_run)
        if not dry_run:
            display.stage("Answering reports")
            precompute_answers(graph, display.advance, settings)
            display.stage("Drawing the map")
            refresh_map(graph, settings, display.advance)
    document = {"dry_run": dry_run, "updates": done}
    lines = (line for summary in done for line in _lines(summary, dry_run=dry_run))
    emit(document, lines, as_json=as_json)


def _lines(summary: UpdateSummary, *, dry_run: bool) -> Iterator[str]:
    begin = "Would update" if dry_run else "Updated"
    seconds = sum(summary.seconds.values())
    yield f"{begin} {summary.kind} to {summary.observed_at} in {seconds:.0f} s:"
    for name in (*_COUNTS, "unchanged"):
        yield f"  {name:10} {getattr(summary, name):>12,}"
    for name, meaning in _MORE.items():
        if count := getattr(summary, name):
            yield f"  {name:10} {count:>12,}  {meaning}"
    yield from issue_lines(summary.losses, summary.issues, summary.issue_log)
