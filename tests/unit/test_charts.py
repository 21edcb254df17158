"""Charts as numbers: marks inside the frame, areas and lengths as their values, nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.generate import ROOT
from webapp.charts.bars import bars
from webapp.charts.lines import lines
from webapp.charts.marks import Mark
from webapp.charts.scales import Scale, scale
from webapp.charts.scatter import scatter
from webapp.charts.spreads import spreads
from webapp.charts.stacks import stacks
from webapp.charts.treemap import treemap
from webapp.pages.drawing import BANDS

KNOWN = st.just(0) | st.integers(1, 10**15) | st.floats(1e-6, 1e15)
VALUES = st.lists(st.none() | KNOWN, max_size=25)
SLACK = 1e-6


def marks(values: list[float | None]) -> list[Mark]:
    return [Mark(f"thing {at}", value, f"/list/{at}") for at, value in enumerate(values)]


@given(KNOWN, st.floats(0, 1), st.booleans())
def test_an_axis_keeps_order_and_stays_inside(high: float, share: float, is_log: bool) -> None:
    axis = scale([high], is_log=is_log)
    assert axis.high >= high * (1 - 1e-9)
    assert 0 <= axis.at(high * share) <= axis.at(high) <= 100
    ticks = axis.ticks
    assert ticks[0].value == 0
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})
    assert 1 <= len(ticks) <= 8
    assert all(0 <= tick.at <= 100 for tick in ticks)


@pytest.mark.parametrize(("high", "ticks"), [
    (7, [0, 2, 4, 6, 8]), (100, [0, 25, 50, 75, 100]), (1.0, [0, 0.25, 0.5, 0.75, 1]),
    (3_100_000, [0, 1e6, 2e6, 3e6, 4e6]), (1, [0, 1]), (3, [0, 1, 2, 3]), (10, [0, 5, 10]),
])  # fmt: skip
def test_ticks_are_round(high: float, ticks: list[float]) -> None:
    assert [tick.value for tick in scale([high]).ticks] == ticks


def test_ticks_of_a_logarithmic_axis_are_powers_of_ten() -> None:
    assert [tick.value for tick in Scale(123_456, is_log=True).ticks] == [
        0, 1, 10, 100, 1000, 10_000, 100_000,
    ]  # fmt: skip


@given(VALUES, st.integers(1, 20), st.booleans())
def test_bars_are_as_long_as_their_values_and_count_the_rest(
    values: list[float | None], most: int, is_log: bool
) -> None:
    chart = bars(marks(values), most=most, is_log=is_log)
    assert [bar.mark for bar in chart.bars] == marks(values)[:most]
    assert len(chart.bars) + chart.rest == len(values)
    for bar in chart.bars:
        if bar.mark.value is None:
            assert bar.length is None
        else:
            assert bar.length is not None
            assert 0 <= bar.length <= 100 + SLACK
            assert (bar.length == 0) == (bar.mark.value == 0)
    known = sorted((b.mark.value, b.length) for b in chart.bars if b.mark.value is not None)
    assert [length for _, length in known] == sorted(length or 0 for _, length in known)


def test_a_bar_of_half_the_most_is_half_as_long() -> None:
    assert [bar.length for bar in bars(marks([10, 5, 0, None])).bars] == [100, 50, 0, None]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**12)), max_size=30))
def test_stacked_parts_touch_and_stay_inside(groups: list[dict[str, float | None]]) -> None:
    chart = stacks([(str(at), group, None) for at, group in enumerate(groups)], "abc")
    assert len(chart.columns) == len(groups)
    right = 0.0
    for column, group in zip(chart.columns, groups, strict=True):
        assert column.left >= right - SLACK
        right = column.left + column.width
        ground = 100.0
        for part in column.parts:
            assert part.top + part.height == pytest.approx(ground)
            assert part.top >= -SLACK
            ground = part.top
        assert column.total == sum(value or 0 for value in group.values())
        assert 100 - ground == pytest.approx(chart.axis.at(column.total))
    assert right <= 100 + SLACK
    if groups:
        assert chart.columns[-1].is_labelled
        assert sum(column.is_labelled for column in chart.columns) <= 6


@given(VALUES)
def test_a_line_passes_through_every_known_value(values: list[float | None]) -> None:
    chart = lines([(str(at), {"n": value}) for at, value in enumerate(values)], ["n"])
    numbers = chart.lines[0].path.replace("M", "L").replace("h.01", "").split("L")[1:]
    drawn = [tuple(map(float, place.split())) for place in numbers]
    known = [at for at, value in enumerate(values) if value is not None]
    assert [x for x, _ in drawn] == pytest.approx([chart.points[at].at for at in known], abs=0.01)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in drawn)


def test_points_stand_as_their_times_do() -> None:
    points = [(str(at), {"n": 1.0}) for at in range(4)]
    chart = lines(points, ["n"], [0, 1, 2, 100])
    assert [point.at for point in chart.points] == [0, 1, 2, 100]
    assert [point.is_labelled for point in chart.points] == [False, False, True, True]


def test_a_gap_is_not_a_zero() -> None:
    path = lines([("a", {"n": 1}), ("b", {"n": None}), ("c", {"n": 1})], ["n"]).lines[0].path
    assert path == "M0.00 0.00h.01M100.00 0.00h.01"


NUMBERS = st.none() | st.integers(0, 10**15)


@given(st.lists(st.tuples(st.text(max_size=20), NUMBERS, NUMBERS), max_size=20))
def test_dots_stay_inside_in_order_and_none_is_lost(
    things: list[tuple[str, int | None, int | None]],
) -> None:
    chart = scatter([(label, x, y, None) for label, x, y in things])
    assert len(chart.spots) + chart.without == len(things)
    for spot in chart.spots:
        assert 0 < spot.x < 100
        assert 0 < spot.y < 100
    for one in chart.spots:
        for other in chart.spots:
            if one.x_value < other.x_value:
                assert one.x <= other.x
            if one.y_value < other.y_value:
                assert one.y >= other.y


def test_no_two_labels_overlap() -> None:
    chart = scatter([(f"task {n}", 1000, 1000 + n, None) for n in range(30)])
    assert sum(spot.shown != "never" for spot in chart.spots) <= 1
    assert chart.x_median == 1000


@given(VALUES)
def test_a_treemap_fills_the_frame_in_proportion(values: list[float | None]) -> None:
    tiles = treemap(marks(values))
    known = [value for value in values if value]
    assert sorted(tile.mark.value or 0 for tile in tiles) == sorted(known)
    total = sum(known)
    for tile in tiles:
        assert tile.x >= -SLACK
        assert tile.y >= -SLACK
        assert tile.x + tile.width <= 100 + SLACK
        assert tile.y + tile.height <= 100 + SLACK
        share = (tile.mark.value or 0) / total
        assert tile.width * tile.height == pytest.approx(1e4 * share, rel=1e-3, abs=1e-3)
    large = [tile for tile in tiles if tile.width * tile.height > 1]
    for at, one in enumerate(large):
        for other in large[at + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(across, down) <= 1e-3, (one, other)


def test_one_tile_is_the_whole_frame() -> None:
    (tile,) = treemap(marks([7]))
    assert (tile.x, tile.y, tile.width, tile.height) == (0, 0, 100, 100)


def test_equal_tiles_are_square() -> None:
    for tile in treemap(marks([1.0] * 8)):
        assert tile.width * 2 == pytest.approx(tile.height)


@given(st.lists(st.lists(st.integers(0, 10**12), min_size=3, max_size=3).map(sorted), max_size=9))
def test_spreads_keep_their_middle_inside(things: list[list[int]]) -> None:
    for item in spreads([("x", low, middle, high, None) for low, middle, high in things]).spreads:
        assert 0 <= item.at_low <= item.at_middle <= item.at_high <= 100


def test_bands_of_sizes_are_called_alike_in_reports_charts_and_styles() -> None:
    fragment = (ROOT / "cypher" / "fragments.cypher").read_text(encoding="utf-8")
    (text,) = re.findall(r"^// size_band\(.*?;$", fragment, re.MULTILINE | re.DOTALL)
    *stated, _ = BANDS.values()
    assert re.findall(r"THEN '([^']+)'", text) == stated
    css = (ROOT / "webapp" / "static" / "charts.css").read_text(encoding="utf-8")
    assert [name for name in BANDS if f".{name} " not in css] == []
