"""The ten best models of a group: what a mark of the dashboard opens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graph.answers.dashboard.measures import CARDS
from graph.answers.facets import FACETS, NOT_STATED
from graph.answers.filters import Filters, spelled
from graph.answers.lists import ListPage, ListParameters
from graph.answers.query import Reader
from graph.answers.row import ListedRow
from graph.errors import ParameterError

BEST = 10
PERIODS = {"month": "%Y-%m", "week": "%Y-%m-%d"}
"""Spans of time that may be opened, as they are written."""


@dataclass(frozen=True)
class Opened:
    """A group with its best models, in the order named.

    `filters` are the leaderboard's parameters for all of the group. `looked`: so many models of the
    order were looked at, and there may be more.
    """

    card: str  # a facet, `month` or `week`
    value: str | None  # None: not stated
    sort: str
    models: list[ListedRow]
    filters: dict[str, str]
    looked: int | None


def best_of_group(read: Reader, text: str, sort: str) -> Opened:
    """The best models of a group that `text` names: `language:ar`, or `language` if not stated."""
    card, _, value = text.partition(":")
    if card in PERIODS:
        start, end = _span(card, value)
        chosen = Filters(created_from=start, created_to=end)
        asked = {
            "created_from": start.date().isoformat(),
            "created_to": end.date().isoformat(),
        }
    else:
        if card not in CARDS or (FACETS[card].choices and value not in ("", *FACETS[card].choices)):
            known = ", ".join((*CARDS, *PERIODS))
            raise ParameterError(
                "open", "`open` names no group.", f"Accepted: `language:ar`; groups: {known}."
            )
        found = spelled(read, card, value or NOT_STATED)
        chosen, asked = Filters({card: [found]}), {card: found}
    page = ListPage(read, ListParameters(sort=sort, limit=25), chosen)
    part = page.part()
    looked = page.looks if part.ended_early else None
    return Opened(card, value or None, sort, part.rows[:BEST], asked, looked)


def _span(card: str, value: str) -> tuple[datetime, datetime]:
    try:
        start = datetime.strptime(value, PERIODS[card]).replace(tzinfo=UTC)
    except ValueError:
        raise ParameterError(
            "open", "`open` names no time.", "Accepted: `month:2025-03`, `week:2025-03-03`."
        ) from None
    if card == "week":
        return start, start + timedelta(days=7)
    return start, (start + timedelta(days=31)).replace(day=1)
