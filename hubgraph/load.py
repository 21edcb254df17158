"""`hubgraph load`: record files, dumps and event files into the graph."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from graph.answers.precomputing import refresh_answers
from graph.resolve.delta import Tally
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.ways.load import LoadState, LoadSummary, load_files
from hubgraph.display import Display
from hubgraph.options import AsJson, KindOption, TimeOption
from hubgraph.output import counted, emit, issue_lines, listed


def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Record files (.jsonl, .jsonl.gz, .jsonl.zst), dumps or event files (.parquet).",
        ),
    ],
    kind: KindOption = None,
    observed_at: TimeOption = None,
    as_json: AsJson = False,
) -> None:
    """Load files into the graph, in any order; loading a file again changes nothing.

    Example: [bold]hubgraph load models.jsonl.gz authors.jsonl[/bold]

    For a dump of the whole Hub, [bold]hubgraph import[/bold] is many times as fast.
    """
    settings = load_settings()
    with connect(settings) as graph:
        load_and_show(graph, files, settings, kind=kind, observed_at=observed_at, as_json=as_json)


def load_and_show(
    graph: Graph,
    files: Sequence[Path],
    settings: Settings,
    *,
    kind: str | None = None,
    observed_at: str | None = None,
    as_json: bool = False,
) -> None:
    """Load files as `load_files` does, showing the progress and the summary."""
    with Display() as display:
        display.stage("Loading")

        def show(state: LoadState) -> None:
            share = state.bytes_read / max(1, state.bytes_total)
            display.advance(share, f"{state.written:,} records")

        summary = load_files(
            graph, files, settings=settings, on_batch=show, kind=kind, observed_at=observed_at
        )
        display.stage("Answering reports")
        refresh_answers(graph, display.advance, settings)
    emit(summary.to_dict(), _lines(summary), as_json=as_json, on_stderr=True)


def _lines(summary: LoadSummary) -> Iterator[str]:
    if not summary.read:
        yield f"0 records: {summary.source} holds none. Nothing was changed."
        return
    yield (
        f"Loaded {summary.source}: {counted(summary.read, 'records')} in {summary.elapsed_s:.1f} s "
        f"({summary.records_per_s:,.0f} a second)."
    )
    for name, tally in summary.tallies.items():
        if tally.total or name == "models":
            yield f"  {name:8} {_tally(tally)}"
    yield f"  lineage  {counted(summary.lineage, 'relationships')}"
    if summary.changes:
        yield f"  changes  {summary.changes:,}"
    if summary.evaluations:
        yield f"  results  {summary.evaluations:,} on benchmarks"
    if lost := listed([("gone", summary.gone), ("suspected to be gone", summary.suspected)]):
        yield f"  absent   {lost}"
    if summary.rejected:
        yield f"  left out {counted(summary.rejected, 'records')} that could not be used"
    yield from issue_lines(summary.losses, summary.issues, summary.issue_log)


def _tally(tally: Tally) -> str:
    parts = [f"{tally.new:,} new", f"{tally.updated:,} updated", f"{tally.unchanged:,} unchanged"]
    if tally.older:
        parts.append(f"{tally.older:,} older than what the graph holds")
    return ", ".join(parts)
