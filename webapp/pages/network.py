"""The network page: how models hang together, as a drawing, a table and the Cypher behind them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from markupsafe import Markup

from graph.answers.network.content import Selection, UnknownModelsError
from graph.answers.network.request import LETTER, Request
from graph.answers.network.selection import first_children, select
from graph.answers.reports import catalogue
from graph.schema import RELATIONS
from webapp.errors import NotFoundError
from webapp.formats import chip
from webapp.network.picture import arrange, columns, radius
from webapp.page import Moved, Page, Question, page
from webapp.pages import search
from webapp.parameters import Query
from webapp.store import Store, store

bp = Blueprint("network", __name__)

PARAMETERS = ("m", "top", "n", "rel", "up", "down", "layout", "limit", "as_of", "sel")
NEXT = 50
MOST_SKIPPED = 1_000
SHOWN_IDS = 20
"""Ids that a query is shown with; the real run may have had thousands."""
MOST_KEPT = 600
"""Networks of more models are read anew each time, so that memory stays bounded."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Made:
    selection: Selection
    columns: dict[str, Any]


@page(bp, "/graph", "network.html")
def network(query: Query) -> Page[Any] | Moved:
    """The network that the query string asks for."""
    query.known.update(PARAMETERS)
    query.text("sel")
    wanted = Request.parse(request.args.to_dict(flat=False))
    here = store()
    try:
        made = _kept(here, "network", wanted, lambda: _make(here, wanted), _small)
    except UnknownModelsError as error:
        return _elsewhere(here, wanted, error)
    selection = made.selection
    data = {"query": _query(wanted), **made.columns}
    return Page(
        data=data,
        questions=_questions(selection, wanted),
        view={
            "selection": selection,
            "wanted": wanted,
            "drawing": data,
            "table": lambda: _kept(
                here, "table", wanted, lambda: _table(selection), lambda _: _small(made)
            ),
            "toggles": [_toggle(selection, wanted, relation) for relation in RELATIONS],
            "besides_relations": wanted.query(relations=RELATIONS),
            "besides_controls": [
                pair for pair in wanted.query() if pair[0] in ("m", "top", "rel", "limit", "as_of")
            ],
            "start_models": [m for m in selection.models if m.role == "start"],
            "sizes": _sizes(made.columns["scale"]),
        },
    )


@bp.get("/api/v1/graph/children")
def children() -> Response:
    """The children of `m` by `relation` after the first `skip`, for what a bubble stands for.

    `skip` tells how many of them are drawn; so many more are returned, because the drawn ones need
    not be the first.
    """
    query = Query()
    base = query.text("m") or ""
    relation = query.choice("relation", RELATIONS, RELATIONS[0])
    skip = query.integer("skip", 0, 0, MOST_SKIPPED)
    as_of = query.moment("as_of")
    query.refuse_others()
    rows = first_children(store().read, base, [relation], skip + NEXT, as_of)
    kept = ("id", "downloads", "likes", "influence_rank", "task")
    return jsonify(data={"models": [{name: row[name] for name in kept} for row in rows]})


def _make(here: Store, wanted: Request) -> _Made:
    selection = select(here.read, wanted)
    return _Made(selection, columns(selection, arrange(selection, wanted)))


def _kept(
    here: Store,
    kind: str,
    wanted: Request,
    build: Callable[[], Value],
    keep: Callable[[Value], bool],
) -> Value:
    """What `build` returns; small results are kept for as long as the data is the same."""
    fresh: list[Value] = []

    def small() -> Value | None:
        fresh.append(build())
        return fresh[0] if keep(fresh[0]) else None

    kept = here.cached((kind, wanted), small)
    if kept is not None:
        return kept
    return fresh[0] if fresh else build()


def _small(made: _Made) -> bool:
    return len(made.selection.models) <= MOST_KEPT


def _table(selection: Selection) -> Markup:
    chips = {relation: chip(relation) for relation in RELATIONS}
    return Markup(render_template("network-rows.html", rows=_rows(selection), chips=chips))  # noqa: S704 (Jinja escapes it)


