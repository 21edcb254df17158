"""PageRank by Neo4j Graph Data Science, from child to base.

    I(v) = (1 - d) b(v) + d * sum over derivatives c of v: I(c) / k(c)

with damping d, what a model counts itself b, and the number of c's bases k. GDS does not normalise:
a score does not change when unrelated models are added. It divides a relationship's weight by the
child's own sum of them, so for the many children with one base a weight on the relationship changes
nothing. What a kind of model is worth is therefore said in b, the teleport.

I is linear in b. So GDS runs once for each group of models that count the same, with b = 1 on that
group, and any b made of those groups is a weighted sum. This is exact, gives every score from the
same few runs, and needs only a plain list of source nodes, which every supported version of GDS
takes (pairs of node and bias came after 2.13).
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from graph.scores.cleaning import CleanLineage
from graph.scores.lineage import FloatArray, IntArray
from graph.settings import Settings
from graph.store.connection import Graph

STAGE = "rank"
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
class Ranking:
    """What the runs gave."""

    scores: FloatArray  # a row per group, a column per model asked for
    iterations: int  # most that a run took
    converged: bool  # whether every run did


@dataclass(frozen=True)
class ModelInfluence:
    """The influence of every model of a lineage."""

    influence: FloatArray  # each descendant counted by its weight
    raw: FloatArray  # each descendant counted as 1
    groups: int = 0  # PageRank runs, one for each weight in use
    iterations: int = 0  # most that a run took
    converged: bool = True  # whether every run did


def columns(lineage: CleanLineage) -> dict[str, FloatArray]:
    """The scores of every model, by score."""
    found = lineage.once(scores)
    return {
        "influence": found.influence,
        "effective_descendants": effective(lineage, found.influence),
        "influence_raw": found.raw,
    }


def effective(lineage: CleanLineage, influence: FloatArray) -> FloatArray:
    """`influence` as people read it: what the descendants of each model count, damped."""
    return influence / (1 - lineage.settings.damping) - lineage.weight


def scores(lineage: CleanLineage, prefix: str = PREFIX) -> ModelInfluence:
    """Score every model of a lineage, in projections of a `prefix`; nothing is written."""
    graph, settings, weight = lineage.graph, lineage.settings, lineage.weight
    own = 1 - settings.damping
    score, raw = own * weight, np.full(weight.size, own)
    bases = lineage.bases
    if not bases.size:
        return ModelInfluence(score, raw)
    linked = np.unique(np.concatenate([lineage.child, lineage.base]))
    weights = np.unique(weight[linked])
    groups = [linked[weight[linked] == value] for value in weights]
    with projection(graph, lineage.child, lineage.base, prefix) as name:
        ranking = rank(graph, name, groups, bases, settings)
    score[bases] = weights @ ranking.scores
    raw[bases] = ranking.scores.sum(axis=0)
    return ModelInfluence(score, raw, len(groups), ranking.iterations, ranking.converged)


@contextmanager
def projection(
    graph: Graph, child: IntArray, base: IntArray, prefix: str = PREFIX
) -> Iterator[str]:
    """Hold the relationships as a GDS graph, of this name, for as long as the context lasts.

    Projections of the same prefix that a killed run left behind are dropped first; one run at a
    time is expected.
    """
    stale = graph.command(_STALE, {"prefix": prefix, "database": graph.database})
    for row in stale.rows:
        graph.command(_DROP, {"name": row["name"]})
    name = prefix + uuid.uuid4().hex
    try:
        graph.command(_PROJECT, {"name": name, "child": child.tolist(), "base": base.tolist()})
        yield name
    finally:
        graph.command(_DROP, {"name": name})


def rank(
    graph: Graph, name: str, groups: Sequence[IntArray], models: IntArray, settings: Settings
) -> Ranking:
    """Run PageRank once per group, with b = 1 for its models and 0 for all others.

    On one thread: the order of the additions, and with it the last digit, is then always the same.
    """
    chosen = models.tolist()
    limits = {
        "damping": settings.damping,
        "iterations": settings.max_iterations,
        "tolerance": settings.tolerance,
    }
    scores = np.zeros((len(groups), models.size))
    runs = []
    for index, group in enumerate(groups):
        stored = {"name": name, "score": f"score{index}"}
        runs.append(graph.command(_RANK, {**stored, **limits, "sources": group.tolist()}).one())
        scores[index] = graph.command(_SCORES, {**stored, "models": chosen}).one()["scores"]
    iterations = max((run["iterations"] for run in runs), default=0)
    return Ranking(scores, iterations, all(run["converged"] for run in runs))
