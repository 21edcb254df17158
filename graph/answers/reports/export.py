"""Rows as CSV, JSON and Parquet: the same bytes from the command and the web app."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph.answers.json_values import iso_time, json_value
from graph.answers.reports.report import Column, Kind

if TYPE_CHECKING:
    import pyarrow as pa

BOM = b"\xef\xbb\xbf"
"""In front of CSV: by it Excel sees that the text is UTF-8; other programs may take it for text."""
LIST_SEPARATOR = "; "
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Rows as lines of CSV (RFC 4180), the header first; nothing is held back.

    Null is an empty cell, a time is ISO 8601 in UTC, a list is joined by `; `, a map is JSON. Text
    that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(cells: Iterable[str]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(cells)
        return buffer.getvalue()

    yield line(columns)
    for row in rows:
        yield line(_cell(row[name]) for name in columns)


def parquet_bytes(columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> bytes:
    """Rows as one Parquet file, each column of its declared type; maps are JSON text."""
    return b"".join(parquet_parts(columns, [rows]))


def parquet_parts(
    columns: Sequence[Column], parts: Iterable[Sequence[Mapping[str, object]]]
) -> Iterator[bytes]:
    """The same file piece by piece: a group of rows for each part, and nothing is held back."""
    import pyarrow as pa  # noqa: PLC0415 (a third of a second that other formats do not need)
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(column.name, _arrow_type(column.type)) for column in columns])
    buffer = _Drained()
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for rows in parts:
            arrays = [
                pa.array([_arrow_value(c.type, row[c.name]) for row in rows], _arrow_type(c.type))
                for c in columns
            ]
            writer.write_table(pa.table(arrays, schema=schema))
            yield buffer.taken()
    yield buffer.taken()


class _Drained(io.RawIOBase):
    """What is written, until it is taken; it counts on from what was."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._written += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._written

    def taken(self) -> bytes:
        found, self._pieces = b"".join(self._pieces), []
        return found


def _arrow_type(kind: Kind) -> "pa.DataType":
    import pyarrow as pa  # noqa: PLC0415

    known = {
        Kind.INTEGER: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATETIME: pa.timestamp("us", tz="UTC"),
        Kind.STRINGS: pa.list_(pa.string()),
    }
    return known.get(kind, pa.string())


def _arrow_value(kind: Kind, value: object) -> object:
    if value is not None and kind in (Kind.MAP, Kind.MAPS):
        return json.dumps(json_value(value), ensure_ascii=False)
    return value


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, Mapping):
        return json.dumps(json_value(value), ensure_ascii=False)
    if isinstance(value, list | tuple):
        text = LIST_SEPARATOR.join(_text(item) for item in value)
    else:
        text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(item: object) -> str:
    return item if isinstance(item, str) else json.dumps(json_value(item), ensure_ascii=False)
