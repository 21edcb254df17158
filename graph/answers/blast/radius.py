"""Which models an event at some of them hits, and how: pure, over arrays.

Links may form circles; every answer counts models, never paths.
"""

from dataclasses import dataclass

import numpy as np

from graph.scores.engine import Links
from graph.scores.explaining import depths
from graph.scores.lineage import BoolArray, IntArray


@dataclass(frozen=True)
class Radius:
    """What an event at the seeds means for every model."""

    depth: IntArray  # fewest steps up to a seed: 0 for a seed, -1 where there is no way
    link: IntArray  # the first link of a shortest way there; -1 where there is none
    hard: (
        BoolArray  # whether it loads the weights of a seed: an adapter for one, or for such a model
    )
    lost: BoolArray  # whether each of its bases is a seed, gone, or lost its own bases like that


def radius(links: Links, adapter: BoolArray, seeds: BoolArray, gone: BoolArray) -> Radius:
    """Measure it; the links come in the order in which equals are preferred."""
    child, base = links.child, links.base
    depth = depths(links, seeds)
    link = np.full(seeds.size, -1)
    nearer = np.flatnonzero((depth[child] > 0) & (depth[base] == depth[child] - 1))[::-1]
    link[child[nearer]] = nearer  # of several the first, which is written last
    return Radius(
        depth,
        link,
        hard=depths(Links(child[adapter], base[adapter], links.size), seeds) > 0,
        lost=_lost(child, base, seeds | gone) & (depth > 0),
    )


def _lost(child: IntArray, base: IntArray, without: BoolArray) -> BoolArray:
    """The least set with `without` and every model all of whose bases are in it."""
    others = child != base
    child, base = child[others], base[others]
    order = np.argsort(base, kind="stable")
    children = child[order].tolist()
    first = np.searchsorted(base[order], np.arange(without.size + 1)).tolist()
    left = np.bincount(child, minlength=without.size).tolist()
    found = without.copy()
    todo = np.flatnonzero(without).tolist()
    while todo:
        model = todo.pop()
        for made in children[first[model] : first[model + 1]]:
            left[made] -= 1
            if not left[made] and not found[made]:
                found[made] = True
                todo.append(made)
    return found
