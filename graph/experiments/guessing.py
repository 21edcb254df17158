"""Guesses of tasks that are not stated, each with how likely it is right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph.experiments.evidence import GROUPS
from graph.experiments.rows import FloatArray, TaskRow
from graph.experiments.splits import Split
from graph.experiments.trials import Laboratory, Trial

CONFIDENT = 0.9
HIGHEST = 0.99
"""No guess is surer: of models held out, too few are left above to say more."""


class TaskGuess(NamedTuple):
    """The task that a model most probably has."""

    model: str
    task: str
    confidence: float  # the share of guesses as sure as this one that is right


@dataclass(frozen=True)
class Reliability:
    """How confident guesses about authors that were held out fared."""

    coverage: float  # share of models with a confidence of `CONFIDENT` or more
    precision: float | None  # share of those guesses that is right; None if there is none


@dataclass(frozen=True)
class Calibration:
    """From a learner's probability to the share that was right: a line that never falls."""

    probability: FloatArray
    right: FloatArray

    def confidence(self, probability: FloatArray) -> FloatArray:
        """The share of answers of such probabilities that is right."""
        return np.minimum(np.interp(probability, self.probability, self.right), HIGHEST)


def calibration(trials: Sequence[Trial], label: np.ndarray) -> Calibration:
    """How probabilities and right answers went together in trials by author."""
    probability, right = _pooled(trials, label)[:2]
    return _fitted(probability, right)


def reliability(trials: Sequence[Trial], label: np.ndarray, author: np.ndarray) -> Reliability:
    """Coverage and precision, calibrated on one half of the authors and counted on the other."""
    probability, right, row = _pooled(trials, label)
    half = author[row] % 2
    confidence = np.zeros(probability.size)
    for other in (0, 1):
        fitted = _fitted(probability[half != other], right[half != other])
        confidence[half == other] = fitted.confidence(probability[half == other])
    sure = confidence >= CONFIDENT
    return Reliability(float(sure.mean()), float(right[sure].mean()) if sure.any() else None)


class Guesser:
    """A learner that was fitted on all models of a laboratory."""

    def __init__(self, laboratory: Laboratory, learner: str, calibrated: Calibration) -> None:
        self._laboratory, self._calibrated = laboratory, calibrated
        nobody = np.zeros(len(laboratory.table.rows), dtype=np.bool_)
        features = laboratory.features(Split.AUTHOR, 0, nobody)
        self._fitted = laboratory.fit(learner, 0, features.values, ~nobody)
        self._evidence = laboratory.evidence(~nobody)

    def guesses(self, rows: Sequence[TaskRow]) -> Iterator[TaskGuess]:
        """A guess for each model."""
        if not rows:
            return
        described = self._laboratory.describer.describe(rows)
        values = self._evidence.features(described).of(*GROUPS)
        answer, probability = self._fitted.answers(values, self._laboratory.tasks)
        if probability is None:
            raise ValueError("This learner gives no probabilities.")
        confidence = self._calibrated.confidence(probability.max(axis=1))
        tasks = self._laboratory.table.tasks
        for row, task, sure in zip(rows, answer, confidence, strict=True):
            yield TaskGuess(row.id, tasks[task], round(float(sure), 3))


def _pooled(
    trials: Sequence[Trial], label: np.ndarray
) -> tuple[FloatArray, FloatArray, np.ndarray]:
    row = np.concatenate([trial.row for trial in trials])
    answer = np.concatenate([trial.answer for trial in trials])
    found = [trial.confidence for trial in trials if trial.confidence is not None]
    return np.concatenate(found), (answer == label[row]).astype(np.float64), row


def _fitted(probability: FloatArray, right: FloatArray) -> Calibration:
    from sklearn.isotonic import isotonic_regression

    order = np.argsort(probability, kind="stable")
    return Calibration(probability[order], isotonic_regression(right[order]))
