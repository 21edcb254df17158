"""What words and relatives say of the task, learned only from labels that may be seen.

A row's own label must never be among those that its features are made from: rows that are learned
from are therefore divided, and each part gets its features from the labels of the others.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.experiments.features import DescribedModels
from graph.experiments.rows import BoolArray, FloatArray, IntArray

GROUPS = ("published", "name", "library and tags", "base", "siblings", "author")
"""Groups of features; the first is what was published before, the others need the graph."""
_SMOOTHING = 0.5
_RIDGE = 3.0


@dataclass(frozen=True)
class Features:
    """A matrix with a row for each model, and the group of each of its columns."""

    values: FloatArray
    group: IntArray  # index into `GROUPS`

    def of(self, *groups: str) -> FloatArray:
        """The columns of some groups."""
        wanted = [GROUPS.index(name) for name in groups]
        return self.values[:, np.isin(self.group, wanted)]


class Evidence:
    """What the labels that may be seen say of words; and what is known of the rows of the table.

    Args:
        known: the rows of the table.
        label: their tasks, as numbers.
        tasks: how many there are.
        seen: of which rows the label may be seen.
    """

    def __init__(
        self, known: DescribedModels, label: IntArray, tasks: int, seen: BoolArray
    ) -> None:
        from sklearn.linear_model import RidgeClassifier

        self._tasks = tasks
        which = np.flatnonzero(seen)
        self._names = RidgeClassifier(alpha=_RIDGE, solver="sparse_cg", tol=1e-3)
        self._names.fit(known.names[which], label[which])
        self._cards = _word_weights(known.cards[which], label[which], tasks)
        self._licences = _word_weights(known.licences[which], label[which], tasks)
        self._own_tasks = np.full((label.size, tasks), np.nan)
        self._own_tasks[which] = np.eye(tasks)[label[which]]
        values = np.hstack([self._values(known), self._own_tasks])
        self._row_values, is_known = np.nan_to_num(values), ~np.isnan(values)
        self._row_known = is_known.astype(np.float64)
        self._of_base = self._totals(known.base)
        self._of_author = self._totals(known.author)

    def features(self, models: DescribedModels) -> Features:
        """The features of some models, in the table or not."""
        own = self._values(models)
        names = own[:, : self._tasks]
        parts = (
            models.published,
            names,
            _said(models.cards, self._cards),
            self._bases(models),
            self._others(models.base, self._of_base, models.place),
            self._others(models.author, self._of_author, models.place),
        )
        group = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
        return Features(np.hstack(parts).astype(np.float32), group)

    def base_task(self, models: DescribedModels) -> IntArray:
        """The task that most bases of each model have; -1 where none is known."""
        found = _sums(models.base_rows, self._own_tasks)
        return np.where(found.any(axis=1), found.argmax(axis=1), -1)

    def _values(self, models: DescribedModels) -> FloatArray:
        """What relatives are asked for: what the name and the licence say, and the size."""
        licence = _said(models.licences, self._licences)
        return np.hstack([self._said_by_names(models.names), licence, models.size[:, None]])

    def _said_by_names(self, names: Any) -> FloatArray:
        scores = np.full((names.shape[0], self._tasks), np.nan)
        found = self._names.decision_function(names)
        if found.ndim == 1:  # of two tasks
            found = np.column_stack([-found, found])
        scores[:, self._names.classes_] = found
        return scores

    def _bases(self, models: DescribedModels) -> FloatArray:
        """The mean of a model's bases, and the tasks of those that may be seen."""
        said = self._said_by_names(models.base_names)
        licence = _said(models.base_licences, self._licences)
        values = np.hstack([said, licence, models.base_size[:, None]])
        own = _mean(models.own_bases, values)
        return np.hstack([own, _mean(models.base_rows, self._own_tasks)])

    def _totals(self, marks: Any) -> tuple[FloatArray, FloatArray]:
        """For each mark, the sums over the rows of the table, and of how many they are."""
        return np.asarray(marks.T @ self._row_values), np.asarray(marks.T @ self._row_known)

    def _others(
        self, marks: Any, totals: tuple[FloatArray, FloatArray], place: IntArray
    ) -> FloatArray:
        """The mean of the rows of the table that share a mark, without the row itself."""
        total, count = (np.asarray(marks @ sums) for sums in totals)
        inside = np.flatnonzero(place >= 0)
        times, own = np.asarray(marks.sum(axis=1))[inside], place[inside]
        total[inside] -= times * self._row_values[own]
        count[inside] -= times * self._row_known[own]
        number = count.max(axis=1, initial=0.0)
        return np.hstack([_divided(total, count), np.log1p(number)[:, None]])


def _word_weights(marks: Any, label: IntArray, tasks: int) -> FloatArray:
    """How much more often each word is with each task than in all, as a logarithm."""
    counts = np.zeros((marks.shape[1], tasks))
    for task in range(tasks):
        counts[:, task] = np.asarray(marks[label == task].sum(axis=0)).ravel()
    prior = np.bincount(label, minlength=tasks) / label.size
    seen = counts.sum(axis=1, keepdims=True)
    expected = prior + 1e-9
    weights: FloatArray = np.log((counts + _SMOOTHING * expected) / (seen + _SMOOTHING) / expected)
    return weights


def _said(marks: Any, weights: FloatArray) -> FloatArray:
    """What the words of each row say together; nothing where it has none."""
    found = np.asarray(marks @ weights)
    found[np.asarray(marks.sum(axis=1)).ravel() == 0] = np.nan
    return found


def _sums(marks: Any, values: FloatArray) -> FloatArray:
    return np.asarray(marks @ np.nan_to_num(values))


def _mean(marks: Any, values: FloatArray) -> FloatArray:
    return _divided(_sums(marks, values), _sums(marks, (~np.isnan(values)).astype(np.float64)))


def _divided(total: FloatArray, count: FloatArray) -> FloatArray:
    is_some = count > 0.5
    return np.where(is_some, total / np.where(is_some, count, 1.0), np.nan)
