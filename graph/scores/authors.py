"""Authors by what others build on their models.

Summing the scores of an author's models instead would count one fine-tune at the instruct, the base
and the pretrained model of the same house.
"""

from dataclasses import dataclass

import numpy as np

from graph.scores import descendants, pagerank
from graph.scores.cleaning import CleanLineage
from graph.scores.descendants import Pairs
from graph.scores.lineage import FloatArray, IntArray

STAGE = "authors"
PART = 100_000
"""Models whose owners are read at a time."""

_OWNERS = """
MATCH (m:Model) WHERE id(m) IN $nodes
RETURN collect(id(m)) AS nodes, collect(coalesce(m.author, '')) AS authors
"""


@dataclass(frozen=True)
class Owners:
    """Whose the models of a lineage are."""

    author: IntArray  # of each model: index into `names`, -1 for an id without an owner
    names: list[str]  # in lower case


@dataclass(frozen=True)
class AuthorScores:
    """By author index."""

    inflow: FloatArray  # score that arrives at the author's models from direct children by others
    models: IntArray  # distinct models of others that descend from the author's models
    publishers: IntArray  # distinct authors of those models


def columns(lineage: CleanLineage) -> dict[str, IntArray | FloatArray]:
    """The scores of every author, by score; numbered as in `owners`."""
    found = lineage.once(owners)
    damping = lineage.settings.damping
    outside = roll_up(
        child=lineage.child,
        base=lineage.base,
        score=lineage.once(pagerank.scores).influence,
        damping=damping,
        found=lineage.once(descendants.all_pairs).there(lineage.gone),
        author=found.author,
        size=len(found.names),
    )
    return {
        "influence": outside.inflow,
        "effective_descendants": outside.inflow / (1 - damping),
        "outside_models": outside.models,
        "outside_publishers": outside.publishers,
    }


def owners(lineage: CleanLineage) -> Owners:
    """Read whose the models are."""
    node = lineage.node
    index_of: dict[str, int] = {}
    author = np.full(node.size, -1, dtype=np.int64)
    for start in range(0, node.size, PART):
        row = lineage.graph.command(_OWNERS, {"nodes": node[start : start + PART].tolist()}).one()
        places = np.searchsorted(node, np.array(row["nodes"], dtype=np.int64))
        author[places] = [
            index_of.setdefault(name.lower(), len(index_of)) if name else -1
            for name in row["authors"]
        ]
    return Owners(author, list(index_of))


def roll_up(
    *,
    child: IntArray,
    base: IntArray,
    score: FloatArray,
    damping: float,
    found: Pairs,
    author: IntArray,
    size: int,
) -> AuthorScores:
    """Roll the `score` (I) of every model up to `size` authors.

    Each kept relationship leads from a `child` to one of its k bases, and passes it d I / k, with
    `damping` d. A model without an `author` (-1) counts as someone else's, but not as a publisher.
    """
    share = damping * score[child] / np.bincount(child, minlength=score.size)[child]
    outside = (author[base] >= 0) & (author[base] != author[child])
    owner = author[base[outside]]
    inflow = np.bincount(owner, weights=share[outside], minlength=size).astype(np.float64)

    outside = (author[found.ancestor] >= 0) & (author[found.ancestor] != author[found.descendant])
    owner, model = author[found.ancestor[outside]], found.descendant[outside]
    published = author[model] >= 0
    return AuthorScores(
        inflow,
        _distinct(owner, model, size),
        _distinct(owner[published], author[model[published]], size),
    )


def _distinct(owner: IntArray, thing: IntArray, size: int) -> IntArray:
    """How many different things each owner has."""
    width = int(thing.max(initial=0)) + 1
    return np.bincount(np.unique(owner * width + thing) // width, minlength=size)
