"""`hubgraph influence`: scores for every model and author."""

from collections.abc import Iterator

from graph.answers.precomputing import precompute_answers
from graph.scores import InfluenceSummary, compute
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from hubgraph.display import Display
from hubgraph.options import AsJson
from hubgraph.output import emit, listed


def influence(as_json: AsJson = False) -> None:
    """Compute who influences whom and store it on models and authors.

    Example: [bold]hubgraph influence[/bold]
    """
    settings = load_settings()
    with connect(settings) as graph:
        compute_and_show(graph, settings, as_json=as_json)


def compute_and_show(graph: Graph, settings: Settings, *, as_json: bool = False) -> None:
    """Compute influence and what reports need of it, showing the progress and the summary."""
    with Display() as display:
        summary = compute(graph, settings, display)
        display.stage("Influence: reports")
        precompute_answers(graph, display.advance)
    emit(summary, _lines(summary), as_json=as_json, on_stderr=True)


def _lines(summary: InfluenceSummary) -> Iterator[str]:
    cut = listed(summary.cut.items())
    yield (
        f"Influence: {summary.scored_models:,} models and {summary.scored_authors:,} authors "
        f"scored from {summary.relationships:,} {summary.layers} lineage relationships "
        f"({cut or 'none'} left out) in {sum(summary.seconds.values()):.1f} s."
    )
    for warning in summary.warnings:
        yield f"Note: {warning}"
