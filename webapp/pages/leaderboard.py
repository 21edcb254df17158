"""Models in order: by a measure the reader chooses, within what they care about."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from graph.answers.cursor import Cursor
from webapp.page import Page, Question, page
from webapp.parameters import Query
from webapp.rows import model_row
from webapp.store import Store, store

bp = Blueprint("leaderboard", __name__)

FILTERS = ("author", "task", "license", "library")
PAIRS = (("task", "license"), ("task", "library"), ("license", "library"))
"""Filters whose pairs have an index; an author has few models, whatever else is asked."""
SMALL_BY = {"influence": 40_000, "descendants": 40_000}
SMALL = 9_000
"""Filters that select fewer models than this are read whole and sorted; otherwise the index of the
sort key is walked, where one model in every few hundred fits. By influence more are read: of most
it is seen at once that they have none."""
MOST_COUNTED = 2_500
"""Longer lists are said to be longer."""


@dataclass(frozen=True)
class Sort:
    """An order of models.

    Attributes:
        key: the property.
        words: what a person calls it.
        type: of its values.
        why_missing: why a model has no value.
    """

    key: str
    words: str
    type: type
    why_missing: str


SORTS = {
    "influence": Sort("influence", "influence", float, "nothing is known to be made from them"),
    "downloads": Sort("downloads", "downloads", int, "their downloads are not stated"),
    "likes": Sort("likes", "likes", int, "their likes are not stated"),
    "descendants": Sort("descendants", "descendants", int, "nothing is known to be made from them"),
    "created": Sort("created_at", "date of creation", datetime, "their date is not stated"),
}


@page(bp, "/models", "models.html")
def models(query: Query) -> Page[Any]:
    """The leaderboard."""
    chosen = {name: query.text(name) for name in FILTERS}
    here = store()
    made = listing(query, chosen)
    made.view |= {"chosen": chosen, "values": here.run("filter-values").one()}
    return made


def listing(query: Query, chosen: dict[str, str | None], default: str = "influence") -> Page[Any]:
    """A page of models as the query string asks for.

    Args:
        query: reads `sort`, `order`, `limit`, `after`, `before`.
        chosen: the filters, by name.
        default: the order when none is asked for.

    Raises:
        ParameterError: a parameter cannot be used.
    """
    sort = query.choice("sort", SORTS, default)
    order = query.choice("order", ("desc", "asc"), "desc")
    limit = query.integer("limit", 50, 25, 100)
    kind = "|".join((sort, order, *(chosen[name] or "" for name in FILTERS)))
    after = query.cursor("after", kind, SORTS[sort].type)
    before = query.cursor("before", kind, SORTS[sort].type) if after is None else None
    ascending = order == "asc"
    here = store()
    by, is_small = _selection(here, chosen, sort) or (None, False)
    cursor, backwards = (before, True) if before else (after, False)
    name, parameters = _question(
        sort,
        chosen,
        by if is_small else None,
        ascending=ascending != backwards,
        cursor=cursor,
        limit=limit,
    )
    result = here.run(name, parameters)
    rows = [model_row(record) for record in result.rows]
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards and before:
        rows.reverse()
        first = max(1, before.position - len(rows))
        has_before, has_after = more, True
    else:
        first = after.position + 1 if after else 1
        has_before, has_after = after is not None, more
    total, without, exact = _total(here, sort, chosen, by)

    def place(index: int) -> str:
        value = _value(rows[index], sort)
        at = first + (index if index >= 0 else len(rows) + index)
        return str(Cursor(kind, value, rows[index]["id"], at))

    for position, row in enumerate(rows, first):
        row["position"] = position
    return Page(
        data={"models": rows, "sort": sort, "order": order},
        table="models",
        paging={
            "after": place(-1) if rows and has_after else None,
            "before": place(0) if rows and has_before else None,
            "limit": limit,
            "total": total if exact else max(total, first + len(rows) - 1),
            "total_is_exact": exact,
            "first": first if rows else 0,
            "last": first + len(rows) - 1 if rows else 0,
        },
        questions=[Question(f"Models by {SORTS[sort].words}", here.cypher(name), parameters)],
        view={"sorts": SORTS, "without": without},
    )


def _value(row: dict[str, Any], sort: str) -> Any:
    if sort == "influence":
        return row["scores"]["influence"]["value"]
    return row[SORTS[sort].key]


def _selection(here: Store, chosen: dict[str, str | None], sort: str) -> tuple[str, bool] | None:
    """The filter, or the two, whose index finds the fewest models, and whether those are few."""
    given = [name for name in FILTERS if chosen[name]]
    if not given:
        return None
    if chosen["author"]:
        return "author", True
    most = SMALL_BY.get(sort, SMALL)
    sizes = here.run(
        "selection-sizes", {**{name: chosen[name] for name in FILTERS[1:]}, "most": most}
    ).one()
    pairs = [f"{a}_{b}" for a, b in PAIRS if a in given and b in given]
    found = min(pairs or given, key=lambda name: int(sizes[name]))
    return found, sizes[found] < most


def _question(
    sort: str,
    chosen: dict[str, str | None],
    by: str | None,
    *,
    ascending: bool,
    cursor: Cursor | None,
    limit: int,
) -> tuple[str, dict[str, object]]:
    """Which file answers, and with which parameters."""
    parameters: dict[str, object] = {**chosen, "limit": limit + 1}
    if cursor is not None:
        parameters["id"] = cursor.key
    if by is None:
        if cursor is not None:
            value = cursor.value
            parameters["value"] = value.isoformat() if isinstance(value, datetime) else value
        elif ascending:
            parameters["value"] = {int: -1, float: -1.0, datetime: "0001-01-01T00:00:00Z"}[
                SORTS[sort].type
            ]
        return f"models-by-{sort}" + ("-ascending" if ascending else ""), parameters
    parameters |= {"by": by, "sort": SORTS[sort].key, "ascending": ascending}
    if cursor is not None:
        parameters["value"] = _number(cursor.value)
    else:
        parameters["value"] = -1e300 if ascending else 1e300
    return "models-selected", parameters


def _number(value: float | datetime) -> float:
    """A sort value as the query for small selections compares it: dates in milliseconds."""
    if isinstance(value, datetime):
        return float(int((value - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000))
    return float(value)


def _total(
    here: Store, sort: str, chosen: dict[str, str | None], by: str | None
) -> tuple[int, int, bool]:
    """How many models the list holds, how many lack the value, and whether that is exact."""
    key = SORTS[sort].key
    if by is None:
        totals = here.run("list-totals").one()
        return totals[key], totals["models"] - totals[key], True
    found = here.run(
        "selection-total", {**chosen, "by": by, "sort": key, "most": MOST_COUNTED}
    ).one()
    exact = found["models"] + found["without"] < MOST_COUNTED
    return found["models"], found["without"], exact
