"""Descendants, exact and distinct: every pair of a model and an ancestor, and counts of them.

What is counted is on the Hub. What is gone counts apart, and what was made from it descends from
its bases all the same.

Few models have many ancestors, so the pairs are not many (a few per model). They are made level by
level from the roots: a model's ancestors are its bases and its bases' ancestors, and one sort per
level removes what is reached twice.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph.schema import RELATIONS
from graph.scores.cleaning import CleanLineage
from graph.scores.engine import Links, ranges
from graph.scores.lineage import TYPES, BoolArray, IntArray

STAGE = "count"


@dataclass(frozen=True)
class Pairs:
    """One entry per model and ancestor."""

    descendant: IntArray
    ancestor: IntArray  # a model it was made from, directly or over others
    depth: IntArray  # steps on the shortest way between them, at least 1

    def there(self, is_gone: BoolArray) -> "Pairs":
        """Those whose descendant is on the Hub; its ancestor, and the way there, may be gone."""
        kept = ~is_gone[self.descendant]
        return Pairs(self.descendant[kept], self.ancestor[kept], self.depth[kept])


@dataclass(frozen=True)
class Descendants:
    """Counts by model; what is gone from the Hub counts in `gone` alone."""

    by_kind: IntArray  # distinct descendants: a row per model, a column per `lineage.TYPES`
    depth: IntArray  # steps to the farthest one, 0 without any
    gone: IntArray  # distinct descendants that are gone

    @property
    def total(self) -> IntArray:
        """Distinct descendants."""
        return np.asarray(self.by_kind.sum(axis=1))


def columns(lineage: CleanLineage) -> dict[str, IntArray]:
    """The counts of every model, by score."""
    below = lineage.once(below_each)
    return {
        "descendants": below.total,
        **{f"descendants_{word}": below.by_kind[:, i] for i, word in enumerate(RELATIONS)},
        "descendants_gone": below.gone,
        "descendants_depth": below.depth,
    }


def below_each(lineage: CleanLineage) -> Descendants:
    """How many models descend from each."""
    return count_below(lineage.once(all_pairs), lineage.kind, lineage.gone)


def all_pairs(lineage: CleanLineage) -> Pairs:
    """Every pair of a model and one of its ancestors."""
    return pairs(lineage.links)


def pairs(links: Links) -> Pairs:
    """All pairs of a lineage; `ValueError` if it has a cycle."""
    level = links.level
    child, base, size = links.child, links.base, links.size
    order = np.argsort(level[child], kind="stable")
    child, base = child[order], base[order]
    deepest = int(level.max(initial=0))
    bounds = np.searchsorted(level[child], np.arange(1, deepest + 2))

    table = np.empty((3, 1024), dtype=np.int64)  # rows: descendant, ancestor, depth
    used = 0
    start = np.zeros(size, dtype=np.int64)
    count = np.zeros(size, dtype=np.int64)
    for low, high in pairwise(bounds):
        children, bases = child[low:high], base[low:high]
        inherited = ranges(start[bases], count[bases])
        found = _nearest(
            np.concatenate([children, np.repeat(children, count[bases])]),
            np.concatenate([bases, table[1, inherited]]),
            np.concatenate([np.ones_like(bases), table[2, inherited] + 1]),
            size,
            deepest + 1,
        )
        while used + found.shape[1] > table.shape[1]:
            table = np.concatenate([table, np.empty_like(table)], axis=1)
        table[:, used : used + found.shape[1]] = found
        models, first, many = np.unique(found[0], return_index=True, return_counts=True)
        start[models], count[models] = used + first, many
        used += found.shape[1]
    return Pairs(*table[:, :used])


def count_below(found: Pairs, kind: IntArray, is_gone: BoolArray) -> Descendants:
    """Count the descendants of all models, by the `kind` of the descendant."""
    size, kinds = is_gone.size, len(TYPES)
    there = found.there(is_gone)
    cell = there.ancestor * kinds + kind[there.descendant]
    depth = np.zeros(size, dtype=np.int64)
    np.maximum.at(depth, there.ancestor, there.depth)
    by_kind = np.bincount(cell, minlength=size * kinds).reshape(size, kinds)
    gone = np.bincount(found.ancestor, minlength=size) - by_kind.sum(axis=1)
    return Descendants(by_kind, depth, gone)


def _nearest(
    descendant: IntArray, ancestor: IntArray, depth: IntArray, size: int, depths: int
) -> IntArray:
    """The distinct pairs with their smallest depth, sorted, as rows of a table."""
    key = np.sort((descendant * size + ancestor) * depths + depth)
    pair = key // depths
    first = np.ones(key.size, dtype=np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    pair = pair[first]
    return np.stack([pair // size, pair % size, key[first] % depths]).astype(np.int64)
