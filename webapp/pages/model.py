"""A model: what it is, where it comes from, what was made from it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, url_for

from graph import schema
from graph.answers.cursor import Cursor
from graph.answers.history import Timeline, timeline
from graph.answers.list_queries import TOTALS
from webapp.errors import NotFoundError
from webapp.page import Moved, Page, Question, page
from webapp.pages import ancestry, search
from webapp.pages.growth import curve
from webapp.parameters import Query
from webapp.rows import model_row
from webapp.store import Store, store

bp = Blueprint("model", __name__)

FACTS = (
    "last_modified",
    "downloads_all_time",
    "languages",
    "tags",
    "tensor_types",
    "quantization",
    "architecture",
    "sha",
    "trending_score",
    "hub_id",
    "datasets",
    "papers",
    "new_version",
    "aliases",
    "base_count",
    "first_seen",
    "last_seen",
    "gone_since",
)
ALL = "all"
SHOWN_CHANGES = 20
SHOWN_COUNTS = 50


@page(bp, "/model/<path:model_id>", "model.html")
def model(query: Query, model_id: str) -> Page[Any] | Moved:
    """One model's page; with `as_of`, the lineage is that of then.

    Raises:
        NotFoundError: no model of that name is known.
    """
    here = store()
    relation = query.choice("relation", (ALL, *schema.RELATIONS), ALL)
    limit = query.integer("limit", 50, 25, 100)
    as_of = query.moment("as_of")
    was = query.text("was")
    record = _find(here, model_id, as_of)
    if isinstance(record, Moved):
        return record
    found, author = record["model"], record["author"]
    counts = {name: record[name] for name in schema.RELATIONS}
    links = here.run("model-ancestry", {"id": model_id, "as_of": as_of})
    ways, more_ways = ancestry.paths(model_id, links.rows)
    children, paging, asked = _children(
        query, here, model_id, relation=relation, limit=limit, as_of=as_of
    )
    paging["total"] = record["direct"] if relation == ALL else counts[relation]
    scored = here.answer(TOTALS).one()["influence"]
    below = _descendants(here, found, as_of)
    past = timeline(here.run, model_id)
    changes = list(past.changes[:SHOWN_CHANGES]) if past else []
    return Page(
        data={
            "model": model_row({"model": found, "author_kind": (author or {}).get("kind")}),
            "as_of": as_of,
            "facts": {name: found.get(name) for name in FACTS},
            "author": author,
            "scores": _scores(found, scored),
            "ancestry": {
                "links": links.rows,
                "paths": [[vars(step) for step in way] for way in ways],
                "more_paths": more_ways,
            },
            "descendants": below["descendants"],
            "counts": {
                name: {
                    "direct": counts[name],
                    "descendants": below[name],
                    "hub": found.get(f"children_{name}"),
                }
                for name in schema.RELATIONS
            },
            "relation": relation,
            "children": children,
            "changes": changes,
            "history": _history(past, as_of),
        },
        table="children",
        paging=paging,
        questions=[
            Question(
                "Facts", here.cypher("model-facts"), {"folded": model_id.lower(), "as_of": as_of}
            ),
            Question("Ancestry", here.cypher("model-ancestry"), {"id": model_id, "as_of": as_of}),
            Question("Derivatives", here.cypher("model-children"), asked),
            Question("History", here.cypher("model-timeline"), {"model": model_id}),
            Question("Changes", here.cypher("changes-of-model"), {"model": model_id}),
        ],
        view={
            "drawing": ancestry.draw(model_id, links.rows),
            "box": (ancestry.BOX_WIDTH, ancestry.BOX_HEIGHT),
            "shown_paths": ancestry.SHOWN_PATHS,
            "direct": record["direct"],
            "was": was,
            "curves": [
                drawn
                for name in ("downloads", "likes")
                if past and (drawn := curve(past.curve, name))
            ],
            "shown_counts": SHOWN_COUNTS,
            "more_changes": past is not None and len(past.changes) > len(changes),
        },
    )


def _find(here: Store, model_id: str, as_of: datetime | None) -> dict[str, Any] | Moved:
    """The model's record, or where it is under its own name."""
    folded = model_id.lower()
    usable = folded.isprintable() and len(folded) <= 300
    asked = {"folded": folded, "as_of": as_of}
    record = here.run("model-facts", asked).one() if usable else {}
    when = as_of.isoformat() if as_of else None
    if record:
        canonical = record["model"]["id"]
        if canonical == model_id:
            return record
        return Moved(url_for("model.model", model_id=canonical, as_of=when))
    if usable and (now := search.alias(here, folded)):
        return Moved(url_for("model.model", model_id=now, was=model_id, as_of=when))
    raise NotFoundError(
        f"No model is called {model_id[:200]!r}.",
        "It may be misspelt, renamed, or not in the loaded data.",
        search.near_models(here, model_id) if usable else [],
    )


def _descendants(
    here: Store, found: dict[str, Any], as_of: datetime | None
) -> dict[str, int | None]:
    """How many models descend from it, in all and by relation: as last scored, or counted then."""
    if as_of is not None:
        row = here.run("family-sizes", {"models": [found["id"]], "as_of": as_of}).one()
        return {name: row[name] for name in ("descendants", *schema.RELATIONS)}
    return {
        "descendants": found.get("descendants"),
        **{name: found.get(f"descendants_{name}") for name in schema.RELATIONS},
    }


def _history(past: Timeline | None, as_of: datetime | None) -> dict[str, Any] | None:
    """Its time line without the changes, and whether it was on the Hub at `as_of`."""
    if past is None:
        return None
    told = past.to_dict()
    names = ("appeared_at", "gone_since", "away", "counts")
    there = past.was_there(as_of) if as_of else None
    return {**{name: told[name] for name in names}, "was_there": there}


def _scores(found: dict[str, Any], scored: int) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "value": found.get(name),
            "rank": found.get(f"{name}_rank"),
            "of": scored,
        }
        for name in ("influence", "influence_raw")
    ]


def _children(
    query: Query,
    here: Store,
    model_id: str,
    *,
    relation: str,
    limit: int,
    as_of: datetime | None,
) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, object]]:
    kind = f"children|{model_id}|{relation}|{as_of or ''}"
    after = query.cursor("after", kind, float)
    asked: dict[str, object] = {
        "id": model_id,
        "relation": None if relation == ALL else relation,
        "as_of": as_of,
        "limit": limit + 1,
    }
    if after is not None:
        asked |= {"influence": after.value, "after": after.key}
    found = here.run("model-children", asked).rows
    rows = [{**model_row(row), "relations": row["relations"]} for row in found[:limit]]
    first = after.position + 1 if after else 1
    last = first + len(rows) - 1
    following = (
        str(Cursor(kind, found[limit - 1]["influence"], rows[-1]["id"], last))
        if len(found) > limit
        else None
    )
    paging = {
        "after": following,
        "before": None,
        "start": after is not None,
        "limit": limit,
        "total_is_exact": True,
        "first": first if rows else 0,
        "last": last if rows else 0,
    }
    return rows, paging, asked
