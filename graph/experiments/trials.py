"""One trial of the experiment: hold rows out, learn from the others, measure."""

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from graph.experiments.evidence import GROUPS, Evidence, Features
from graph.experiments.features import DescribedModels, Describer
from graph.experiments.learners import BASELINES, LEARNERS
from graph.experiments.measures import Measures, confusion, measured
from graph.experiments.rows import BoolArray, FloatArray, IntArray, TaskTable
from graph.experiments.splits import FOLDS, Split, folds, held_out, together

FEATURE_SETS = {"as published": GROUPS[:1], "with the graph": GROUPS}
"""Name → the groups of features that it has."""
GRAPH = "with the graph"
NO_FEATURES = "none"
"""What the baselines have."""
_REPEATS = 5
"""Times that each group is shuffled."""


@dataclass(frozen=True)
class Trial:
    """A learner's answers for the rows held out."""

    split: Split
    features: str
    learner: str
    seed: int
    measures: Measures
    confusion: IntArray
    row: IntArray = field(repr=False)  # the rows held out, by their place in the table
    answer: IntArray = field(repr=False)
    confidence: FloatArray | None = field(repr=False)  # the probability of each answer


@dataclass(frozen=True)
class GroupWorth:
    """What a group of features is worth to a learner: accuracy on rows held out."""

    group: str
    seed: int
    alone: float  # learned from this group only
    lost_without: float  # less when learned from all others
    lost_shuffled: float  # less when its values are those of other rows


class Fitted:
    """A learner with the columns that it was fitted on."""

    def __init__(self, learner: Any, values: FloatArray, label: IntArray) -> None:
        low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
        self._columns = np.flatnonzero(low < high)  # one with a single value says nothing
        began = time.process_time()
        self._learner = learner.fit(self._of(values), label)
        self.seconds = time.process_time() - began

    def answers(self, values: FloatArray, tasks: int) -> tuple[IntArray, FloatArray | None]:
        """The most probable task of each row, and the probabilities of all, if it gives any."""
        values = self._of(values)
        if not hasattr(self._learner, "predict_proba"):
            return np.asarray(self._learner.predict(values), dtype=np.int64), None
        found = np.zeros((len(values), tasks))
        found[:, self._learner.classes_] = self._learner.predict_proba(values)
        return found.argmax(axis=1), found

    def _of(self, values: FloatArray) -> FloatArray:
        if not self._columns.size:
            return np.zeros((len(values), 1), dtype=np.float32)
        return values[:, self._columns]


class Laboratory:
    """A table with its vectors, in which trials are made.

    Args:
        table: the models.
        trees: of forests, and rounds of boosting.
        learners: names of those that are compared.
    """

    def __init__(
        self, table: TaskTable, trees: int, learners: Sequence[str] = tuple(LEARNERS)
    ) -> None:
        self.table, self.trees, self.learners = table, trees, learners
        self.describer = Describer(table)
        self.tasks = len(table.tasks)

    @cached_property
    def described(self) -> DescribedModels:
        """The rows of the table as vectors."""
        return self.describer.describe(self.table.rows)

    def evidence(self, seen: BoolArray) -> Evidence:
        """What follows from the labels of some rows."""
        return Evidence(self.described, self.table.label, self.tasks, seen)

    def features(self, split: Split, seed: int, test: BoolArray) -> Features:
        """Features of all rows: no row's own label, and none of a row held out, is in any of them.

        Rows that are learned from are divided into folds as the split divides; each fold has its
        features from the labels of the others. Rows held out have theirs from all that are learned
        from.
        """
        groups = together(self.table, split)
        fold = np.where(test, FOLDS, folds(groups, seed))
        values, group = None, None
        for part in np.unique(fold):
            found = self.evidence(~test & (fold != part)).features(self.described)
            if values is None:
                values, group = np.empty_like(found.values), found.group
            values[fold == part] = found.values[fold == part]
        if values is None or group is None:
            raise ValueError("The table is empty.")
        return Features(values, group)

    def fit(self, learner: str, seed: int, values: FloatArray, rows: BoolArray) -> Fitted:
        """Fit a learner on some rows."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it stops before it converges is meant
            return Fitted(LEARNERS[learner](seed, self.trees), values[rows], self.table.label[rows])

    def trials(self, split: Split, seed: int) -> list[Trial]:
        """Every learner on every set of features, and the baselines, on one division of rows."""
        test = held_out(together(self.table, split), seed)
        features = self.features(split, seed, test)
        made = self._baselines(split, seed, test)
        for name, groups in FEATURE_SETS.items():
            values = features.of(*groups)
            for learner in self.learners:
                fitted = self.fit(learner, seed, values, ~test)
                answer, probability = fitted.answers(values[test], self.tasks)
                place = (split, name, learner, seed)
                made.append(self._trial(place, test, answer, probability, fitted.seconds))
        return made

    def worth(self, learner: str, seed: int) -> list[GroupWorth]:
        """What each group of features is worth where authors are held out."""
        test = held_out(together(self.table, Split.AUTHOR), seed)
        features = self.features(Split.AUTHOR, seed, test)
        truth = self.table.label[test]

        def right(fitted: Fitted, values: FloatArray) -> float:
            return float((fitted.answers(values, self.tasks)[0] == truth).mean())

        every = self.fit(learner, seed, features.values, ~test)
        best = right(every, features.values[test])
        random, found = np.random.default_rng(seed), []
        for at, group in enumerate(GROUPS):
            lost = []
            for _ in range(_REPEATS):
                shuffled = features.values[test].copy()
                columns = features.group == at
                shuffled[:, columns] = shuffled[random.permutation(truth.size)][:, columns]
                lost.append(best - right(every, shuffled))
            own, others = features.of(group), features.of(*(g for g in GROUPS if g != group))
            alone = right(self.fit(learner, seed, own, ~test), own[test])
            without = right(self.fit(learner, seed, others, ~test), others[test])
            found.append(GroupWorth(group, seed, alone, best - without, float(np.mean(lost))))
        return found

    def _baselines(self, split: Split, seed: int, test: BoolArray) -> list[Trial]:
        label = self.table.label
        share = np.bincount(label[~test], minlength=self.tasks) / (~test).sum()
        most = np.full(label.size, share.argmax())
        base = self.evidence(~test).base_task(self.described)
        of_base = np.where(base >= 0, base, most)
        frequent, by_base = BASELINES
        shares = np.tile(share, (int(test.sum()), 1))
        return [
            self._trial((split, NO_FEATURES, frequent, seed), test, most[test], shares, 0.0),
            self._trial((split, NO_FEATURES, by_base, seed), test, of_base[test], None, 0.0),
        ]

    def _trial(
        self,
        place: tuple[Split, str, str, int],
        test: BoolArray,
        answer: IntArray,
        probability: FloatArray | None,
        seconds: float,
    ) -> Trial:
        truth = self.table.label[test]
        return Trial(
            *place,
            measures=measured(truth, answer, probability, self.tasks, seconds),
            confusion=confusion(truth, answer, self.tasks),
            row=np.flatnonzero(test),
            answer=answer,
            confidence=None if probability is None else probability.max(axis=1),
        )
