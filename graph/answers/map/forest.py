"""Lineage as a forest: each model hangs on one of its bases, the one that most models name."""

from dataclasses import dataclass, replace

import numpy as np

from graph.schema import RELATIONS
from graph.scores.lineage import IntArray

NO_RELATION = len(RELATIONS)
"""The relation of a model without a base; every other is an index into `RELATIONS`."""


@dataclass(frozen=True)
class Forest:
    """One parent for each model; models are indices."""

    parent: IntArray  # -1 for a root
    relation: IntArray  # to the parent
    children: IntArray  # how many hang on each
    root: IntArray  # of the tree that each is in
    levels: list[IntArray]  # the roots, what hangs on them, what hangs on that, …

    @property
    def family(self) -> IntArray:
        """How many models are in the tree of each."""
        return np.bincount(self.root, minlength=self.root.size)[self.root]


def grow(models: int, child: IntArray, base: IntArray, relation: IntArray) -> Forest:
    """The forest of so many models; circles are cut at the base that most models name.

    Among bases that equally many models name the one with the lower index wins, so the same models
    in the same order always make the same forest.
    """
    parent = _most_named(models, child, base)
    kind = np.full(models, NO_RELATION)
    chosen = parent[child] == base
    np.minimum.at(kind, child[chosen], relation[chosen])
    kind[parent < 0] = NO_RELATION
    root, levels = _levels(parent)
    children = np.bincount(parent[parent >= 0], minlength=models)
    return Forest(parent, kind, children, root, levels)


def flattened(forest: Forest, deepest: int) -> Forest:
    """The same families, in which no model hangs more than so many steps below its root.

    What is deeper hangs on the ancestor of that depth.
    """
    if len(forest.levels) <= deepest + 1:
        return forest
    parent = forest.parent.copy()
    for level in forest.levels[deepest + 2 :]:
        parent[level] = parent[forest.parent[level]]
    last = np.concatenate(forest.levels[deepest + 1 :])
    children = np.bincount(parent[parent >= 0], minlength=parent.size)
    levels = [*forest.levels[: deepest + 1], last]
    return replace(forest, parent=parent, children=children, levels=levels)


def _most_named(models: int, child: IntArray, base: IntArray) -> IntArray:
    named = np.bincount(base, minlength=models)
    other = child != base
    child, base = child[other], base[other]
    order = np.lexsort((base, -named[base], child))
    child, base = child[order], base[order]
    parent = np.full(models, -1)
    first = np.ones(child.size, dtype=np.bool_)
    first[1:] = child[1:] != child[:-1]
    parent[child[first]] = base[first]
    for loop in _circles(parent):
        parent[max(loop, key=lambda model: (named[model], -model))] = -1
    return parent


def _circles(parent: IntArray) -> list[list[int]]:
    """The circles that following parents leads into."""
    here = np.arange(parent.size)
    end = np.where(parent >= 0, parent, here)
    for _ in range(parent.size.bit_length()):  # twice as far each time: past every root
        end = end[end]
    found: list[list[int]] = []
    seen: set[int] = set()
    for start in np.unique(end[parent[end] >= 0]).tolist():
        if start not in seen:
            loop = [start]
            while (above := int(parent[loop[-1]])) != start:
                loop.append(above)
            seen.update(loop)
            found.append(loop)
    return found


def _levels(parent: IntArray) -> tuple[IntArray, list[IntArray]]:
    """The root of each model, and the models by their distance to it."""
    above, root = parent.copy(), np.arange(parent.size)
    depth = np.zeros(parent.size, dtype=np.int64)
    below = np.flatnonzero(above >= 0)
    while below.size:
        depth[below] += 1
        root[below] = above[below]
        above[below] = parent[root[below]]
        below = below[above[below] >= 0]
    order = np.argsort(depth, kind="stable")
    ends = np.searchsorted(depth[order], np.arange(1, int(depth.max(initial=0)) + 1))
    return root, np.split(order, ends)
