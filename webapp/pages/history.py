"""What happened to models: all of it by date and kind, and one model's history."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from graph.answers.cursor import Cursor, not_issued
from graph.answers.history import KINDS, Selection, Timeline, timeline
from graph.answers.history.changes import MOST_COUNTED
from graph.answers.names import alias, unknown_model
from graph.answers.reports import catalogue
from graph.answers.reports.export import json_value
from webapp.page import Page, Question, page
from webapp.parameters import Query
from webapp.store import Store, store

bp = Blueprint("history", __name__)

ANY = "any"
MOST_SKIPPED = 10_000_000
TICK = timedelta(microseconds=1)
"""The least step of time that a cursor knows."""


@page(bp, "/changes", "changes.html")
def changes(query: Query) -> Page[Any]:
    """What happened between two dates, the newest first; of one kind, to one model, or all.

    Raises:
        NotFoundError: no model of the name asked for is known.
    """
    here = store()
    kind = query.choice("kind", (ANY, *KINDS), ANY)
    start, end = query.moment("from"), query.moment("to")
    asked = query.text("model")
    limit = query.integer("limit", 50, 25, 100)
    model = _find(here, asked).model if asked else None
    wanted = Selection(start, end, None if kind == ANY else kind, model)
    list_of = "|".join(("changes", kind, str(start), str(end), model or ""))
    after = query.cursor("after", list_of, datetime)
    skipped = _skipped(after)
    first = wanted
    if after is not None and isinstance(after.value, datetime):
        first = Selection(start, after.value + TICK, wanted.kind, model)
    name, parameters = first.page(limit + 1, skipped)
    found = here.run(name, parameters).rows
    rows = found[:limit]
    total = int(here.run(*wanted.total()).one()["changes"])
    position = after.position if after else 0
    return Page(
        data={"changes": rows, "from": start, "to": end, "kind": wanted.kind, "model": model},
        table="changes",
        paging={
            "after": (
                str(_cursor(list_of, rows, after, skipped, position))
                if len(found) > limit
                else None
            ),
            "before": None,
            "start": after is not None,
            "limit": limit,
            "total": total,
            "total_is_exact": total < MOST_COUNTED or model is not None,
            "first": position + 1 if rows else 0,
            "last": position + len(rows),
        },
        questions=[Question.of(catalogue()[name], parameters)],
        view={"KINDS": KINDS, "chosen_kind": kind, "start": start, "end": end},
    )


@bp.get("/api/v1/history/<path:model_id>")
def model_history(model_id: str) -> Response:
    """One model through time: since when it is there, when it was away, its changes and counts."""
    Query().refuse_others()
    return jsonify(data=json_value(_find(store(), model_id).to_dict()))


def _find(here: Store, name: str) -> Timeline:
    """A model by its id in any spelling, or by a former name.

    Raises:
        NotFoundError: no model has or had that name.
    """
    usable = name.isprintable() and len(name) <= 300
    found = timeline(here.run, name) if usable else None
    if found is None and usable and (now := alias(here.answer, name.lower())):
        found = timeline(here.run, now)
    if found is None:
        raise unknown_model(here.answer, name)
    return found


def _skipped(after: Cursor | None) -> int:
    """How many changes seen at the cursor's time were shown already.

    Raises:
        ParameterError: the cursor does not tell.
    """
    if after is None:
        return 0
    if after.key.isascii() and after.key.isdigit() and int(after.key) <= MOST_SKIPPED:
        return int(after.key)
    raise not_issued("after")


def _cursor(
    list_of: str, rows: list[dict[str, Any]], after: Cursor | None, skipped: int, position: int
) -> Cursor:
    """Where the next page begins: many changes are seen at one time, so it counts those shown."""
    last = rows[-1]["at"]
    shown = sum(row["at"] == last for row in rows)
    if after is not None and after.value == last:
        shown += skipped
    return Cursor(list_of, last, str(shown), position + len(rows))
