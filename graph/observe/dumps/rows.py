"""Reading a dump row by row: each row becomes the Hub's own object, and that a record.

At most one batch of rows is held in memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from graph.errors import DataError
from graph.observe.dumps.columns import Dump, brief
from graph.observe.hub.records import record_of
from graph.observe.issues import Issue, Outcome
from graph.observe.record_files import Line
from graph.schema import KeyShape

_BATCH = 5_000
"""Rows."""
_BUFFER = 1024 * 1024
"""Bytes of a column that are read ahead."""
_GATED = {"true": True, "false": False, "": None}


class Row(NamedTuple):
    """One row of a dump.

    Attributes:
        number: counted from 1.
        info: the object that the Hub's interface would answer; null stands for absent.
        notes: values that cannot be read and are left out.
    """

    number: int
    info: dict[str, object]
    notes: tuple[Issue, ...] = ()


def lines(dump: Dump, at: str, only: Iterable[int] | None = None) -> Iterator[Line]:
    """The rows of a dump as records, as `read_file` gives those of a record file.

    The first says which columns are left out.

    Args:
        dump: a dump of models, datasets or Spaces.
        at: `observed_at` of every record.
        only: numbers of the rows that are wanted; default: all.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    source = str(dump.path)
    misfits = tuple(
        Issue(name, Outcome.DROPPED, f"is a column of type {type_} that cannot be read")
        for name, type_ in dump.misfits.items()
    )
    for number, info, notes in rows(dump, only):
        issues, misfits = (*misfits, *notes), ()
        if isinstance(info.get("id"), str):
            yield Line(source, number, record_of(dump.node, info, at), None, issues)
        else:
            missing = Issue("id", Outcome.REJECTED, "is missing or cannot be read")
            yield Line(source, number, None, missing, issues)


def rows(dump: Dump, only: Iterable[int] | None = None) -> Iterator[Row]:
    """The rows of a dump as the Hub's objects.

    Args:
        dump: a dump of models, datasets or Spaces.
        only: numbers of the rows that are wanted; default: all.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    wanted = None if only is None else np.unique(np.fromiter(only, np.int64))
    number = 0
    try:
        for numbers, batch in _batches(dump.path, list(dump.columns), wanted):
            columns = {
                name: _READ[shape](batch.column(name), shape)
                for name, shape in dump.columns.items()
            }
            for index, number in enumerate(numbers):
                yield _row(number, {name: values[index] for name, values in columns.items()})
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{dump.path} is damaged after row {number:,}: {brief(error)}.",
            "What came before was read; get the file again.",
        ) from error


class _Unreadable(NamedTuple):
    """Stands for a value that cannot be read."""

    reason: str
    value: object = None


_UNREADABLE: Final = _Unreadable("cannot be read")
_NOT_JSON = "is not a JSON object"


def _batches(
    path: Path, columns: list[str], wanted: np.ndarray[Any, np.dtype[np.int64]] | None
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


def _within(
    numbers: np.ndarray[Any, np.dtype[np.int64]], first: int, end: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    low, high = np.searchsorted(numbers, (first, end))
    return numbers[low:high]


def _row(number: int, values: Mapping[str, object]) -> Row:
    if not any(isinstance(value, _Unreadable) for value in values.values()):
        return Row(number, dict(values))
    info, notes = {}, []
    for name, value in values.items():
        if isinstance(value, _Unreadable):
            notes.append(Issue(name, Outcome.DROPPED, value.reason, value.value))
        else:
            info[name] = value
    return Row(number, info, tuple(notes))


def _plain(column: Any, _: KeyShape) -> list[Any]:
    """The values of a column as Python's own."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    try:
        return list(column.to_pylist())
    except ValueError:
        return [_one(item) for item in column]


def _one(item: Any) -> object:
    try:
        return item.as_py()
    except ValueError:
        return _UNREADABLE


def _numbers(column: Any, shape: KeyShape) -> list[Any]:
    if types.is_decimal(column.type) or types.is_floating(column.type):
        column = column.cast(pa.float64(), safe=False)
        return [None if value != value else value for value in column.to_pylist()]  # noqa: PLR0124
    return _plain(column, shape)


def _times(column: Any, shape: KeyShape) -> list[Any]:
    if types.is_timestamp(column.type) or types.is_date(column.type):
        zone = getattr(column.type, "tz", None) and "UTC"
        column = column.cast(pa.timestamp("ms", zone), safe=False).cast(pa.timestamp("ms"))
        column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return _plain(column, shape)


def _gated(column: Any, shape: KeyShape) -> list[Any]:
    return [
        _GATED.get(value.strip().lower(), value) if isinstance(value, str) else value
        for value in _plain(column, shape)
    ]


def _objects(column: Any, shape: KeyShape) -> list[Any]:
    values = _plain(column, shape)
    return [_object(value) for value in values]


def _object(value: object) -> object:
    if isinstance(value, str):
        stated = value
        if not stated or stated.isspace():
            return None
        try:
            value = _given(json.loads(stated))
        except (ValueError, RecursionError):
            return _Unreadable(_NOT_JSON, stated)
        if value is not None and not isinstance(value, dict):
            return _Unreadable(_NOT_JSON, stated)
    else:
        value = _given(value)
    return value or None


def _given(value: object) -> object:
    """A value without the nulls in it: a struct has every field that any row has.

    Maps, which Arrow gives as lists of pairs, become objects.
    """
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return _given(dict(value))
        return [_given(item) for item in value if item is not None]
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return value


_READ = {
    KeyShape.TEXT: _plain,
    KeyShape.NUMBER: _numbers,
    KeyShape.FLAG: _plain,
    KeyShape.TIME: _times,
    KeyShape.TEXTS: _plain,
    KeyShape.OBJECT: _objects,
    KeyShape.GATED: _gated,
}
