"""What ranks: PageRank from child to base, by one of two engines with the same answer.

    I(v) = (1 - d) b(v) + d * sum over derivatives c of v: I(c) / k(c)

with damping d, what a model counts itself b, and the number of c's bases k. Nothing is normalised:
a score does not change when unrelated models are added. I is linear in b: the scores of a sum of
two b are the sums of their scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from graph.scores.lineage import FloatArray, IntArray
from graph.settings import Settings


@dataclass(frozen=True)
class Links:
    """The relationships that count, without a cycle, between models numbered from 0."""

    child: IntArray
    base: IntArray
    size: int  # how many models there are, with and without relationships

    @property
    def bases(self) -> IntArray:
        """The models with a derivative, ascending."""
        return np.unique(self.base)

    @cached_property
    def level(self) -> IntArray:
        """Steps on the longest way from a root, for each model; `ValueError` if it has a cycle."""
        child, base, size = self.child, self.base, self.size
        children = child[np.argsort(base, kind="stable")]
        many = np.bincount(base, minlength=size)
        start = np.cumsum(many) - many
        waiting = np.bincount(child, minlength=size)
        level = np.full(size, -1, dtype=np.int64)
        front = np.flatnonzero(waiting == 0)
        steps = 0
        while front.size:
            level[front] = steps
            below = children[ranges(start[front], many[front])]
            np.subtract.at(waiting, below, 1)
            front = np.unique(below[waiting[below] == 0])
            steps += 1
        if (level < 0).any():
            raise ValueError("the lineage has a cycle")
        return level


@dataclass(frozen=True)
class Ranking:
    """The scores I that an engine found."""

    scores: FloatArray  # a row for each b, a column for each of the bases
    iterations: int = 0  # most that it took; on a lineage, its longest chain and a few
    converged: bool = True


class Engine(Protocol):
    """Computes I."""

    @property
    def name(self) -> str:
        """As `--engine` takes it."""

    def rank(self, links: Links, own: Sequence[FloatArray], settings: Settings) -> Ranking:
        """I of the models with a derivative, for each b of all models in `own`.

        All other models have I = (1 - d) b. Each b is at least 0.
        """


@dataclass
class Checked:
    """An engine whose every answer is compared with another's."""

    used: Engine
    other: Engine
    difference: float = 0.0  # the largest between two scores so far

    @property
    def name(self) -> str:
        """The one that is used."""
        return self.used.name

    def rank(self, links: Links, own: Sequence[FloatArray], settings: Settings) -> Ranking:
        """See `Engine`."""
        found = self.used.rank(links, own, settings)
        second = self.other.rank(links, own, settings)
        difference = np.abs(found.scores - second.scores).max(initial=0.0)
        self.difference = max(self.difference, float(difference))
        return found


def without_leaves(
    links: Links, own: Sequence[FloatArray], damping: float
) -> tuple[Links, FloatArray]:
    """The relationships between models with a derivative, and b as if there were no others.

    What a leaf c counts itself, b(c), arrives at each of its k(c) bases as d b(c) / k(c).
    """
    given = np.zeros((len(own), links.size))
    given[:] = own
    is_base = np.zeros(links.size, dtype=np.bool_)
    is_base[links.base] = True
    of_leaf = np.flatnonzero(~is_base[links.child])
    of_leaf = of_leaf[np.argsort(links.base[of_leaf], kind="stable")]
    leaf = links.child[of_leaf]
    base, first = np.unique(links.base[of_leaf], return_index=True)
    passed = damping / np.bincount(links.child, minlength=links.size)[leaf]
    if base.size:  # pairwise sums of tens of thousands of leaves keep their last digits
        given[:, base] += np.add.reduceat(given[:, leaf] * passed, first, axis=1)
    inner = is_base[links.child]
    return Links(links.child[inner], links.base[inner], links.size), given


def ranges(start: IntArray, count: IntArray) -> IntArray:
    """`start[0], start[0]+1, …` (`count[0]` of them), then the same for the next, and so on."""
    before = np.cumsum(count) - count
    steps = np.arange(int(count.sum()), dtype=np.int64)
    return np.asarray(steps + np.repeat(start - before, count))
