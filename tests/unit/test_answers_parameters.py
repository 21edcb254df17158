"""Parameters as they are declared, read and refused; and the cursors among them."""

import base64
import json
from datetime import UTC, datetime
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from graph.answers.cursor import Cursor
from graph.answers.parameters import (
    LONGEST,
    Flag,
    Ids,
    Moment,
    Number,
    OneOf,
    Parameters,
    Position,
    Text,
    Texts,
    Whole,
    accepted,
    properties,
)
from graph.errors import ParameterError

printable = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=100)
positions = st.integers(1, 2**40)


class Every(Parameters):
    """One parameter of each type."""

    sort: Annotated[str, OneOf("a", "b")] = "b"
    limit: Whole = Field(50, ge=25, le=100)
    share: Number = 1.0
    listed: Flag = True
    task: Text | None = None
    words: Texts = Field(default_factory=list)
    m: Ids = Field(default_factory=list, max_length=2)
    begin: Moment | None = Field(None, alias="from")
    after: Position | None = None


@given(st.floats(-1e15, 1e15), printable, positions)
def test_a_cursor_comes_back_as_it_was(value: float, key: str, position: int) -> None:
    read = Cursor.parse(str(Cursor("models", value, key, position)), "models", float)
    assert (read.value, read.key, read.position) == (value, key, position)


@given(st.datetimes(timezones=st.just(UTC)), printable)
def test_a_cursor_keeps_times_to_the_microsecond(value: datetime, key: str) -> None:
    assert Cursor.parse(str(Cursor("a", value, key, 1)), "a", datetime).value == value


def _forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


GOOD = json.loads(base64.urlsafe_b64decode(str(Cursor("a", 5, "x/y", 7)) + "=="))


@pytest.mark.parametrize("text", [
    "x", "%%%", "é", str(Cursor("another list", 5, "x/y", 7)), str(Cursor("a", 5.5, "x/y", 7)),
    _forged(), _forged(*GOOD, 1), _forged(GOOD[0], True, "x/y", 7),
    _forged(GOOD[0], 2**60, "x/y", 7), _forged(GOOD[0], "5", "x/y", 7),
    _forged(GOOD[0], None, "x/y", 7), _forged(GOOD[0], 5, 6, 7), _forged(GOOD[0], 5, "", 7),
    _forged(GOOD[0], 5, "x\u0000y", 7), _forged(GOOD[0], 5, "x" * 1000, 7),
    _forged(GOOD[0], 5, "x/y", -1), _forged(GOOD[0], 5, "x/y", "7"), _forged({"a": 1}, 5, "x/y", 7),
    "A" * 5000,
])  # fmt: skip
def test_a_bad_cursor_is_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Cursor.read(Every.read({"after": text}).after, "after", "a", int)
    assert caught.value.parameter == "after"


def test_a_good_cursor_is_taken() -> None:
    cursor = Cursor.read(_forged(*GOOD), "after", "a", int)
    assert cursor is not None
    assert (cursor.value, cursor.key, cursor.position) == (5, "x/y", 7)
    assert Cursor.read(None, "after", "a", int) is None


def test_a_time_without_a_zone_is_no_cursor() -> None:
    with pytest.raises(ValueError, match="2024"):
        Cursor.parse(_forged(GOOD[0], "2024-01-01T00:00:00", "x/y", 7), "a", datetime)


@pytest.mark.parametrize(("name", "value", "hint"), [
    *(("limit", v, "a whole number from 25 to 100") for v in ("24", "101", "x", "5.0", "1e2")),
    *(("limit", v, "a whole number from 25 to 100") for v in ("\u0663\u0660", "--30", True)),
    ("limit", str(2**63), "a whole number from 25 to 100"),
    ("sort", "c", "one of a, b"),
    ("share", "inf", "a number"),
    ("share", "many", "a number"),
    ("listed", "maybe", "true or false"),
    *(("task", v, "text of at most 300") for v in ("x" * (LONGEST + 1), "a\0b", "a\u202eb", 5)),
    ("words", "a,\0", "at most 1,000 texts"),
    ("m", ["a", "b", "c"], "at most 2 texts"),
    *(("from", v, "a date or time, such as") for v in ("x", "2025-13-01", "9999-12-31T23-10")),
    ("after", "x" * 3_001, "a position in this list"),
    ("tsak", "x", "after, from, limit, listed, m, share, sort, task, words"),
])  # fmt: skip
def test_a_refusal_names_what_is_accepted(name: str, value: object, hint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Every.read({name: value})
    assert caught.value.parameter == name
    assert f"`{name}`" in caught.value.message
    assert hint in caught.value.hint


def test_a_long_value_is_cut_in_its_refusal() -> None:
    with pytest.raises(ParameterError) as caught:
        Every.read({"task": "x" * 10_000})
    assert len(str(caught.value)) < 200


def test_empty_counts_as_not_given() -> None:
    assert Every.read({"limit": "", "sort": " ", "task": "\t", "m": None}) == Every.read({})


def test_values_are_read_as_their_type() -> None:
    found = Every.from_query(
        {
            "sort": ["a", "b"],
            "limit": [" 30 "],
            "listed": ["no"],
            "words": ["a, b,,c"],
            "m": ["x,y", "", "z"],
            "from": ["2025-05-01"],
            "task": ["", ""],
        }
    )
    assert (found.sort, found.limit, found.listed, found.task) == ("a", 30, False, None)
    assert (found.words, found.m) == (["a", "b", "c"], ["x,y", "z"])
    assert found.begin == datetime(2025, 5, 1, tzinfo=UTC)
    assert Every.from_query({"m": ["x,y"]}).m == ["x,y"]
    assert Every.read({"words": ["a,b"]}).words == ["a,b"]


def test_what_is_accepted_is_said_for_every_parameter() -> None:
    words = {name: accepted(schema) for name, schema in properties(Every).items()}
    assert all(words.values())
    assert words["limit"] == "a whole number from 25 to 100"
