"""Authors by what others build on their models.

Summing the scores of an author's models instead would count one fine-tune at the instruct, the base
and the pretrained model of the same house.
"""

from dataclasses import dataclass

import numpy as np

from graph.scores.descendants import Pairs
from graph.scores.lineage import FloatArray, IntArray


@dataclass(frozen=True)
class AuthorScores:
    """By author index.

    Attributes:
        inflow: score that arrives at the author's models from direct children by others (I).
        models: distinct models of others that descend from the author's models.
        publishers: distinct authors of those models.
    """

    inflow: FloatArray
    models: IntArray
    publishers: IntArray


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
    """Roll the scores of models up to `size` authors.

    Args:
        child: model each kept relationship starts at.
        base: model it ends at.
        score: I of every model.
        damping: d; a child passes d I / k to each of its k bases.
        found: every pair of descendant and ancestor.
        author: author of each model, -1 for a model without one. Such a model counts as someone
            else's, but not as a publisher.
        size: number of authors.
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
