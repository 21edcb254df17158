"""The network page: how models hang together, as a drawing, a table and the Cypher behind them."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from flask import Blueprint, render_template, url_for
from markupsafe import Markup
from pydantic import Field

from graph.answers.history.undated import undated
from graph.answers.names import alias, near_models
from graph.answers.network.content import Network, UnknownModelsError
from graph.answers.network.selection import first_children, select
from graph.answers.parameters import Moment, OneOf, Parameters, Text, Whole
from graph.answers.query import Reader
from graph.schema import RELATION, RELATIONS
from webapp.errors import NotFoundError
from webapp.formats import chip
from webapp.network.interchange import FILES, MIMETYPES
from webapp.network.parameters import NONE, NetworkParameters
from webapp.network.picture import NetworkAnswer, draw, radius
from webapp.page import API, File, Moved, Page, address, page
from webapp.store import store

bp = Blueprint("network", __name__)

NEXT = 50
MOST_CACHED = 600
"""Networks of more models are read anew each time, so that memory stays bounded."""


@dataclass(frozen=True)
class _Made:
    network: Network
    answer: NetworkAnswer

    @cached_property
    def table(self) -> Markup:
        """The drawn models as rows of a table."""
        rows = _rows(self.network)
        chips = {relation: chip(relation) for relation in RELATIONS}
        return Markup(render_template("network-rows.html", rows=rows, chips=chips))  # noqa: S704 (Jinja escapes it)


class ChildrenParameters(Parameters):
    """What a bubble's list of children accepts."""

    m: Text = Field("", description="Id of the model.")
    relation: Annotated[str, OneOf(*RELATIONS)] = Field(
        RELATIONS[0], description="How they were made."
    )
    skip: Whole = Field(0, ge=0, le=1_000, description="How many of them are drawn already.")
    as_of: Moment | None = Field(None, description="Those of that time.")


@dataclass(frozen=True)
class NextChildren:
    """Children of one model, the most influential first."""

    models: list[dict[str, Any]]


@page(
    bp,
    "/graph",
    "network.html",
    examples=(
        "/graph",
        "/graph?m=google/gemma-7b",
        "/graph?m=google/gemma-7b&rel=M&as_of=2026-01-01",
    ),
    hard=True,
    files={name: File(MIMETYPES[name], write) for name, write in FILES.items()},
)
def network(read: Reader, asked: NetworkParameters) -> Page[NetworkAnswer] | Moved:
    """The [network](network.md) of some models, or of the most influential ones."""
    try:
        made = store().cached(
            ("network", asked.request, asked.layout), lambda: _make(read, asked), _is_small
        )
    except UnknownModelsError as error:
        return _elsewhere(read, asked, error)
    found = made.network
    return Page(
        made.answer,
        questions=found.queries,
        view={
            "network": found,
            "wanted": asked.request,
            "layout": asked.layout,
            "drawing": {**vars(made.answer), "query": vars(made.answer.query)},
            "table": lambda: made.table,
            "files": {name: address(f"{API}/graph", format=name, sel=None) for name in FILES},
            "toggles": [_toggle(found, asked, relation) for relation in RELATIONS],
            "besides_relations": [pair for pair in asked.pairs() if pair[0] != "rel"],
            "left_out": [r for r in RELATIONS if found.totals[r].filtered],
            "besides_controls": [
                pair for pair in asked.pairs() if pair[0] in ("m", "top", "rel", "limit", "as_of")
            ],
            "start_models": [m for m in found.models if m.role == "start"],
            "sizes": _sizes(made.answer.scale),
        },
    )


@page(
    bp, "/graph/children", examples=("/graph/children?m=google/gemma-7b&relation=adapter&skip=100",)
)
def children(read: Reader, asked: ChildrenParameters) -> NextChildren:
    """The next children in a bubble of the network: `skip` + 50, because any may be drawn."""
    count = asked.skip + NEXT
    rows = first_children(read, asked.m, [asked.relation], count, asked.as_of)
    names = ("id", "downloads", "likes", "influence_rank", "task")
    return NextChildren([{name: row[name] for name in names} for row in rows])


def _make(read: Reader, asked: NetworkParameters) -> _Made:
    found = select(read, asked.request)
    return _Made(found, draw(found, asked, undated(read, asked.as_of)))


def _is_small(made: _Made) -> bool:
    return len(made.network.models) <= MOST_CACHED


def _elsewhere(read: Reader, asked: NetworkParameters, error: UnknownModelsError) -> Moved:
    """Where a model that was renamed is now; a `NotFoundError` when none had the name."""
    here = url_for("network.network")
    found = [now for model in error.models if (now := alias(read, model.lower()))]
    if found:
        return Moved(asked.address(here, m=found))
    raise NotFoundError(
        error.message,
        "Check the spelling, or start from one of these.",
        [
            {"name": name, "html": asked.address(here, m=[name])}
            for name in near_models(read, error.models[0])
        ],
    ) from error


def _toggle(found: Network, asked: NetworkParameters, relation: str) -> dict[str, Any]:
    """A relation in the legend: its counts, and the letters that remain once it is switched."""
    chosen = asked.request.relations
    total = found.totals[relation]
    after = [r for r in RELATIONS if (r in chosen) != (r == relation)]
    return {
        "relation": relation,
        "on": relation in chosen,
        "drawn": total.drawn,
        "aggregated": total.aggregated,
        "count": total.drawn + total.aggregated + total.filtered,
        "value": ",".join(RELATION[r].letter for r in after) or NONE,
    }


def _rows(found: Network) -> list[dict[str, Any]]:
    """The table: every drawn model with its links and with what is left out."""
    bases: list[list[dict[str, Any]]] = [[] for _ in found.models]
    drawn = [dict.fromkeys(RELATIONS, 0) for _ in found.models]
    for link in found.links:
        base = found.models[link.base]
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
        for place, model in enumerate(found.models)
    ]


def _sizes(scale: float) -> list[tuple[float, float]]:
    """What three circles of the legend stand for: effective descendants and radius."""
    power = 10.0 ** math.floor(math.log10(scale))
    largest = max(step * power for step in (1, 2, 5) if step * power <= scale)
    return [(value, radius(value, scale)) for value in (0.0, largest / 10, largest)]
