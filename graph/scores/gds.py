"""PageRank by Neo4j Graph Data Science, where the graph is.

GDS divides a relationship's weight by the child's own sum of them, so for the many children with
one base a weight on the relationship changes nothing. What a model is worth is therefore said in b,
the teleport: pairs of a node and its b. Nine of ten models have no derivative and pass on nothing
but their own b, so that is added to the b of their bases, and GDS ranks the bases alone.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graph.errors import MemoryLimitError
from graph.scores.engine import Links, Ranking, without_leaves
from graph.scores.lineage import FloatArray
from graph.scores.rounds import Rounds
from graph.settings import Settings
from graph.store.connection import Graph

PREFIX = "hubgraph-influence-"
"""Start of the names of GDS projections."""

_PROJECT = """
UNWIND range(0, size($child) - 1) AS i
WITH gds.graph.project($name, $child[i], $base[i]) AS projection
RETURN projection.nodeCount AS nodes
"""
_DROP = "CALL gds.graph.drop($name, false) YIELD graphName RETURN graphName"
_STALE = """
CALL gds.graph.list() YIELD graphName, database
WHERE graphName STARTS WITH $prefix AND database = toLower($database)
RETURN graphName AS name
"""
_RANK = """
CALL gds.pageRank.mutate($name, {
  sourceNodes: $sources, mutateProperty: $score,
  dampingFactor: $damping, maxIterations: $iterations, tolerance: $tolerance, concurrency: 1
}) YIELD ranIterations, didConverge
RETURN ranIterations AS iterations, didConverge AS converged
"""
_SCORES = "RETURN [model IN $models | gds.util.nodeProperty($name, model, $score)] AS scores"


@dataclass(frozen=True)
class Gds:
    """The engine in the database."""

    graph: Graph
    name: ClassVar[str] = "gds"

    def rank(self, links: Links, own: Sequence[FloatArray], settings: Settings) -> Ranking:
        """See `Engine`; one PageRank for each b.

        On one thread: the order of the additions, and with it the last digit, is always the same.
        """
        _drop_stale(self.graph)
        upper, given = without_leaves(links, own, settings.damping)
        scores = (1 - settings.damping) * given[:, links.bases]
        linked = np.union1d(upper.child, upper.base)
        if not linked.size:
            return Ranking(scores)
        places, nodes = np.searchsorted(links.bases, linked), linked.tolist()
        limits = {
            "damping": settings.damping,
            "iterations": settings.max_iterations,
            "tolerance": settings.tolerance,
        }
        runs = []
        with projection(self.graph, upper) as name:
            for index, weight in enumerate(given[:, linked]):
                if not weight.any():
                    continue  # GDS takes no sources for all of them
                stored = {"name": name, "score": f"score{index}"}
                sources = _sources(nodes, weight)
                run = self.graph.command(_RANK, {**stored, **limits, "sources": sources})
                runs.append(run.one())
                found = self.graph.command(_SCORES, {**stored, "models": nodes}).one()
                scores[index, places] = found["scores"]
        iterations = max((run["iterations"] for run in runs), default=0)
        return Ranking(scores, iterations, all(run["converged"] for run in runs))


@dataclass
class GdsOrRounds:
    """GDS, or DuckDB once a graph does not fit into the database's memory."""

    gds: Gds
    is_refused: bool = False

    @property
    def name(self) -> str:
        """The one that is used."""
        return Rounds.name if self.is_refused else Gds.name

    def rank(self, links: Links, own: Sequence[FloatArray], settings: Settings) -> Ranking:
        """See `Engine`."""
        if not self.is_refused:
            try:
                return self.gds.rank(links, own, settings)
            except MemoryLimitError:
                self.is_refused = True
        return Rounds().rank(links, own, settings)


@contextmanager
def projection(graph: Graph, links: Links) -> Iterator[str]:
    """Hold the relationships as a GDS graph, of this name, for as long as the context lasts."""
    name = PREFIX + uuid.uuid4().hex
    child, base = links.child.tolist(), links.base.tolist()
    try:
        graph.command(_PROJECT, {"name": name, "child": child, "base": base})
        yield name
    finally:
        graph.command(_DROP, {"name": name})


def _drop_stale(graph: Graph) -> None:
    """Drop the projections that a killed run left behind; one run at a time is expected."""
    stale = graph.command(_STALE, {"prefix": PREFIX, "database": graph.database})
    for row in stale.rows:
        graph.command(_DROP, {"name": row["name"]})


def _sources(nodes: Sequence[int], weight: FloatArray) -> list[list[float]]:
    """Each node that counts anything with its b."""
    return [[node, own] for node, own in zip(nodes, weight.tolist(), strict=True) if own]
