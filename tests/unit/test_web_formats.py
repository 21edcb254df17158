"""How numbers, dates and relations are written."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import CHANGE, RELATION
from webapp import formats
from webapp.avatars import tile


@pytest.mark.parametrize(("value", "text"), [
    (0, "0"), (999, "999"), (9_999, "9,999"), (10_000, "10k"), (12_345, "12.3k"), (99_960, "100k"),
    (123_456, "123k"), (999_499, "999k"), (999_600, "1M"), (4_560_000, "4.56M"),
    (1_200_000_000, "1.2B"), (7_615_616_512, "7.62B"), (2_500_000_000_000, "2.5T"),
    (None, formats.DASH),
])  # fmt: skip
def test_counts_are_short(value: int | None, text: str) -> None:
    assert formats.short(value) == text


@given(st.integers(10_000, 10**13))
def test_a_short_count_is_near_the_exact_one_that_its_title_holds(value: int) -> None:
    text = formats.short(value)
    size = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[text[-1]]
    assert float(text[:-1]) * size == pytest.approx(value, rel=0.006)
    assert f'title="{value:,}"' in formats.count(value)


@pytest.mark.parametrize(("value", "of", "text", "gain"), [
    (61.5, 61.5, "61.5", "+61.5"), (7.0, 7, "7", "+7"), (1063.2, 1063, "1,063.2", "+1,063.2"),
    (0.8341, 0.8341, "0.834", "+0.834"), (-0.336, 4.59, "-0.336", "-0.34"),
    (-0.0023, 0.0834, "-0.0023", "-0.0023"), (0.0, 5, "0", "="), (0.001, 50, "0.001", "+0.001"),
])  # fmt: skip
def test_results_and_differences(value: float, of: float, text: str, gain: str) -> None:
    assert re.sub("<[^>]*>", "", formats.result(value)) == text
    written = re.sub("<[^>]*>", "", formats.gain(value, of))
    assert written.replace(formats.MINUS, "-") == gain
    assert f'title="{value!r}"' in formats.result(value)


def test_what_is_missing_is_said_and_never_zero() -> None:
    assert "unknown" in formats.count(None)
    assert "unknown" in formats.parameters(None)
    assert "unknown" in formats.day(None)
    assert "unknown" in formats.known([])
    assert "not scored" in formats.scored(None)
    assert formats.DASH in formats.pairs(None)
    assert formats.count(0) == "0"


@pytest.mark.parametrize(("column", "why"), [
    ("effective_descendants", "not scored"), ("rank", "not scored"), ("reach_clean", "not scored"),
    ("downloads", "unknown or not stated"), ("license", "unknown or not stated"),
    ("full_name", "unknown or not stated"), ("share", "no value"),
])  # fmt: skip
def test_a_dash_says_why_there_is_no_value(column: str, why: str) -> None:
    assert formats.why_none(column) == why
    assert f'title="{why}"' in formats.cell(None, formats.why_none(column))


def test_each_kind_of_value_has_its_own_dash() -> None:
    assert 'title="not scored: Nothing is known' in formats.score(None)
    assert 'title="unknown relation"' in formats.chip(None)
    assert 'title="nothing"' in formats.pairs(None)


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, ">0.5<"), (2138.44, ">2,138<"), (12.345, ">12.3<"), (84.0, ">84<")]
)
def test_scores_have_three_digits_and_the_exact_value_in_the_title(value: float, text: str) -> None:
    assert text in formats.score(value)
    assert f'title="{value!r}"' in formats.score(value)


def test_a_guessed_parameter_count_says_so() -> None:
    assert "≈ 7B" in formats.parameters(7_000_000_000, "name")
    assert "guessed from the name" in formats.parameters(7_000_000_000, "name_mixture")
    assert "guessed" not in formats.parameters(7_000_000_000, "safetensors")


def test_dates_are_iso_with_their_age_in_the_title() -> None:
    written = formats.day(datetime(2024, 2, 8, 22, 36, tzinfo=UTC))
    assert ">2024-02-08<" in written
    assert "ago" in written


@pytest.mark.parametrize(("part", "whole", "text"), [
    (1, 4, "25.0 %"), (0, 4, "0 %"), (1, 100_000, "<0.1 %"), (4, 4, "100 %"), (1, 0, formats.DASH),
])  # fmt: skip
def test_shares(part: int, whole: int, text: str) -> None:
    assert formats.share(part, whole) == text


def test_a_relation_is_told_by_shape_and_word_not_by_colour_alone() -> None:
    shapes = {formats.glyph(word).partition(">")[2] for word in RELATION}
    letters = {relation.letter for relation in RELATION.values()}
    assert len(shapes) == len(letters) == len(RELATION)
    for word, relation in RELATION.items():
        assert relation.singular in formats.chip(word)


@given(st.text())
def test_nothing_hostile_survives_in_a_cell(text: str) -> None:
    written = formats.cell(text + "<img src=x onerror=alert(1)>")
    assert "<img" not in written


@given(st.text(min_size=1))
def test_a_tile_depends_on_the_name_alone_and_holds_no_markup_of_it(name: str) -> None:
    assert tile(name) == tile(name)
    assert tile(name).count("<text") == 1
    assert tile("<script>" + name).count("<script") == 0


def test_every_kind_of_change_has_words() -> None:
    assert set(formats.CHANGE_WORDS) == set(CHANGE.find("kind").values)


@pytest.mark.parametrize(("stored", "shown"), [
    ('{"models_new": 24000}', "models new <b>24,000</b>"),
    ('{"models": {"new": 24269, "older": 0}, "read": 0}',
     "models new <b>24,269</b>, read <b>0</b>"),
    ('{"weight_root": 1.0, "tolerance": 1e-09}', "weight root <b>1</b>, tolerance <b>1e-09</b>"),
    ('{"converged": true, "warnings": [], "gds": "2.26.0"}',
     "converged <b>yes</b>, gds <b>2.26.0</b>"),
    ('{"warnings": ["a", "<b>"]}', "warnings <b>a, &lt;b&gt;</b>"),
    ('{"a": "<x>"}', "a <b>&lt;x&gt;</b>"),
    ("no <json>", "no &lt;json&gt;"),
])  # fmt: skip
def test_what_a_run_keeps_is_written_in_words(stored: str, shown: str) -> None:
    assert formats.pairs(stored) == shown
