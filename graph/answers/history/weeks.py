"""How much changed each week, up to the newest change."""

from datetime import date, timedelta

from graph.answers.query import Reader
from graph.answers.reports import catalogue
from graph.store.connection import Row

MOST_WEEKS = 26
"""Weeks that are returned: half a year."""


def changes_by_week(read: Reader) -> list[Row]:
    """The last weeks with what changed in each, the oldest first; those without a change are 0."""
    found = {row["week"]: row for row in read(catalogue()["changes-by-week"]).rows}
    if not found:
        return []
    first, last = (date.fromisoformat(place(found)) for place in (min, max))
    weeks = [last - timedelta(weeks=back) for back in range(MOST_WEEKS)]
    nothing = dict.fromkeys(next(iter(found.values())), 0)
    return [
        found.get(week.isoformat(), nothing | {"week": week.isoformat()})
        for week in reversed(weeks)
        if week >= first
    ]
