"""How good answers are: shares of right ones, over all and by task, and the log loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, pstdev

import numpy as np

from graph.experiments.rows import FloatArray, IntArray

_SUREST = 1e-6
"""No probability counts as less: one task missed for sure would be infinitely bad."""


@dataclass(frozen=True)
class Measures:
    """Of one trial; means over tasks are over those that occur among the rows held out."""

    accuracy: float
    balanced_accuracy: float
    precision: float
    recall: float
    f1: float
    log_loss: float | None  # None where no probabilities are given
    seconds: float  # of one processor, to fit


MEASURES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "log_loss": "Log loss",
    "seconds": "Seconds",
}
"""Each measure with its heading."""


@dataclass(frozen=True)
class MeanAndSpread:
    """Over trials that differ only in their seed; the spread is the standard deviation."""

    mean: float | None
    spread: float | None


def confusion(truth: IntArray, found: IntArray, tasks: int) -> IntArray:
    """How many rows of each task (down) got which answer (across)."""
    return np.bincount(truth * tasks + found, minlength=tasks * tasks).reshape(tasks, tasks)


def measured(
    truth: IntArray,
    found: IntArray,
    probability: FloatArray | None,
    tasks: int,
    seconds: float,
) -> Measures:
    """The measures of some answers, given as indices of tasks."""
    counts = confusion(truth, found, tasks)
    right, of_task, answered = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    there = of_task > 0
    recall = right[there] / of_task[there]
    precision = right[there] / np.maximum(answered[there], 1)
    f1 = 2 * right[there] / (of_task[there] + answered[there])
    loss = None
    if probability is not None:
        of_truth = probability[np.arange(truth.size), truth]
        loss = float(-np.log(np.maximum(of_truth, _SUREST)).mean())
    return Measures(
        accuracy=float(right.sum() / truth.size),
        balanced_accuracy=float(recall.mean()),
        precision=float(precision.mean()),
        recall=float(recall.mean()),
        f1=float(f1.mean()),
        log_loss=loss,
        seconds=seconds,
    )


def over_seeds(values: Sequence[float | None]) -> MeanAndSpread:
    """Mean and spread of a measure."""
    known = [value for value in values if value is not None]
    return MeanAndSpread(mean(known), pstdev(known)) if known else MeanAndSpread(None, None)
