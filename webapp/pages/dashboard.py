"""The dashboard: who and what dominates, how that changes, and what is not stated."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, url_for

from graph.answers.dashboard.answer import (
    MADE,
    DashboardAnswer,
    DashboardParameters,
    GroupRow,
    GrowthRow,
    dashboard,
)
from graph.answers.facets import FACETS, SIZES
from graph.answers.query import Reader
from graph.schema import RELATION
from webapp.charts.bars import Bars, bars
from webapp.charts.lines import Lines, lines
from webapp.charts.marks import Mark
from webapp.charts.scatter import Scatter, scatter
from webapp.charts.spreads import Spreads, spreads
from webapp.charts.stacks import Stacks, stacks
from webapp.charts.treemap import Tile, treemap
from webapp.formats import share
from webapp.page import Page, address, page

bp = Blueprint("dashboard", __name__)

MEASURE_WORDS = {
    "models": "models",
    "influence": "effective descendants",
    "downloads": "downloads of the last 30 days",
    "likes": "likes",
}
CARD_WORDS = {
    "task": ("Tasks", "task"),
    "language": ("Languages", "language"),
    "author": ("Authors", "author"),
    "publisher": ("Who publishes", "kind of author"),
    "license": ("Licences", "licence"),
    "library": ("Libraries", "library"),
    "size": ("Sizes", "number of parameters"),
    "relation": ("How models were made", "relation"),
}
"""Card → its title, and what a row of it is."""
NOT_STATED = "not stated"
MADE_WORDS = {
    **{name: kind.plural for name, kind in RELATION.items()},
    "declared": "base named, relation unknown",
    "root": "no base",
    "not_stated": NOT_STATED,
}
CARD_OF_FIELD = {
    **{name: name for name in ("task", "library", "license")},
    "languages": "language",
    "parameters": "size",
    "base_count": "relation",
}
"""Field that may be missing → the card that opens models without it."""
MOST_BARS = {"task": 20, "author": 20}
"""Bars of a card, where they are more than usual."""
AXES = {"likes-downloads": ("likes", "downloads"), "downloads-size": ("downloads", "size"),
        "likes-size": ("likes", "size")}  # fmt: skip
"""What is compared → the values upwards and to the right."""


@page(
    bp,
    "/dashboard",
    "dashboard.html",
    table="values",
    examples=(
        "/dashboard",
        "/dashboard?by=downloads&open=language:zh&task=text-generation&per=week",
    ),
)
def overview(read: Reader, asked: DashboardParameters) -> Page[DashboardAnswer]:
    """Who and what dominates the Hub, how it grows, how unevenly it is shared, what is not stated.

    Groups of models are measured by `by`; `open` shows the ten best of one.
    """
    found = dashboard(read, asked)
    return Page(
        found,
        view={
            "asked": asked,
            "MEASURE_WORDS": MEASURE_WORDS,
            "CARD_WORDS": CARD_WORDS,
            "MADE_WORDS": MADE_WORDS,
            "named": named,
            "unstated": {row.card: row for row in found.values if row.value is None},
            "opening": opening,
            "cards": {name: _bars(found, name, asked) for name in CARD_WORDS},
            "growth_chart": growth_chart(found.growth, asked.per),
            "scattered": _scattered(found, asked),
            "axis_words": [_axis(name, asked.middle) for name in AXES[asked.axes]],
            "groups_of_sizes": {by: _groups(found, by) for by in ("k-means", "bands")},
            "size_spreads": _size_spreads(found),
            "missing_chart": _missing(found),
            "percent": percent,
            "lorenz": _lorenz(found),
            "tiles": _tiles(found, asked),
        },
    )


def named(card: str, value: str | None) -> str:
    """A value as people read it."""
    if value is None:
        return NOT_STATED
    if card == "relation":
        return MADE_WORDS[value]
    return FACETS[card].word(value) if card in FACETS else value


def opening(card: str, value: str | None) -> str:
    """The address of this page with the ten best of a group opened."""
    return address("/dashboard", open=card if value is None else f"{card}:{value}") + f"#{card}"


def _bars(found: DashboardAnswer, card: str, asked: DashboardParameters) -> Bars:
    marks = [_mark(row, found.by) for row in found.card(card) if row.value is not None]
    left = [Mark("", None)] * found.more[card]
    return bars([*marks, *left], most=MOST_BARS.get(card, 12), is_log=asked.scale == "log")


def _mark(row: GroupRow, by: str) -> Mark:
    kind = row.value if row.card == "relation" else None
    return Mark(named(row.card, row.value), row.by(by), opening(row.card, row.value), kind or "")


def growth_chart(rows: Sequence[GrowthRow], per: str) -> Stacks:
    """New models, a column for each month or week, by how they were made."""
    made = {row.start: row.made for row in rows}
    columns = []
    for start in _steps(rows[0].start, rows[-1].start, per) if rows else ():
        name = start if per == "week" else start[:7]
        href = opening(per, name) if start in made else None
        columns.append((name, made.get(start, {}), href))
    return stacks(columns, MADE)


def _steps(first: str, last: str, per: str) -> Iterator[str]:
    """The first day of each month or week from one to another."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=7 if per == "week" else 31)
        if per == "month":
            day = day.replace(day=1)


