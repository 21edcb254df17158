"""The query string and the cursors in it."""

import base64
import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ParameterError
from webapp.parameters import LONGEST, Cursor, Query

app = Flask(__name__)
printable = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=100)
positions = st.integers(1, 2**40)


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


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "%%%",
        "é",
        str(Cursor("another list", 5, "x/y", 7)),
        str(Cursor("a", 5.5, "x/y", 7)),
        _forged(),
        _forged(*GOOD, 1),
        _forged(GOOD[0], True, "x/y", 7),
        _forged(GOOD[0], 2**60, "x/y", 7),
        _forged(GOOD[0], "5", "x/y", 7),
        _forged(GOOD[0], None, "x/y", 7),
        _forged(GOOD[0], 5, 6, 7),
        _forged(GOOD[0], 5, "", 7),
        _forged(GOOD[0], 5, "x\u0000y", 7),
        _forged(GOOD[0], 5, "x" * 1000, 7),
        _forged(GOOD[0], 5, "x/y", 0),
        _forged(GOOD[0], 5, "x/y", "7"),
        _forged({"a": 1}, 5, "x/y", 7),
        "A" * 5000,
    ],
)
def test_a_bad_cursor_is_refused_by_name(text: str) -> None:
    with (
        app.test_request_context("/", query_string={"after": text}),
        pytest.raises(ParameterError) as caught,
    ):
        Query().cursor("after", "a", int)
    assert caught.value.parameter == "after"


def test_a_good_cursor_is_taken() -> None:
    with app.test_request_context("/", query_string={"after": _forged(*GOOD)}):
        cursor = Query().cursor("after", "a", int)
    assert cursor is not None
    assert (cursor.value, cursor.key, cursor.position) == (5, "x/y", 7)


def test_a_time_without_a_zone_is_no_cursor() -> None:
    with pytest.raises(ValueError, match="2024"):
        Cursor.parse(_forged(GOOD[0], "2024-01-01T00:00:00", "x/y", 7), "a", datetime)


@pytest.mark.parametrize("value", ["24", "101", "x", "5.0", "\u0663\u0660", "1e2", "--30"])
def test_a_number_outside_its_range_is_refused_by_name(value: str) -> None:
    with (
        app.test_request_context("/", query_string={"limit": value}),
        pytest.raises(ParameterError) as caught,
    ):
        Query().integer("limit", 50, 25, 100)
    assert caught.value.parameter == "limit"


def test_empty_counts_as_absent() -> None:
    with app.test_request_context("/?limit=&sort=&task=%20"):
        query = Query()
        assert query.integer("limit", 50, 25, 100) == 50
        assert query.choice("sort", ("a", "b"), "b") == "b"
        assert query.text("task") is None


@pytest.mark.parametrize("value", ["x" * (LONGEST + 1), "a\u0000b", "a\u202eb"])
def test_a_text_too_long_or_with_control_characters_is_refused(value: str) -> None:
    with (
        app.test_request_context("/", query_string={"task": value}),
        pytest.raises(ParameterError),
    ):
        Query().text("task")


def test_an_unknown_parameter_is_named() -> None:
    with app.test_request_context("/?sort=a&tsak=x"):
        query = Query()
        query.text("sort")
        with pytest.raises(ParameterError) as caught:
            query.refuse_others()
    assert caught.value.parameter == "tsak"
