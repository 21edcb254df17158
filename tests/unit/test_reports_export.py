"""Rows as CSV, JSON and Parquet."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.json_values import json_value
from graph.answers.reports import Column, Kind
from graph.answers.reports.export import csv_lines, parquet_bytes

NOON = datetime(2025, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))


def read_csv(rows: list[dict[str, object]]) -> list[str]:
    return list(csv.reader(io.StringIO("".join(csv_lines(["x"], rows)), newline="")))[1]


@pytest.mark.parametrize(("value", "cell"), [
    (None, ""), (True, "true"), (-5, "-5"), (0.25, "0.25"), (NOON, "2025-03-01T12:00:00Z"),
    (["a", "b"], "a; b"), ([1, None], "1; null"), ({"a": NOON}, '{"a": "2025-03-01T12:00:00Z"}'),
    ('say "hi",\nthere', 'say "hi",\nthere'), ("=1+1", "'=1+1"), ("+x", "'+x"), ("-x", "'-x"),
    ("@x", "'@x"), ("\t=1", "'\t=1"),
    ("\n=1", "'\n=1"), ("\uff1d1+1", "'\uff1d1+1"), (["=1", "b"], "'=1; b"), ("a=1", "a=1"),
])  # fmt: skip
def test_csv_cell(value: object, cell: str) -> None:
    assert read_csv([{"x": value}]) == [cell]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_csv_brings_back_every_text(texts: list[str]) -> None:
    text = "".join(csv_lines(["n", "x"], ({"n": 1, "x": t} for t in texts)))
    back = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [cell.removeprefix("'") if cell != t else cell for (_, cell), t in
            zip(back, texts, strict=True)] == texts  # fmt: skip
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for _, cell in back)


def test_csv_streams() -> None:
    def endless() -> object:
        while True:
            yield {"x": 1}

    lines = csv_lines(["x"], endless())  # type: ignore[arg-type]
    assert [next(lines) for _ in range(3)] == ["x\r\n", "1\r\n", "1\r\n"]


def test_json_value_is_json() -> None:
    value = {"t": NOON, "n": float("nan"), "l": (1, [NOON]), "s": "ü"}
    assert json.loads(json.dumps(json_value(value), allow_nan=False)) == {
        "t": "2025-03-01T12:00:00Z",
        "n": None,
        "l": [1, ["2025-03-01T12:00:00Z"]],
        "s": "ü",
    }


def test_parquet_keeps_types_even_without_rows() -> None:
    columns = [Column(kind.name.lower(), kind, "") for kind in Kind if kind is not Kind.PATH]
    row: dict[str, object] = {
        "string": "ü", "integer": 2**40, "float": 0.5, "boolean": True, "strings": ["a"],
        "datetime": NOON, "map": {"a": 1}, "maps": [{"a": 1}],
    }  # fmt: skip
    empty = dict.fromkeys(row)
    table = pq.read_table(io.BytesIO(parquet_bytes(columns, [row, empty])))
    assert [str(kind) for kind in table.schema.types] == [
        "string", "int64", "double", "bool", "list<element: string>", "timestamp[us, tz=UTC]",
        "string", "string",
    ]  # fmt: skip
    assert table.to_pylist() == [
        {**row, "datetime": NOON.astimezone(UTC), "map": '{"a": 1}', "maps": '[{"a": 1}]'},
        empty,
    ]
    assert pq.read_table(io.BytesIO(parquet_bytes(columns, []))).schema == table.schema