def _scattered(found: DashboardAnswer, asked: DashboardParameters) -> Scatter:
    upward, across = AXES[asked.axes]
    return scatter(
        [
            (
                named(asked.popular, row[asked.popular]),
                _value(row, across, asked.middle),
                _value(row, upward, asked.middle),
                opening(asked.popular, row[asked.popular]),
            )
            for row in found.popularity
        ]
    )


def _value(row: Mapping[str, Any], name: str, middle: str) -> float | None:
    column = "parameters" if name == "size" else name if middle == "total" else f"{middle}_{name}"
    value: float | None = row[column]
    return value


def _axis(name: str, middle: str) -> str:
    """What stands at an axis."""
    return "parameters, geometric mean" if name == "size" else f"{middle} {name}"


def _groups(found: DashboardAnswer, by: str) -> Bars:
    """Sizes in the groups that they fall into, or in fixed bands."""
    rows = [row for row in found.size_groups if row["by"] == by]
    return bars([Mark(row["name"], row["models"],
                      url_for("reports.report", name="models-table", min_size=row["smallest"],
                              max_size=row["largest"])) for row in rows])  # fmt: skip


def _size_spreads(found: DashboardAnswer) -> Spreads:
    by_size = {
        item.value: item
        for item in found.spreads
        if item.card == "size" and item.measure == "downloads"
    }
    known = [by_size[size] for size in (*SIZES, None) if size in by_size]
    return spreads(
        [
            (
                named("size", item.value),
                item.low,
                item.median,
                item.high,
                opening("size", item.value),
            )
            for item in known
        ]
    )


def _missing(found: DashboardAnswer) -> Bars:
    marks = []
    for row in found.missing:
        card = CARD_OF_FIELD.get(row["field"])
        href = opening(card, None) if card else url_for("reports.report", name="missing-data")
        without = (row["missing"] + row["unseen"]) / row["models"]
        marks.append(Mark(row["field"].replace("_", " "), without, href, "not_stated"))
    return bars(sorted(marks, key=lambda mark: -(mark.value or 0)))


def percent(value: float) -> str:
    """A share as a percentage."""
    return share(value, 1)


def _lorenz(found: DashboardAnswer) -> Lines:
    points: Sequence[tuple[str, dict[str, float | None]]] = [
        (f"{100 * authors:.0f} %", {"held": 100 * held, "equal": 100 * authors})
        for authors, held in found.concentration.curve
    ]
    return lines(points, ("held", "equal"))


def _tiles(found: DashboardAnswer, asked: DashboardParameters) -> list[Tile]:
    marks = []
    for tile in found.tree:
        label, href, kind = tile.value or NOT_STATED, None, ""
        if tile.is_rest:
            label, kind = "all others", "rest"
        elif asked.task and asked.author:
            label = label.partition("/")[2] or label
            href = url_for("model.model", model_id=tile.value)
        elif asked.task:
            href = address("/dashboard", author=tile.value) + "#treemap"
        elif tile.value:
            href = address("/dashboard", task=tile.value) + "#treemap"
        else:
            href = opening("task", None)
        marks.append(Mark(label, tile.size, href, kind))
    return treemap(marks)
