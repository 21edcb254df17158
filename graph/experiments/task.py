"""The experiment: how well the task of a model can be told from everything else about it."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np

from graph.experiments.evidence import GROUPS
from graph.experiments.learners import LEARNERS, TREES
from graph.experiments.measures import MEASURES, MeanAndSpread, over_seeds
from graph.experiments.rows import IntArray, TaskTable
from graph.experiments.splits import Split
from graph.experiments.trials import GRAPH, GroupWorth, Laboratory, Trial
from graph.progress import Progress

SEEDS = 5
_LARGEST_MISTAKES = 3
T = TypeVar("T")


@dataclass(frozen=True)
class LearnerOutcome:
    """How a learner did over all seeds."""

    split: Split
    features: str
    learner: str
    measures: dict[str, MeanAndSpread]


@dataclass(frozen=True)
class Mistake:
    """What models of a task were taken for."""

    task: str
    share: float  # of the models of the true task


@dataclass(frozen=True)
class TaskOutcome:
    """How the best learner did on one task, by author, with the graph."""

    task: str
    models: int  # in the table
    recall: float
    precision: float | None  # None where nothing was taken for it
    taken_for: list[Mistake]  # most often


@dataclass(frozen=True)
class Worth:
    """What a group of features is worth to the best learner, by author: shares of accuracy."""

    group: str
    alone: MeanAndSpread
    lost_without: MeanAndSpread
    lost_shuffled: MeanAndSpread  # permutation importance


@dataclass(frozen=True)
class TaskExperiment:
    """What was found."""

    models: int
    authors: int
    tasks: list[str]  # the most frequent first
    rarer: int  # models left out, as their tasks are rarer
    unusable: int  # models left out, as nothing but their names is known
    seeds: int
    outcomes: list[LearnerOutcome]  # the best first, within a split and a set of features
    best: str  # the learner that is the best by author, with the graph, and gives probabilities
    by_task: list[TaskOutcome]
    confusion: list[list[int]]  # of the best: true task down, answer across, over all seeds
    worth: list[Worth]
    trials: list[Trial] = field(repr=False)


def run_experiment(
    table: TaskTable,
    progress: Progress,
    *,
    seeds: int = SEEDS,
    jobs: int = 1,
    trees: int = TREES,
    learners: Sequence[str] = tuple(LEARNERS),
) -> TaskExperiment:
    """Make every trial, and say what the best learner confuses and what each group is worth."""
    progress.stage("Comparing learners")
    with _Workers(table, trees, learners, jobs, progress) as workers:
        trials = workers.all(_trials, [(split, n) for n in range(seeds) for split in Split])
        outcomes = _outcomes(trials)
        best = next(
            found.learner
            for found in outcomes
            if (found.split, found.features) == (Split.AUTHOR, GRAPH)
            and found.measures["log_loss"].mean is not None
        )
        progress.stage("Weighing features")
        worth = workers.all(_worth, [(best, n) for n in range(seeds)])
    counts = np.sum([trial.confusion for trial in of_best(trials, best)], axis=0)
    return TaskExperiment(
        models=len(table.rows),
        authors=int(table.authors.max()) + 1,
        tasks=table.tasks,
        rarer=table.rest,
        unusable=table.unusable,
        seeds=seeds,
        outcomes=outcomes,
        best=best,
        by_task=_by_task(table, counts),
        confusion=counts.tolist(),
        worth=[_over(group, worth) for group in GROUPS],
        trials=trials,
    )


def of_best(trials: Sequence[Trial], best: str) -> list[Trial]:
    """The trials of a learner by author, with the graph."""
    place = (Split.AUTHOR, GRAPH, best)
    return [trial for trial in trials if (trial.split, trial.features, trial.learner) == place]


def _outcomes(trials: Sequence[Trial]) -> list[LearnerOutcome]:
    groups: dict[tuple[Split, str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.split, trial.features, trial.learner), []).append(trial)
    found = [
        LearnerOutcome(
            *place,
            {name: over_seeds([getattr(t.measures, name) for t in group]) for name in MEASURES},
        )
        for place, group in groups.items()
    ]
    order = list(dict.fromkeys(outcome.features for outcome in found))
    return sorted(
        found,
        key=lambda o: (
            o.split is Split.RANDOM,
            -order.index(o.features),
            -(o.measures["accuracy"].mean or 0),
            o.learner,
        ),
    )


def _by_task(table: TaskTable, counts: IntArray) -> list[TaskOutcome]:
    models = np.bincount(table.label, minlength=len(table.tasks))
    found = []
    for at, task in enumerate(table.tasks):
        total, answered = max(int(counts[at].sum()), 1), int(counts[:, at].sum())
        wrong = [int(other) for other in np.argsort(-counts[at], kind="stable") if other != at]
        taken = [
            Mistake(table.tasks[other], float(counts[at, other] / total))
            for other in wrong[:_LARGEST_MISTAKES]
            if counts[at, other]
        ]
        right = int(counts[at, at])
        precision = right / answered if answered else None
        found.append(TaskOutcome(task, int(models[at]), right / total, precision, taken))
    return found


def _over(group: str, worth: Sequence[GroupWorth]) -> Worth:
    own = [one for one in worth if one.group == group]
    return Worth(
        group,
        over_seeds([one.alone for one in own]),
        over_seeds([one.lost_without for one in own]),
        over_seeds([one.lost_shuffled for one in own]),
    )


_own: list[Laboratory] = []
"""The laboratory of a worker's process."""


def _begin(table: TaskTable, trees: int, learners: Sequence[str]) -> None:
    _own.append(Laboratory(table, trees, learners))


def _trials(split: Split, seed: int) -> list[Trial]:
    return _own[-1].trials(split, seed)


def _worth(learner: str, seed: int) -> list[GroupWorth]:
    return _own[-1].worth(learner, seed)


class _Workers:
    """Processes with a laboratory each, or this one alone; answers come in the order of the work.

    They are started anew rather than forked: this process has threads, and has read its number of
    processors before the experiment wanted one.
    """

    def __init__(
        self, table: TaskTable, trees: int, learners: Sequence[str], jobs: int, progress: Progress
    ) -> None:
        self._progress = progress
        self._pool: ProcessPoolExecutor | None = None
        if jobs == 1:
            _begin(table, trees, learners)
            return
        context = multiprocessing.get_context("spawn")
        given = (table, trees, learners)
        self._pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=given)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is None:
            _own.pop()
            return
        if error[0] is not None:  # nobody waits for what they still do
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def all(self, work: Callable[..., list[T]], given: Sequence[tuple[object, ...]]) -> list[T]:
        """What some work finds for each of some arguments, in their order."""
        found: dict[int, list[T]] = {}
        for at, one in self._done(work, given):
            found[at] = one
            share = len(found) / len(given)
            self._progress.advance(share, f"{len(found)} of {len(given)} divisions")
        return [item for at in sorted(found) for item in found[at]]

    def _done(
        self, work: Callable[..., list[T]], given: Sequence[tuple[object, ...]]
    ) -> Iterator[tuple[int, list[T]]]:
        if self._pool is None:
            yield from ((at, work(*one)) for at, one in enumerate(given))
            return
        waiting = {self._pool.submit(work, *one): at for at, one in enumerate(given)}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
