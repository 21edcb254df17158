"""Which rows are learned from and which are held out: at random, or whole authors at a time."""

from enum import StrEnum

import numpy as np

from graph.experiments.rows import BoolArray, IntArray, TaskTable

HELD_OUT = 0.2
"""Share of the rows that is held out."""
FOLDS = 5


class Split(StrEnum):
    """How rows are held out."""

    RANDOM = "random"
    """as published; a model may be recognized by its sibling"""
    AUTHOR = "by author"
    """no author is on both sides"""


def together(table: TaskTable, split: Split) -> IntArray:
    """A number for each row; rows of the same number are never divided."""
    return table.authors if split is Split.AUTHOR else np.arange(len(table.rows))


def held_out(groups: IntArray, seed: int, share: float = HELD_OUT) -> BoolArray:
    """Whether each row is held out: whole groups, in random order, until the share is reached."""
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    size = np.bincount(groups)[order]
    enough = int(np.searchsorted(np.cumsum(size), share * groups.size)) + 1
    return np.isin(groups, order[:enough])


def folds(groups: IntArray, seed: int, count: int = FOLDS) -> IntArray:
    """The fold of each row, of about equal sizes; no group is in two."""
    fold = np.zeros(int(groups.max()) + 1, dtype=np.int64)
    filled = np.zeros(count)
    size = np.bincount(groups)
    for group in np.random.default_rng(seed).permutation(np.unique(groups)):
        fold[group] = filled.argmin()
        filled[fold[group]] += size[group]
    return fold[groups]
