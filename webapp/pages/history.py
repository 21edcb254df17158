"""The graph through time: changes by date and kind, and one model's time line."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint

from graph.answers.history.changes import KINDS, ChangeOrder, ChangesParameters, list_changes
from graph.answers.history.timeline import Timeline, find_model, timeline
from graph.answers.history.weeks import changes_by_week
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from webapp import feeds
from webapp.charts.stacks import stacks
from webapp.formats import CHANGE_WORDS
from webapp.page import File, Page, address, page
from webapp.store import store

bp = Blueprint("history", __name__)

DRAWN = ("appeared", "gone", "returned", "renamed", "bases", "license")
"""Kinds of change that the bars have."""
ORDERS = {ChangeOrder.NEWEST: "newest", ChangeOrder.BLAST: "most descendants"}
LATELY = (7, 30)
"""Days up to the newest observation that are shown at a click."""


@page(
    bp,
    "/changes",
    "changes.html",
    table="changes",
    examples=(
        "/changes",
        "/changes?family=google/gemma-7b&from=2025-01-06&to=2025-01-13",
        "/changes?kind=gone&from=2025-01-01",
        "/changes?author=google&sort=blast",
    ),
    files={
        "atom": File("application/atom+xml", feeds.atom),
        "jsonfeed": File("application/feed+json", feeds.json_feed),
    },
)
def changes(read: Reader, asked: ChangesParameters) -> Page[dict[str, Any]]:
    """Changes of models between two dates: all, or those of one kind, model, author or family.

    The newest first, or those on which most models hang. `format=atom` and `format=jsonfeed` are
    feeds of the newest.
    """
    found = list_changes(read, asked)
    weeks = [] if found.wanted.model else changes_by_week(read, found.wanted)
    newest = store().version().observed_to
    return Page(
        found.content | {"weeks": weeks},
        columns=catalogue()["changes"].columns,
        paging=found.paging,
        questions=[found.asked],
        view={
            "KINDS": KINDS,
            "ORDERS": ORDERS,
            "chosen_kind": asked.kind,
            "start": asked.start,
            "end": asked.end,
            "chart": stacks([_column(week) for week in weeks], DRAWN),
            "drawn": {kind: CHANGE_WORDS[kind] for kind in DRAWN},
            "chosen": [week["week"] for week in weeks if _is_within(week, asked)],
            "beside": _beside(asked),
            "lately": [(days, _since(newest, days)) for days in LATELY if newest],
            "feed": {name: value for name in feeds.FED if (value := found.content[name])},
        },
    )


@page(bp, "/history/<path:model_id>", examples=("/history/google/gemma-7b",))
def model_history(read: Reader, model_id: str) -> Timeline:
    """[One model through time](history.md#one-model): when it appeared, was away, its counts."""
    found = timeline(read, find_model(read, model_id))
    assert found is not None  # noqa: S101 (it was found by that name)
    return found


def _column(week: Mapping[str, Any]) -> tuple[str, Mapping[str, float | None], str]:
    """A week of the chart, which leads to its changes."""
    monday = date.fromisoformat(week["week"])
    end = (monday + timedelta(weeks=1)).isoformat()
    return week["week"], week, address("/changes", to=end, after=None, **{"from": week["week"]})


def _is_within(week: Mapping[str, Any], asked: ChangesParameters) -> bool:
    """Whether a week is in the time asked for, which begins and ends."""
    if asked.start is None or asked.end is None:
        return False
    monday = date.fromisoformat(week["week"])
    return monday < asked.end.date() and monday + timedelta(weeks=1) > asked.start.date()


def _beside(asked: ChangesParameters) -> list[tuple[str, str]]:
    """Words and addresses of as much time before and after the time asked for."""
    if asked.start is None or asked.end is None or asked.end <= asked.start:
        return []
    step = asked.end - asked.start
    return [
        (words, address("/changes", after=None, **{"from": _day(start), "to": _day(start + step)}))
        for words, start in (("← Earlier", asked.start - step), ("Later →", asked.end))
    ]


def _day(at: datetime) -> str:
    """A time as short as it can be given."""
    return (
        at.date().isoformat() if at == datetime.combine(at.date(), time(), UTC) else at.isoformat()
    )


def _since(newest: datetime, days: int) -> str:
    """The day with which the last days begin."""
    return (newest.date() - timedelta(days=days - 1)).isoformat()