def _elsewhere(here: Store, wanted: Request, error: UnknownModelsError) -> Moved:
    """Where a model that was renamed is now.

    Raises:
        NotFoundError: nobody knows it.
    """
    found = [search.alias(here, model.lower()) for model in error.models]
    if any(found):
        models = tuple(model for model in found if model)
        return Moved(_address(wanted, models=models))
    raise NotFoundError(
        error.message,
        "Check the spelling, or start from one of these.",
        [
            {"name": near["name"], "html": _address(wanted, models=(near["name"],))}
            for near in search.near_models(here, error.models[0])
        ],
    ) from error


def _address(wanted: Request, **changes: object) -> str:
    pairs = wanted.query(**changes)
    return url_for("network.network") + ("?" + urlencode(pairs) if pairs else "")


def _query(wanted: Request) -> dict[str, Any]:
    return {
        "models": list(wanted.models),
        "top": None if wanted.models else wanted.top,
        "children": wanted.children,
        "relations": list(wanted.relations),
        "up": wanted.up,
        "down": wanted.down,
        "layout": wanted.layout,
        "limit": wanted.limit,
        "as_of": wanted.as_of and wanted.as_of.isoformat(),
    }


def _toggle(selection: Selection, wanted: Request, relation: str) -> dict[str, Any]:
    """A relation in the legend: its counts, and the letters that remain once it is switched."""
    on = relation in wanted.relations
    total = selection.totals[relation]
    after = [r for r in RELATIONS if (r in wanted.relations) != (r == relation)]
    return {
        "relation": relation,
        "on": on,
        "drawn": total.drawn,
        "aggregated": total.aggregated,
        "count": total.drawn + total.aggregated + total.filtered,
        "value": ",".join(LETTER[r] for r in after),
    }


def _rows(selection: Selection) -> list[dict[str, Any]]:
    """The table: every drawn model with its links and with what is left out."""
    bases: list[list[dict[str, Any]]] = [[] for _ in selection.models]
    drawn = [dict.fromkeys(RELATIONS, 0) for _ in selection.models]
    for link in selection.links:
        base = selection.models[link.base]
        bases[link.child].append({"id": base.id, "relation": link.relation, "cut": link.cut})
        drawn[link.base][link.relation] += 1
    return [
        {
            "model": model,
            "bases": bases[place],
            "children": [
                {"relation": r, "count": count, "rest": count - drawn[place][r]}
                for r, count in model.children.items()
                if count
            ],
        }
        for place, model in enumerate(selection.models)
    ]


def _sizes(scale: float) -> list[tuple[float, float]]:
    """What three circles of the legend stand for: effective descendants and radius."""
    power = 10.0 ** math.floor(math.log10(scale))
    largest = max(step * power for step in (1, 2, 5) if step * power <= scale)
    return [(value, radius(value, scale)) for value in (0.0, largest / 10, largest)]


def _picture_query(selection: Selection, wanted: Request) -> Question:
    starts = [m.id for m in selection.models if m.role == "start"]
    return Question(
        "The same neighbourhood, drawn by Neo4j Browser",
        catalogue()["network-picture"].cypher,
        {"ids": starts, "n": wanted.children, "as_of": wanted.as_of},
    )


def _questions(selection: Selection, wanted: Request) -> list[Question]:
    """The picture as one query, then every query that was run, each file once."""
    first = {step.name: step for step in reversed(selection.queries)}
    names = dict.fromkeys(step.name for step in selection.queries)
    return [_picture_query(selection, wanted)] + [
        _question(name, first[name].parameters) for name in names
    ]


def _question(name: str, parameters: dict[str, Any]) -> Question:
    """A query with its parameters, long lists of ids cut and the cut said in the title."""
    title = catalogue()[name].title
    shown = dict(parameters)
    for key, value in parameters.items():
        if isinstance(value, list) and len(value) > SHOWN_IDS:
            title += f" (the first {SHOWN_IDS} of {len(value):,} {key})"
            shown[key] = value[:SHOWN_IDS]
    return Question(title, catalogue()[name].cypher, shown)
