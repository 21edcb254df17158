"""How much changed each week: half a year at a time, counted back from the newest change."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from graph.answers.history.changes import KINDS, ChangeFilter
from graph.answers.query import Reader
from graph.answers.reports import catalogue

MOST_WEEKS = 26
"""Weeks that are returned: half a year."""
WEEK = timedelta(weeks=1)


def changes_by_week(read: Reader, wanted: ChangeFilter) -> list[Mapping[str, Any]]:
    """Weeks with what changed in each, the oldest first; those without a change are 0.

    Of all models, or of an author's or a family's; whatever time is asked for, half a year that has
    its beginning.
    """
    found = _of_some(read, wanted) if wanted.of_some else _of_all(read)
    if not found:
        return []
    first, last = (date.fromisoformat(place(found)) for place in (min, max))
    if wanted.start is not None:
        last -= MOST_WEEKS * WEEK * _halves_before(last, wanted.start)
    weeks = [last - WEEK * back for back in range(MOST_WEEKS)]
    nothing = dict.fromkeys(("changes", *KINDS), 0)
    return [
        {"week": week.isoformat(), **nothing, **found.get(week.isoformat(), {})}
        for week in reversed(weeks)
        if week >= first
    ]


def _of_all(read: Reader) -> dict[str, Mapping[str, Any]]:
    return {row["week"]: row for row in read(catalogue()["changes-by-week"]).rows}


def _of_some(read: Reader, wanted: ChangeFilter) -> dict[str, Mapping[str, Any]]:
    """The same from what changed on each day."""
    found: dict[str, dict[str, Any]] = {}
    for day, kind, changes in wanted.by_day(read):
        monday = (day - timedelta(days=day.weekday())).isoformat()
        week = found.setdefault(monday, {"week": monday, "changes": 0})
        week[kind] = week.get(kind, 0) + changes
        week["changes"] += changes
    return dict(found)


def _halves_before(last: date, start: datetime) -> int:
    """How many half years to go back so that a time is among the weeks shown."""
    end = last + WEEK - timedelta(days=1)
    return max(0, (end - start.date()).days // (7 * MOST_WEEKS))
