"""One model through time and its growth curve, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.history.changes import ChangeFilter
from graph.answers.history.sparkline import BLOCKS, MOST_COLUMNS, sparkline
from graph.answers.history.timeline import Absence, CurvePoint, Timeline
from webapp.pages.growth import HEIGHT, MOST_POINTS, WIDTH, curve


def day(number: float) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)


def points(*told: tuple[float, int | None, int | None]) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(day(at), downloads, likes) for at, downloads, likes in told)


def model(**facts: object) -> Timeline:
    names = ("created_at", "gone_since", "suspected_since", "observed_at", "downloads", "likes")
    unset = dict.fromkeys(names)
    known = {"model": "a/m", "known": True, "appeared_at": day(0), "changes": ()}
    return Timeline(**{**unset, "away": (), "counts": (), **known, **facts})  # type: ignore[arg-type]


def test_it_was_there_from_its_appearance_but_for_its_absences() -> None:
    one = model(
        appeared_at=day(1), away=(Absence(day(3), day(4)), Absence(day(6), day(7))),
        gone_since=day(9),
    )  # fmt: skip
    there = [number for number in range(12) if one.was_there(day(number))]
    assert there == [1, 2, 4, 5, 7, 8]
    assert not model(appeared_at=None).was_there(day(1))


def test_a_curve_goes_on_to_the_last_observation() -> None:
    counted = points((0, 5, 1), (7, 8, 1))
    assert model(counts=counted).curve == counted
    assert model(counts=counted, observed_at=day(7)).curve == counted
    assert model(counts=counted, observed_at=day(9)).curve == (*counted, *points((9, 8, 1)))
    assert model(observed_at=day(9)).curve == ()


def test_a_curve_is_a_level_until_something_else_is_seen() -> None:
    drawn = curve(points((0, 0, None), (5, 100, 3), (10, 50, None)), "downloads")
    assert drawn is not None
    assert (drawn.first, drawn.last, drawn.low, drawn.high) == (0, 50, 0, 100)
    assert (drawn.start, drawn.end) == (day(0), day(10))
    assert drawn.line == f"M0 116H{WIDTH // 2}V4H{WIDTH}V60"
    assert drawn.area == f"{drawn.line}V{HEIGHT}H0Z"
    assert curve(points((0, 0, None), (5, 100, 3), (10, 50, None)), "likes") is None


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=3 * MOST_POINTS))
def test_a_curve_stays_within_its_frame(values: list[int]) -> None:
    drawn = curve(points(*((i, value, None) for i, value in enumerate(values))), "downloads")
    assert drawn is not None
    numbers = [float(part) for step in drawn.line[1:].split("H")[1:] for part in step.split("V")]
    assert all(0 <= x <= WIDTH for x in numbers[::2])
    assert all(0 <= y <= HEIGHT for y in numbers[1::2])
    assert len(numbers) <= 2 * MOST_POINTS + 2
    assert drawn.last == values[-1]


@pytest.mark.parametrize(("values", "line"), [
    ([0, 7, 14], "▁▅█"), ([5, 5, 5], "▁▁▁"), ([None, 1, 2], " ▁█"), ([None, None, None], ""),
    ([3, None, 1], "█ ▁"),
])  # fmt: skip
def test_a_line_of_blocks(values: list[int | None], line: str) -> None:
    assert sparkline([day(0), day(1), day(2)], values) == line


def test_a_line_of_blocks_keeps_the_distances_of_time() -> None:
    times = [day(0), day(9), *(day(9 + step / 10) for step in range(1, 11))]
    assert sparkline(times, [1] + [2] * 11, columns=10) == BLOCKS[0] * 9 + BLOCKS[-1]
    assert len(sparkline([day(i) for i in range(500)], list(range(500)))) == MOST_COLUMNS
    assert sparkline([day(0)], [4]) == BLOCKS[0]


def test_the_report_that_answers_has_the_index_for_it() -> None:
    start = day(0)
    report, asked = ChangeFilter(start).page(10)
    assert (report.name, asked) == ("changes", {"from": start, "to": None, "skip": 0, "limit": 10})
    assert ChangeFilter(kind="gone").page(10, 20)[0].name == "changes-of-kind"
    report, asked = ChangeFilter(kind="gone", model="a/m").page(10, 20)
    assert (report.name, asked["kind"], asked["skip"]) == ("changes-of-model", "gone", 20)
