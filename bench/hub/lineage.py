"""Who was made from whom: families, chains, merges and the mistakes of the real Hub."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.hub.text import Whole, picked
from bench.hub.vocabulary import PARENT_SHARES, RELATION_COUNTS, RELATIONS

WITH_BASE = 0.28
_ROOTS_WITH_CHILDREN = 0.027
_STEEPNESS, _SHIFT = 1.3, 10.0
"""The k-th largest family gets a share that falls as 1 / (k + shift) ** steepness."""
_ANY_AGE = 0.01
"""Share of models whose base may have been created after them."""
_REFERENCES_TO_GONE = 0.02
_REFERENCES_BY_OLD_NAME = 0.01
_SELF_BASES = 288 / 128_090
_CASE_MISMATCHES = 0.0002
_UNSTATED = 0.001
"""Share of derived models whose card states its base only later."""
_CYCLES = (2, 2, 3)
_MOST_PARENTS = 65
_LONGEST_CHAIN = 40
_MERGE = RELATIONS.index("merge")
_FINETUNE = RELATIONS.index("finetune")

BY_NAME, BY_OLD_NAME, BY_OTHER_CASE = 0, 1, 2
"""How a reference spells the base."""


@dataclass
class Lineage:
    """The bases of numbered models.

    Attributes:
        relation: index in `RELATIONS` of each model; -1 when its card states no base.
        meant: the same, also where the card does not state it yet.
        start: the bases of model m are `base[start[m]:start[m + 1]]`.
        base: their numbers.
        spelling: how each is referred to.
        pool: models that have derivatives, those with most first.
    """

    relation: npt.NDArray[np.int8]
    meant: npt.NDArray[np.int8]
    start: Whole
    base: npt.NDArray[np.int32]
    spelling: npt.NDArray[np.int8]
    pool: Whole

    def edges(self, models: Whole) -> Whole:
        """The places in `base` of the bases of these models, one after the other."""
        sizes = self.start[models + 1] - self.start[models]
        before = np.cumsum(sizes) - sizes
        return np.repeat(self.start[models] - before, sizes) + np.arange(int(sizes.sum()))


def lineage(random: np.random.Generator, gone: npt.NDArray[np.bool_], first_new: int) -> Lineage:
    """Draw the bases of every model.

    Args:
        random: where chance comes from.
        gone: models that are no longer there, in order of creation; others refer to them.
        first_new: models from this one on appear the next day and have no derivatives yet.
    """
    count = len(gone)
    row = np.arange(count)
    kind = picked(random, count, RELATION_COUNTS).astype(np.int8)
    derived = (random.random(count) < WITH_BASE) & ~gone & (row > count // 200)
    chain = _chain(np.flatnonzero(derived & (kind == _FINETUNE) & (row < first_new)), count)
    special = np.zeros(count, dtype=np.bool_)
    special[chain] = True
    cycles = _cycle_members(random, np.flatnonzero(derived & (kind == _FINETUNE) & ~special))
    special[cycles] = True
    share = np.where(derived, np.array(PARENT_SHARES)[kind], _ROOTS_WITH_CHILDREN)
    parent = (random.random(count) < share) & ~gone & ~special & (row < first_new)
    pool = _by_size_of_family(random, np.flatnonzero(parent), derived, count)

    child = np.flatnonzero(derived & ~special)
    first = _at_least_one_child(random, np.sort(pool), child)
    open_ = np.flatnonzero(first < 0)
    first[open_] = _older(random, pool, child[open_])
    itself = _self_bases(random, kind[child])
    first[itself] = child[itself]
    more_child, more_base = _further_parents(random, child, kind, pool)

    root = pool[~derived[pool]]
    older_root = root[root < chain[0]] if len(chain) else root
    chain_base = np.concatenate((older_root[:1] if len(older_root) else root[:1], chain[:-1]))
    children = np.concatenate((child, chain, cycles, more_child))
    bases = np.concatenate((first, chain_base[: len(chain)], _next_in_cycle(cycles), more_base))
    ordinary = np.concatenate((~itself, np.zeros(len(chain) + len(cycles), np.bool_),
                               np.ones(len(more_child), np.bool_)))  # fmt: skip
    children, bases, ordinary = _distinct(children, bases, ordinary)
    bases, spelling = _references(random, bases, ordinary, np.flatnonzero(gone))

    meant = np.where(derived, kind, -1).astype(np.int8)
    unstated = derived & ~special & (random.random(count) < _UNSTATED) & (row < first_new)
    return Lineage(
        relation=np.where(unstated, -1, meant).astype(np.int8),
        meant=meant,
        start=np.searchsorted(children, np.arange(count + 1)),
        base=bases.astype(np.int32),
        spelling=spelling,
        pool=pool,
    )


def _chain(finetunes: Whole, count: int) -> Whole:
    """Members of the longest chain, evenly over the younger models."""
    length = min(_LONGEST_CHAIN, count // 500)
    usable = finetunes[finetunes > count // 4]
    return (
        usable[np.linspace(0, len(usable) - 1, length).astype(np.int64)] if length else usable[:0]
    )


def _cycle_members(random: np.random.Generator, usable: Whole) -> Whole:
    return random.choice(usable, min(sum(_CYCLES), len(usable)), replace=False)


def _next_in_cycle(members: Whole) -> Whole:
    following = members.copy()
    place = 0
    for length in _CYCLES:
        following[place : place + length] = np.roll(members[place : place + length], -1)
        place += length
    return following


def _by_size_of_family(
    random: np.random.Generator, pool: Whole, derived: npt.NDArray[np.bool_], count: int
) -> Whole:
    """The largest families are those of old roots."""
    age = 0.02 + (pool / count) ** 2
    return pool[np.argsort(random.random(len(pool)) * age + 0.5 * derived[pool])]


def _at_least_one_child(random: np.random.Generator, pool: Whole, child: Whole) -> Whole:
    """A younger child for each of the pool; -1 for the children that are left."""
    first = np.full(len(child), -1, dtype=np.int64)
    waiting = pool
    for _ in range(20):
        lowest = np.searchsorted(child, waiting, side="right")
        place = lowest + (random.random(len(waiting)) * (len(child) - lowest)).astype(np.int64)
        usable = np.flatnonzero(place < len(child))
        usable = usable[first[place[usable]] < 0]
        taken, index = np.unique(place[usable], return_index=True)
        first[taken] = waiting[usable[index]]
        waiting = np.delete(waiting, usable[index])
    return first


def _self_bases(random: np.random.Generator, kind: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which of the derived models, none of them a merge, name themselves as base."""
    chance = random.random(len(kind)) + (kind == _MERGE)
    itself = np.zeros(len(kind), dtype=np.bool_)
    itself[np.argsort(chance)[: round(_SELF_BASES * len(kind))]] = True
    return itself


