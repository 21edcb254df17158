"""What the experiment knows of each model, and which models it is about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.errors import DataError
from graph.observe import ids

FEWEST_LABELLED = 1_000
"""Models with a task that an experiment needs."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def author_key(model_id: str) -> str:
    """The author in lower case; a model without an owner is by itself."""
    return (ids.owner(model_id) or model_id).lower()


@dataclass(frozen=True, slots=True)
class RowBase:
    """What is known of a model's base, apart from its task."""

    id: str
    license: str | None = None
    parameters: int | None = None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A model as the experiment sees it; None and empty for what is not known."""

    id: str
    task: str | None = None
    downloads: int | None = None
    likes: int | None = None
    parameters: int | None = None
    formats: tuple[str, ...] = ()  # of its numbers
    library: str | None = None
    tags: tuple[str, ...] = ()
    license: str | None = None
    bases: tuple[RowBase, ...] = ()
    author_models: int = 0  # models with a task that its author has in the graph

    @property
    def author(self) -> str:
        """Its author, as `author_key`."""
        return author_key(self.id)

    @property
    def is_usable(self) -> bool:
        """Whether anything but its name and its task is known."""
        counts = (self.downloads, self.likes, self.parameters)
        texts = (self.formats, self.library, self.tags, self.license, self.bases)
        return any(count is not None for count in counts) or any(texts)


@dataclass(frozen=True)
class TaskTable:
    """Models of the most frequent tasks, in the order of their ids."""

    rows: list[TaskRow]
    tasks: list[str]  # the most frequent first
    named: frozenset[str]  # every task of the graph, the rarer ones as well
    rest: int  # models left out, as their tasks are rarer
    unusable: int  # models left out, as nothing but their names is known

    @cached_property
    def label(self) -> IntArray:
        """The task of each row, as an index into `tasks`."""
        place = {task: at for at, task in enumerate(self.tasks)}
        return np.array([place[row.task or ""] for row in self.rows], dtype=np.int64)

    @cached_property
    def authors(self) -> IntArray:
        """A number for the author of each row."""
        number: dict[str, int] = {}
        found = [number.setdefault(row.author, len(number)) for row in self.rows]
        return np.array(found, dtype=np.int64)


def task_table(rows: Sequence[TaskRow], top: int) -> TaskTable:
    """The rows of the `top` most frequent tasks; the others are counted.

    Raises:
        DataError: there are fewer than `FEWEST_LABELLED` models with a task, or only one task.
    """
    labelled = [row for row in rows if row.task]
    usable = sorted((row for row in labelled if row.is_usable), key=lambda row: row.id)
    if len(usable) < FEWEST_LABELLED:
        raise DataError(
            f"The experiment needs {FEWEST_LABELLED:,} models with a task; the graph has "
            f"{len(usable):,}.",
            "Load more records, or run it on the sample: `hubgraph demo`.",
        )
    counts = Counter(row.task or "" for row in usable)
    tasks = sorted(counts, key=lambda task: (-counts[task], task))[:top]
    if len(tasks) < 2:
        raise DataError("All models of the graph have the same task, so there is nothing to tell.")
    chosen = set(tasks)
    kept = [row for row in usable if row.task in chosen]
    return TaskTable(
        kept, tasks, frozenset(counts), len(usable) - len(kept), len(labelled) - len(usable)
    )
