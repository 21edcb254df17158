"""Which answers are precomputed: those of reports and pages about the whole graph."""

from collections.abc import Callable

from graph.answers import coverage, home, list_queries
from graph.answers.precomputed import Precomputable, precompute
from graph.answers.reports.registry import catalogue
from graph.store.connection import Graph


def precompute_answers(
    graph: Graph, advance: Callable[[float], object] = lambda _: None
) -> dict[str, float]:
    """Answer every question that may be precomputed; see `precompute`."""
    return precompute(graph, precomputable(), advance)


def precomputable() -> list[Precomputable]:
    """The questions whose answers a large graph stores."""
    reports = [report for report in catalogue().values() if report.precomputed]
    return [*reports, list_queries.TOTALS, list_queries.VALUES, *home.QUERIES, *coverage.QUERIES]