def _older(random: np.random.Generator, pool: Whole, child: Whole) -> Whole:
    """A base for each child: mostly of a large family, and mostly older."""
    weights = (np.arange(len(pool)) + _SHIFT) ** -_STEEPNESS
    base = pool[picked(random, len(child), weights)]
    any_age = random.random(len(child)) < _ANY_AGE
    for _ in range(6):
        younger = np.flatnonzero((base >= child) & ~any_age)
        base[younger] = pool[picked(random, len(younger), weights)]
    younger = np.flatnonzero((base >= child) & ~any_age)
    ordered = np.sort(pool)
    limit = np.maximum(1, np.searchsorted(ordered, child[younger]))
    base[younger] = ordered[(random.random(len(younger)) * limit).astype(np.int64)]
    return base


def _further_parents(
    random: np.random.Generator, child: Whole, kind: npt.NDArray[np.int8], pool: Whole
) -> tuple[Whole, Whole]:
    """All parents of merges but the first, and a few lists that others state."""
    chance = random.random(len(child))
    extra = np.where(kind[child] == _MERGE, np.minimum(random.geometric(0.55, len(child)), 40), 0)
    extra = np.where((kind[child] == _FINETUNE) & (chance < 0.01), 1, extra)
    merges = np.flatnonzero(kind[child] == _MERGE)
    more = np.repeat(child, extra)
    ordered = np.sort(pool)
    limit = np.maximum(1, np.searchsorted(ordered, more))
    base = ordered[(random.random(len(more)) * limit).astype(np.int64)]
    if len(merges) and len(pool) > 2 * _MOST_PARENTS:
        largest = child[merges[-len(merges) // 3]]
        others = ordered[ordered < largest][: _MOST_PARENTS + 1]
        kept = more != largest
        more = np.concatenate((more[kept], np.full(len(others), largest)))
        base = np.concatenate((base[kept], others))
    return more, base


def _distinct(
    children: Whole, bases: Whole, ordinary: npt.NDArray[np.bool_]
) -> tuple[Whole, Whole, npt.NDArray[np.bool_]]:
    """Sorted by child, without a base twice and with `_MOST_PARENTS` at most."""
    order = np.lexsort((bases, children))
    children, bases, ordinary = children[order], bases[order], ordinary[order]
    fresh = np.ones(len(children), dtype=np.bool_)
    fresh[1:] = (children[1:] != children[:-1]) | (bases[1:] != bases[:-1])
    children, bases, ordinary = children[fresh], bases[fresh], ordinary[fresh]
    place = np.arange(len(children)) - np.searchsorted(children, children)
    few = place < _MOST_PARENTS
    return children[few], bases[few], ordinary[few]


def _references(
    random: np.random.Generator, bases: Whole, ordinary: npt.NDArray[np.bool_], gone: Whole
) -> tuple[Whole, npt.NDArray[np.int8]]:
    """Some references name a model that is gone, a former name, or spell the name otherwise."""
    chance = random.random(len(bases))
    to_gone = np.flatnonzero(ordinary & (chance < _REFERENCES_TO_GONE))
    if len(gone):
        weights = (np.arange(len(gone)) + 2.0) ** -0.9
        bases[to_gone] = gone[picked(random, len(to_gone), weights)]
    spelling = np.full(len(bases), BY_NAME, dtype=np.int8)
    bound = _REFERENCES_TO_GONE + _REFERENCES_BY_OLD_NAME
    spelling[ordinary & (chance >= _REFERENCES_TO_GONE) & (chance < bound)] = BY_OLD_NAME
    other_case = ordinary & (chance >= bound) & (chance < bound + _CASE_MISMATCHES)
    spelling[other_case] = BY_OTHER_CASE
    return bases, spelling
