"""Influence by GDS against networkx, on the same edges in one run."""

import time
from collections.abc import Callable

import networkx as nx
import numpy as np

from graph import schema
from graph.scores.engine import Links
from graph.scores.gds import projection
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph

Row = tuple[str, float, str]

_EDGES = f"""
MATCH (c:Model)-[r:{schema.LINEAGE_PATTERN}]->(b:Model)
WHERE r.gone_since IS NULL AND r.cut IS NULL
RETURN id(c) AS child, id(b) AS base
"""
_PAGERANK = """
CALL gds.pageRank.stats($name, {
  dampingFactor: $damping, maxIterations: $iterations, tolerance: $tolerance, concurrency: 1
}) YIELD computeMillis
RETURN computeMillis / 1000.0 AS seconds
"""


def run(graph: Graph, settings: Settings) -> list[Row]:
    """Seconds of the whole computation by stage, and of networkx for its two core parts.

    The stages hold the way to the database and back; PageRank is therefore also timed alone, as GDS
    reports it, against `networkx.pagerank` on edges that are already in memory.
    """
    started = time.perf_counter()
    summary = compute(graph, settings)
    whole = time.perf_counter() - started
    edges = [(row["child"], row["base"]) for row in graph.command(_EDGES).rows]
    ranked = _gds_pagerank(graph, edges, settings)
    lineage = nx.DiGraph(edges)
    ranked_networkx = _seconds(
        lambda: nx.pagerank(
            lineage, settings.damping, max_iter=settings.max_iterations, tol=settings.tolerance
        )
    )
    counted_networkx = _seconds(
        lambda: [len(nx.ancestors(lineage, node)) for node, n in lineage.in_degree() if n]
    )
    return [
        ("models", lineage.number_of_nodes(), ""),
        ("edges", lineage.number_of_edges(), ""),
        *((f"hubgraph influence: {stage}", s, "s") for stage, s in summary.seconds.items()),
        ("hubgraph influence: whole, stored in the graph", whole, "s"),
        ("PageRank alone, GDS", ranked, "s"),
        ("PageRank alone, networkx", ranked_networkx, "s"),
        ("PageRank alone, networkx / GDS", ranked_networkx / ranked, "x"),
        ("descendants alone, hubgraph (by kind, with depth)", summary.seconds["count"], "s"),
        ("descendants alone, networkx (number only)", counted_networkx, "s"),
        (
            "descendants alone, networkx / hubgraph",
            counted_networkx / max(summary.seconds["count"], 0.001),
            "x",
        ),
    ]


def _gds_pagerank(graph: Graph, edges: list[tuple[int, int]], settings: Settings) -> float:
    """Seconds of one PageRank over the edges, the fastest of three; GDS reports milliseconds."""
    child, base = np.array(edges, dtype=np.int64).T
    parameters = {
        "damping": settings.damping,
        "iterations": settings.max_iterations,
        "tolerance": settings.tolerance,
    }
    links = Links(child, base, int(max(child.max(), base.max())) + 1)
    with projection(graph, links) as name:
        times = [
            graph.command(_PAGERANK, {"name": name, **parameters}).one()["seconds"]
            for _ in range(3)
        ]
    return float(max(min(times), 0.001))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
