"""Who led at a past date: computed from the lineage of that time, and written nowhere.

The lineage is cleaned, ranked and counted as `hubgraph influence` does it; see `docs/influence.md`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from graph.schema import MODEL_SCORES, RELATIONS
from graph.scores import cleaning, descendants, pagerank
from graph.scores.lineage import FloatArray, IntArray, read_lineage
from graph.scores.ranking import ranks
from graph.scores.rounds import Rounds
from graph.settings import Settings
from graph.store.connection import Graph

INFLUENCE = MODEL_SCORES[0]

_NAMES = """
MATCH (m:Model) WHERE id(m) IN $nodes
RETURN collect(id(m)) AS nodes, collect(m.id) AS names
"""


class Measure(StrEnum):
    """What models are ordered by."""

    INFLUENCE = "influence"
    DESCENDANTS = "descendants"
    DERIVATIVES = "derivatives"


@dataclass(frozen=True)
class Leader:
    """A model and what was made from it at the time."""

    rank: int  # equal values share a rank
    model: str  # its id of today
    derivatives: int  # distinct models made directly from it
    descendants: int  # distinct models made from it, directly or over others
    gone: int  # more of them that were gone from the Hub
    by_relation: dict[str, int]  # the Hub's word for how it was made → descendants
    depth: int  # steps to the farthest descendant
    effective_descendants: float | None = None  # None unless ordered by influence


@dataclass(frozen=True)
class Leaderboard:
    """The first models by a measure, at a time."""

    as_of: datetime | None  # None for now
    by: Measure
    models: int  # with a base or a derivative
    relationships: int  # between them
    leaders: list[Leader]


def leaderboard(
    graph: Graph, settings: Settings, by: Measure, top: int, as_of: datetime | None = None
) -> Leaderboard:
    """The `top` models that others were made from, by what they counted at a time."""
    found = read_lineage(graph, as_of)
    marks = cleaning.marks_of(graph, found)
    lineage = cleaning.clean(Rounds(), settings, found, marks)
    direct = (marks != cleaning.LOOP) & (marks != cleaning.DUP) & ~found.gone[found.child]
    derivatives = np.bincount(found.base[direct], minlength=lineage.links.size)
    below = descendants.below_each(lineage)
    effective: FloatArray | None = None
    value: IntArray | FloatArray = derivatives if by is Measure.DERIVATIVES else below.total
    if by is Measure.INFLUENCE:
        value = effective = pagerank.effective(lineage, pagerank.scores(lineage).influence)
    chosen = np.flatnonzero((below.total + derivatives > 0) & ~found.gone)
    rank = ranks(value[chosen])
    order = chosen[np.argsort(rank, kind="stable")][:top]
    place = dict(zip(chosen.tolist(), rank.tolist(), strict=True))
    named = graph.command(_NAMES, {"nodes": found.node[order].tolist()}).one()
    names = dict(zip(named["nodes"], named["names"], strict=True))
    leaders = [
        Leader(
            rank=place[i],
            model=names[int(found.node[i])],
            derivatives=int(derivatives[i]),
            descendants=int(below.total[i]),
            gone=int(below.gone[i]),
            by_relation=dict(zip(RELATIONS, below.by_kind[i].tolist(), strict=True)),
            depth=int(below.depth[i]),
            effective_descendants=(
                None if effective is None else round(float(effective[i]), INFLUENCE.decimals)
            ),
        )
        for i in order.tolist()
    ]
    return Leaderboard(as_of, by, lineage.links.size, int(found.relationship.size), leaders)
