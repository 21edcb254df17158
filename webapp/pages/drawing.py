"""A report's result as a chart, as its header says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import url_for

from graph.answers.facets import FACETS
from graph.answers.reports import Column, Kind, Report
from graph.answers.reports.report import Draw
from webapp.charts.bars import Bars, bars
from webapp.charts.lines import Lines, lines
from webapp.charts.marks import Mark
from webapp.charts.stacks import Stacks, stacks

MOST_BARS = 20
MODEL_COLUMNS = {"model", "base", "child", "root", "parent", "ancestor", "descendant", "id"}
AUTHOR_COLUMNS = {"author", "organization", "base_author", "publisher", "dependent"}
NUMBERS = {Kind.INTEGER, Kind.FLOAT}
BANDS = {
    "under_1b": "under 1B",
    "from_1b_to_3b": "1B to 3B",
    "from_3b_to_9b": "3B to 9B",
    "from_9b_to_20b": "9B to 20B",
    "from_20b_to_40b": "20B to 40B",
    "from_40b_to_80b": "40B to 80B",
    "from_80b": "80B and more",
    "not_stated": "size not stated",
}
"""Column or colour of a fixed band of sizes → what a column `size_band` calls it."""


@dataclass(frozen=True)
class Drawing:
    """A chart of a result; `left` rows have no place on its axis of time.

    `kinds` are the colours of bars that have several.
    """

    kind: Draw
    title: str
    chart: Bars | Lines | Stacks
    words: Mapping[str, str]  # of the columns that are drawn
    left: int = 0
    kinds: Sequence[str] = ()


def drawing(report: Report, rows: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """The chart of a report's rows; None for what is a table or a network, and for no rows."""
    names = report.drawn or _first_number(report)
    if report.draw not in (Draw.BAR, Draw.LINE, Draw.STACK) or not names or not rows:
        return None
    columns = {column.name: column for column in report.columns}
    words = {name: BANDS.get(name, name.replace("_", " ")) for name in names}
    if report.draw is Draw.BAR:
        measured = columns[names[0]]
        chart = _bars(report, measured, rows)
        drawn = {bar.mark.kind for bar in chart.bars} if "size_band" in columns else {}
        kinds = [band for band in BANDS if band in drawn]
        return Drawing(report.draw, _title(measured), chart, words | BANDS, kinds=kinds)
    first = report.columns[0].name
    timed = [(time, row) for row in rows if (time := _time(row[first])) is not None]
    timed.sort(key=lambda item: item[0])
    if report.draw is Draw.STACK and not timed:  # groups of another kind, as they come
        timed = [(float(at), row) for at, row in enumerate(rows)]
    if len(timed) < 2:
        return None
    labels = [_label(row[first]) for _, row in timed]
    values = [{name: row[name] for name in names} for _, row in timed]
    title = _title(columns[names[0]]) if len(names) == 1 else report.question
    left = len(rows) - len(timed)
    if report.draw is Draw.STACK:
        groups = [(label, of, None) for label, of in zip(labels, values, strict=True)]
        return Drawing(report.draw, title, stacks(groups, names), words, left)
    times = [time for time, _ in timed]
    curves = lines(list(zip(labels, values, strict=True)), names, times)
    return Drawing(report.draw, title, curves, words, left)


def _first_number(report: Report) -> tuple[str, ...]:
    found = (c.name for c in report.columns[1:] if c.type in NUMBERS and c.name != "rank")
    return tuple(found)[:1]


def _title(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit and column.unit != "count" else ""
    return column.description.rstrip(".") + unit


def _bars(report: Report, measured: Column, rows: Sequence[Mapping[str, Any]]) -> Bars:
    texts = (column for column in report.columns if column.type is Kind.STRING)
    named = next(texts, report.columns[0])
    marks = [
        Mark(
            "not stated" if row[named.name] is None else str(row[named.name]),
            row[measured.name],
            _behind(named.name, row[named.name]),
            _colour(named.name, row),
        )
        for row in rows
    ]
    return bars(marks, most=MOST_BARS)


def _colour(named: str, row: Mapping[str, Any]) -> str:
    if "size_band" in row:
        return next((key for key, band in BANDS.items() if band == row["size_band"]), "not_stated")
    return str(row[named]) if named == "relation" else ""


def _behind(column: str, value: Any) -> str | None:
    """The page of what a bar stands for."""
    if value is None:
        return None
    if column in MODEL_COLUMNS:
        return url_for("model.model", model_id=value)
    if column in AUTHOR_COLUMNS:
        return url_for("author.author", name=value)
    if column in FACETS:
        return url_for("leaderboard.models", **{column: value})
    return None


def _time(value: object) -> float | None:
    """A time, or the month or day that a text names, in seconds; None for any other text."""
    if isinstance(value, datetime):
        return value.timestamp()
    for form in ("%Y-%m", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value), form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None


def _label(value: object) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else str(value)
