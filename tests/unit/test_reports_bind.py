"""Parameters: what a command line, an address or Python may give, and what the driver gets."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.reports import Kind, Parameter
from graph.answers.reports.registry import catalogue, find_report
from graph.errors import ParameterError, QueryError

TEXT = Parameter("model", Kind.STRING, "", "x")
CHOICE = Parameter("relation", Kind.STRING, "", None, choices=("finetune", "merge"))
COUNT = Parameter("limit", Kind.INTEGER, "", 50, 1, 1000)
ANY_COUNT = Parameter("n", Kind.INTEGER, "", 0)
SHARE = Parameter("share", Kind.FLOAT, "", 0.5, 0, 1)
SWITCH = Parameter("deep", Kind.BOOLEAN, "", default=False)
LIST = Parameter("tags", Kind.STRINGS, "", ["a"])
OPTIONAL = Parameter("task", Kind.STRING, "", None)
TIME = Parameter("as_of", Kind.DATETIME, "", None)


@pytest.mark.parametrize(("parameter", "raw", "value"), [
    (TEXT, " google/gemma-7b ", "google/gemma-7b"),
    (TEXT, "日本語", "日本語"),
    (CHOICE, "merge", "merge"),
    (CHOICE, "", None),
    (OPTIONAL, None, None),
    (OPTIONAL, "  ", None),
    (COUNT, "10", 10),
    (COUNT, 10, 10),
    (ANY_COUNT, "-7", -7),
    (ANY_COUNT, str(2**63 - 1), 2**63 - 1),
    (SHARE, "0.25", 0.25),
    (SHARE, 1, 1.0),
    (SWITCH, "yes", True),
    (SWITCH, False, False),
    (LIST, "a, b,,c", ["a", "b", "c"]),
    (LIST, ["a,b", "c"], ["a,b", "c"]),
    (TIME, "2025-05-01", datetime(2025, 5, 1, tzinfo=UTC)),
    (TIME, " 2025-05-01T12:00 ", datetime(2025, 5, 1, 12, tzinfo=UTC)),
    (TIME, "2025-05-01T12:00+02:00", datetime(2025, 5, 1, 10, tzinfo=UTC)),
    (TIME, date(2025, 5, 1), datetime(2025, 5, 1, tzinfo=UTC)),
    (TIME, datetime(2025, 5, 1, 1, tzinfo=UTC), datetime(2025, 5, 1, 1, tzinfo=UTC)),
    (TIME, "", None),
])  # fmt: skip
def test_accepts(parameter: Parameter, raw: object, value: object) -> None:
    got = parameter.read(raw)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(("parameter", "raw", "why"), [
    (TEXT, 7, "printable characters"),
    (TEXT, "x" * 1001, "at most 300 printable characters"),
    (TEXT, "a\x00b", "printable characters"),
    (TEXT, "a\ud800", "printable characters"),
    (CHOICE, "quantized", "Accepted: one of finetune, merge."),
    (COUNT, "ten", "a whole number from 1 to 1,000"),
    (COUNT, "1.5", "a whole number"),
    (COUNT, "\N{FULLWIDTH DIGIT ONE}", "a whole number"),
    (COUNT, True, "a whole number"),
    (COUNT, "0", "from 1 to 1,000"),
    (COUNT, 1001, "from 1 to 1,000"),
    (ANY_COUNT, 2**63, "a whole number"),
    (ANY_COUNT, "9" * 19, "a whole number"),
    (SHARE, "nan", "a number from 0 to 1"),
    (SHARE, "1e999", "a number"),
    (SHARE, "1.01", "from 0 to 1"),
    (SHARE, [1], "a number"),
    (SWITCH, "maybe", "true or false"),
    (LIST, 5, "at most 1,000 texts"),
    (LIST, [5], "texts"),
    (LIST, ["x"] * 1001, "at most 1,000 texts"),
    (TIME, "May", "a date or time"),
    (TIME, 20250501, "a date or time"),
    (TIME, "0001-01-01T00:00+14:00", "a date or time"),
])  # fmt: skip
def test_refuses_and_names_the_parameter(parameter: Parameter, raw: object, why: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parameter.read(raw)
    assert caught.value.parameter == parameter.name
    assert f"`{parameter.name}` cannot be" in caught.value.message
    assert why in caught.value.hint


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_a_whole_number_in_range_or_an_error(raw: object) -> None:
    try:
        value = COUNT.read(raw)
    except ParameterError:
        return
    assert type(value) is int
    assert 1 <= value <= 1000


def test_defaults_fill_in_and_given_values_win() -> None:
    assert find_report("top-models").bind({"limit": "3"}) == {"task": None, "limit": 3}


def test_unknown_parameter_names_those_there_are() -> None:
    with pytest.raises(ParameterError) as caught:
        find_report("top-models").bind({"licence": "mit"})
    assert (caught.value.parameter, caught.value.hint) == ("licence", "Known: limit, task.")


@pytest.mark.parametrize("raw", ["", None])
def test_a_parameter_with_a_default_must_not_be_empty(raw: object) -> None:
    with pytest.raises(ParameterError, match="`limit` must not be empty"):
        find_report("top-models").bind({"limit": raw})
    assert find_report("top-models").bind({"task": raw})["task"] is None


def test_unknown_report_suggests_near_ones() -> None:
    with pytest.raises(QueryError, match="There is no report 'top-modles'") as caught:
        find_report("top-modles")
    assert "top-models" in caught.value.hint
    with pytest.raises(QueryError, match="report list"):
        find_report("zzzzzzzzzzzz")


def test_every_listed_report_has_its_defaults_accepted() -> None:
    for report in catalogue().values():
        assert report.bind({}) == {p.name: p.default for p in report.parameters}
