"""Whose the descendants on the Hub are, and how often they are downloaded."""

import numpy as np

from graph.scores import descendants
from graph.scores.cleaning import CleanLineage
from graph.scores.descendants import Pairs
from graph.scores.engine import Links
from graph.scores.lineage import FloatArray, IntArray

STAGE = "reach"


def columns(lineage: CleanLineage) -> dict[str, IntArray | FloatArray]:
    """The scores of every model, by score."""
    facts, gone, size = lineage.facts, lineage.gone, lineage.links.size
    found = lineage.once(descendants.all_pairs).there(gone)
    unknown = np.isnan(facts.downloads)[found.descendant]
    downloads = np.where(gone, 0.0, np.nan_to_num(facts.downloads))
    below = np.bincount(found.ancestor, weights=downloads[found.descendant], minlength=size)
    return {
        **publishers(found, facts.author, size),
        "downloads_below": below.astype(np.int64),
        "downloads_attributed": attributed(lineage.links, downloads),
        "downloads_unknown": np.bincount(found.ancestor[unknown], minlength=size),
    }


def publishers(found: Pairs, author: IntArray, size: int) -> dict[str, IntArray | FloatArray]:
    """How the descendants of each of `size` models spread over authors.

    A model without an `author` (-1) counts as an author of its own who published nothing else.
    """
    owner = np.where(author < 0, author.max(initial=-1) + 1 + np.arange(size), author)
    width = int(owner.max(initial=0)) + 1
    key, models = np.unique(found.ancestor * width + owner[found.descendant], return_counts=True)
    ancestor, publisher = key // width, key % width
    own = publisher == owner[ancestor]
    total = np.bincount(found.ancestor, minlength=size)
    by_self = np.bincount(ancestor[own], weights=models[own], minlength=size)
    squares = np.bincount(ancestor, weights=models.astype(np.float64) ** 2, minlength=size)
    named = ~own & (publisher <= author.max(initial=-1))
    with np.errstate(invalid="ignore"):  # 0 of 0 descendants: no ratio
        return {
            "reach": np.bincount(ancestor[named], minlength=size),
            "self_ratio": by_self / total,
            "concentration": squares / total.astype(np.float64) ** 2,
        }


def attributed(links: Links, value: FloatArray, damping: float = 1.0) -> FloatArray:
    """The `value` of each model and of what was made from it, shared by the bases of merges.

    Undamped nothing is lost or counted twice: the sum over models without a base is that over all.
    Of several values each has a row.
    """
    level = links.level
    order = np.argsort(-level[links.child], kind="stable")
    child, base = links.child[order], links.base[order]
    bases = np.bincount(child, minlength=links.size)
    total = value.copy()
    steps = np.flatnonzero(np.diff(level[child])) + 1
    for models, shared_by in zip(np.split(child, steps), np.split(base, steps), strict=True):
        for each in np.atleast_2d(total):
            np.add.at(each, shared_by, damping * each[models] / bases[models])
    return total
