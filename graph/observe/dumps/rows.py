"""Read a dump row by row: each row becomes the Hub's own object, and that a record.

At most two batches of rows are held in memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import DataError
from graph.observe.dumps.columns import Dump, brief
from graph.observe.dumps.values import Unreadable, read_column
from graph.observe.hub.records import record_of
from graph.observe.issues import Issue, Outcome
from graph.observe.record_files import Line

T = TypeVar("T")
_Numbers = np.ndarray[Any, np.dtype[np.int64]]

_BATCH = 5_000
"""Rows."""
_BUFFER = 1024 * 1024
"""Bytes of a column that are read ahead."""


class DumpRow(NamedTuple):
    """One row of a dump."""

    number: int  # counted from 1
    info: dict[str, object]  # the object that the Hub's API would answer; null stands for absent
    notes: tuple[Issue, ...] = ()  # values that cannot be read and were left out


def lines(dump: Dump, at: str, only: Iterable[int] | None = None) -> Iterator[Line]:
    """The rows of a dump as records, all of them observed at a time; or `only` those of a number.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    source = str(dump.path)
    for number, info, notes in rows(dump, only):
        if isinstance(info.get("id"), str):
            yield Line(source, number, record_of(dump.node, info, at), None, notes)
        else:
            missing = Issue("id", Outcome.REJECTED, "is missing or cannot be read")
            yield Line(source, number, None, missing, notes)


def rows(dump: Dump, only: Iterable[int] | None = None) -> Iterator[DumpRow]:
    """The rows of a dump as the Hub's objects; or `only` those of a number.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    wanted = None if only is None else np.unique(np.fromiter(only, np.int64))
    number = 0
    try:
        names = [dump.spelled[name] for name in dump.columns]
        for numbers, batch in _ahead(_batches(dump.path, names, wanted)):
            columns = {
                name: read_column(batch.column(dump.spelled[name]), shape)
                for name, shape in dump.columns.items()
            }
            for index, number in enumerate(numbers):
                yield _row(number, {name: values[index] for name, values in columns.items()})
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{dump.path} is damaged after row {number:,}: {brief(error)}.",
            "What came before was read; get the file again.",
        ) from error


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items; while one is used the next is made in another thread."""
    with ThreadPoolExecutor(1, "hubgraph-dump") as pool:
        following = pool.submit(next, items, None)
        while (item := following.result()) is not None:
            following = pool.submit(next, items, None)
            yield item


def _batches(
    path: Path, columns: list[str], wanted: _Numbers | None
) -> Iterator[tuple[list[int], Any]]:
    """Numbers of rows, and a record batch of them."""
    with pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
        first = 1
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            if wanted is not None and not _within(wanted, first, end).size:
                first = end
                continue
            for batch in file.iter_batches(_BATCH, row_groups=[group], columns=columns):
                after = first + batch.num_rows
                if wanted is None:
                    yield list(range(first, after)), batch
                elif (some := _within(wanted, first, after)).size:
                    yield some.tolist(), batch.take(pa.array(some - first))
                first = after
            first = end


def _within(numbers: _Numbers, first: int, end: int) -> _Numbers:
    low, high = np.searchsorted(numbers, (first, end))
    return numbers[low:high]


def _row(number: int, values: Mapping[str, object]) -> DumpRow:
    if not any(isinstance(value, Unreadable) for value in values.values()):
        return DumpRow(number, dict(values))
    info, notes = {}, []
    for name, value in values.items():
        if isinstance(value, Unreadable):
            notes.append(Issue(name, Outcome.DROPPED, value.reason, value.value))
        else:
            info[name] = value
    return DumpRow(number, info, tuple(notes))
