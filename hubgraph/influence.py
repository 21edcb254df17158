"""`hubgraph influence`: scores for every model and author."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from graph.answers.hygiene import note_counts
from graph.answers.map.stored import refresh_map
from graph.answers.precomputing import precompute_answers
from graph.observe.sources import sources
from graph.scores.pipeline import EngineName, InfluenceSummary, compute
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.ways.scoring import ScoredFiles, score_files
from hubgraph.display import Display
from hubgraph.options import AsJson
from hubgraph.output import counted, emit, issue_lines, listed


def influence(
    *,
    engine: Annotated[
        EngineName,
        typer.Option(
            help="What ranks: gds, in the database, or duckdb, which needs no Graph Data Science."
        ),
    ] = EngineName.GDS,
    check: Annotated[
        bool, typer.Option("--check", help="Rank with both and print the largest difference.")
    ] = False,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Score a dump or record file instead of the graph, without a database; repeat "
            "for more.",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where the scores of --from go, as Parquet."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute who influences whom and store it on models and authors.

    Examples:
    [bold]hubgraph influence[/bold],
    [bold]hubgraph influence --engine duckdb --check[/bold],
    [bold]hubgraph influence --from models.parquet --to scores[/bold]
    """
    if bool(files) != bool(folder):
        raise typer.BadParameter("--from and --to go together.")
    settings = load_settings()
    if files and folder:
        with Display() as display:
            found = score_files(settings, sources(files), folder, display)
        emit(found, _scored_lines(found), as_json=as_json)
        return
    with connect(settings) as graph:
        compute_and_show(graph, settings, engine, check=check, as_json=as_json)


def compute_and_show(
    graph: Graph,
    settings: Settings,
    engine: EngineName = EngineName.GDS,
    *,
    check: bool = False,
    as_json: bool = False,
) -> None:
    """Compute influence and what reports need of it, showing the progress and the summary."""
    with Display() as display:
        summary = compute(graph, settings, display, engine=engine, check=check)
        display.stage("Influence: reports")
        precompute_answers(graph, display.advance, settings)
        note_counts(graph)
        display.stage("Drawing the map")
        refresh_map(graph, settings, display.advance)
    emit(summary, _lines(summary), as_json=as_json, on_stderr=True)


def _scored_lines(found: ScoredFiles) -> Iterator[str]:
    yield from _lines(found.scores)
    yield from issue_lines(found.losses, found.issues, found.issue_log)
    yield f"Wrote {' and '.join(found.files)}."


def _lines(summary: InfluenceSummary) -> Iterator[str]:
    cut = listed(summary.cut.items())
    yield (
        f"Influence: {counted(summary.scored_models, 'models')} and "
        f"{counted(summary.scored_authors, 'authors')} "
        f"scored from {summary.relationships:,} {summary.layers} lineage relationships "
        f"({cut or 'none'} left out) in {sum(summary.seconds.values()):.1f} s."
    )
    if summary.undated:
        yield (
            f"Of unknown date, so in no month of ModelRank: "
            f"{counted(summary.undated, 'relationships')}."
        )
    if summary.swarm or summary.mirrors:
        rules = sorted(summary.swarm.items(), key=lambda item: -item[1])
        found = listed((f"by the rule {name}", count) for name, count in rules)
        yield (
            f"By their names {sum(summary.swarm.values()):,} models are automatic uploads"
            f"{f' ({found})' if found else ''} and {summary.mirrors.get('A', 0):,} are copies of "
            "another model."
        )
    if summary.findings:
        found = ", ".join(f"{count:,} {rule}" for rule, count in summary.findings.items())
        yield f"Worth a look, by rule: {found}."
    if summary.licences:
        found = listed((name.replace("_", " "), n) for name, n in summary.licences.items())
        yield f"Declared licences of children beside their bases: {found}."
    if summary.largest_difference is not None:
        yield (
            f"Checked: GDS and DuckDB differ by at most {summary.largest_difference:.1e} in any "
            "score."
        )
    for warning in summary.warnings:
        yield f"Note: {warning}"
