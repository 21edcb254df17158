"""Authors by what others build on their models.

Summing the scores of an author's models instead would count one fine-tune at the instruct, the base
and the pretrained model of the same house.
"""

from dataclasses import dataclass

import numpy as np

from graph.scores import descendants, modelrank, pagerank
from graph.scores.cleaning import CleanLineage
from graph.scores.descendants import Pairs
from graph.scores.engine import Links
from graph.scores.lineage import FloatArray, IntArray

STAGE = "authors"


@dataclass(frozen=True)
class AuthorScores:
    """By author index."""

    inflow: FloatArray  # score that arrives at the author's models from direct children by others
    models: IntArray  # distinct models of others that descend from the author's models
    publishers: IntArray  # distinct authors of those models


def columns(lineage: CleanLineage) -> dict[str, IntArray | FloatArray]:
    """The scores of every author, by score; numbered as in the lineage's facts."""
    damping, facts = lineage.settings.damping, lineage.facts
    rank, fresh = (
        inflow(lineage.links, score, damping, facts.author, len(facts.authors))
        for score in lineage.once(modelrank.spread)
    )
    outside = roll_up(
        lineage.links,
        score=lineage.once(pagerank.scores).influence,
        damping=damping,
        found=lineage.once(descendants.all_pairs).there(lineage.gone),
        author=facts.author,
        size=len(facts.authors),
    )
    return {
        "influence": outside.inflow,
        "effective_descendants": outside.inflow / (1 - damping),
        "modelrank": rank,
        "modelrank_change": modelrank.change(rank, fresh),
        "outside_models": outside.models,
        "outside_publishers": outside.publishers,
    }


def roll_up(
    links: Links,
    *,
    score: FloatArray,
    damping: float,
    found: Pairs,
    author: IntArray,
    size: int,
) -> AuthorScores:
    """Roll the `score` (I) of every model up to `size` authors.

    A model without an `author` (-1) counts as someone else's, but not as a publisher.
    """
    outside = (author[found.ancestor] >= 0) & (author[found.ancestor] != author[found.descendant])
    owner, model = author[found.ancestor[outside]], found.descendant[outside]
    published = author[model] >= 0
    return AuthorScores(
        inflow(links, score, damping, author, size),
        _distinct(owner, model, size),
        _distinct(owner[published], author[model[published]], size),
    )


def inflow(
    links: Links, score: FloatArray, damping: float, author: IntArray, size: int
) -> FloatArray:
    """What arrives at the models of each of `size` authors from direct children by others.

    Each kept relationship leads from a child to one of its k bases, and passes it d score / k, with
    `damping` d.
    """
    child, base = links.child, links.base
    share = damping * score[child] / np.bincount(child, minlength=links.size)[child]
    outside = (author[base] >= 0) & (author[base] != author[child])
    owner = author[base[outside]]
    return np.bincount(owner, weights=share[outside], minlength=size).astype(np.float64)


def _distinct(owner: IntArray, thing: IntArray, size: int) -> IntArray:
    """How many different things each owner has."""
    width = int(thing.max(initial=0)) + 1
    return np.bincount(np.unique(owner * width + thing) // width, minlength=size)
