"""The network page: how models hang together, as a drawing, a table and the Cypher behind them.

The page itself holds neither the data nor the table: scripts ask for them when they are wanted.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, url_for
from pydantic import Field

from graph.answers.history.undated import undated
from graph.answers.names import alias, near_models
from graph.answers.network.content import UnknownModelsError
from graph.answers.network.queries import SHOWN
from graph.answers.network.selection import first_children, select
from graph.answers.orders import ORDERS
from graph.answers.parameters import Moment, OneOf, Parameters, Text, Whole
from graph.answers.query import Reader
from graph.schema import RELATION, RELATIONS
from webapp.errors import NotFoundError
from webapp.filter_panel import chips
from webapp.formats import chip
from webapp.network.interchange import FORMS
from webapp.network.parameters import LISTED, NONE, WAYS, NetworkParameters
from webapp.network.picture import NetworkAnswer, Packed, draw, radius
from webapp.network.rows import NetworkRow, rows
from webapp.page import File, Moved, Page, page
from webapp.pages.leaderboard import OTHERS
from webapp.store import store

bp = Blueprint("network", __name__)

NEXT = 50
VIEW_WORDS = {
    "top": "most influential",
    "full": "all models",
    "authors": "authors",
    "orgs": "organizations",
}
ROWS = 250
"""Models on a page of the table."""


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
        "/graph?m=google/gemma-7b&view=orgs",
        "/graph?top=20&task=text-generation&sort=likes",
    ),
    hard=True,
    files={name: File(form.mimetype, form.write) for name, form in FORMS.items()},
)
def network(read: Reader, asked: NetworkParameters) -> Page[NetworkAnswer] | Moved:
    """The [network](network.md) of some models, or of the most influential ones."""
    try:
        found = _found(read, asked)
    except UnknownModelsError as error:
        return _elsewhere(read, asked, error)
    answer = found.answer
    return Page(
        answer,
        questions=found.queries,
        view={
            **_summary(asked, answer),
            "files": [(form.words, _file(asked, name)) for name, form in FORMS.items()]
            + [("JSON, as columns", _file(asked, "json"))],
            "toggles": [_toggle(answer, asked, relation) for relation in RELATIONS],
            "besides_relations": [pair for pair in asked.pairs() if pair[0] != "rel"],
            "besides_controls": [
                pair
                for pair in asked.pairs()
                if pair[0] not in ("view", "up", "down", "n", "layout")
            ],
            "views": VIEW_WORDS,
            "colourings": WAYS,
            "narrowings": _narrowings(asked, answer),
            "chips": chips(asked, OTHERS) if asked.listed else [],
            "list_address": url_for("leaderboard.models", **_list(asked)),
            "list_order": ORDERS[asked.sort],
            "data_address": asked.address(url_for("network.network_json")),
            "table_address": asked.address(url_for("network.table")),
            "sizes": _sizes(answer.scale),
        },
    )


class TableParameters(NetworkParameters):
    """What the table of a network accepts."""

    page: Whole = Field(1, ge=1, le=100, description="Which page of the table.")


@dataclass(frozen=True)
class NetworkTable:
    """A page of the table of a network; its models start with row `first`, of `total`."""

    models: list[NetworkRow]
    first: int
    total: int
    links: int


@page(
    bp,
    "/graph/table",
    "network-table.html",
    examples=("/graph/table?m=google/gemma-7b&page=2",),
    hard=True,
)
def table(read: Reader, asked: TableParameters) -> Page[NetworkTable] | Moved:
    """The table of a network: its models and links, and what is not drawn, 250 models a page."""
    try:
        found = _found(read, asked)
    except UnknownModelsError as error:
        return _elsewhere(read, asked, error)
    answer = found.answer
    start = (asked.page - 1) * ROWS
    total = len(answer.nodes["id"])
    return Page(
        NetworkTable(rows(answer, start, ROWS), start + 1, total, len(answer.edges["s"])),
        questions=found.queries,
        view={
            **_summary(asked, answer),
            "chips": {relation: chip(relation) for relation in RELATIONS},
            "page": asked.page,
            "more": start + ROWS < total,
            "network_address": asked.address(url_for("network.network")),
        },
    )


@page(
    bp, "/graph/children", examples=("/graph/children?m=google/gemma-7b&relation=adapter&skip=100",)
)
def children(read: Reader, asked: ChildrenParameters) -> NextChildren:
    """The next children in a bubble of the network: `skip` + 50, because any may be drawn."""
    count = asked.skip + NEXT
    rows = first_children(read, asked.m, [asked.relation], count, asked.as_of)
    return NextChildren(
        [
            {
                **{name: row[name] for name in SHOWN},
                "children": {relation: row[relation] for relation in RELATIONS},
            }
            for row in rows
        ]
    )


def _found(read: Reader, asked: NetworkParameters) -> Packed:
    def build() -> Packed:
        found = select(read, asked.request)
        return Packed.of(draw(found, asked, undated(read, asked.as_of)), found.queries)

    return store().cached(("network", repr(asked.request), asked.layout), build)


def _summary(asked: NetworkParameters, answer: NetworkAnswer) -> dict[str, Any]:
    """What is said above the drawing and above the table."""
    nodes = answer.nodes
    return {
        "network": answer,
        "wanted": asked.request,
        "layout": asked.layout,
        "drawn": len(nodes["id"]),
        "drawn_links": len(answer.edges["s"]),
        "hidden": sum(answer.aggregates["count"]),
        "left_out": [r for r in RELATIONS if answer.totals[r]["filtered"]],
        "starts": [
            {
                "id": nodes["id"][place],
                "direct": sum(nodes["children"][r][place] for r in RELATIONS),
                "descendants": nodes["descendants"][place],
            }
            for place in answer.roots
        ],
    }


def _narrowings(asked: NetworkParameters, answer: NetworkAnswer) -> list[tuple[str, str]]:
    """Words and address of what could be drawn where everything is too much."""
    if not answer.too_many:
        return []
    path = url_for("network.network")
    found = [(f"authors, {answer.too_many['authors']:,}", asked.address(path, view="authors"))]
    for relation, count in answer.too_many["by_relation"].items():
        if 0 < count < asked.request.limit and len(asked.rel) > 1:
            words = f"{RELATION[relation].plural} alone, {count:,}"
            found.append((words, asked.address(path, rel=[RELATION[relation].letter])))
    reached = 0
    for step, count in answer.too_many["by_step"]:
        reached += count
        if step > 0 and reached <= asked.request.limit:
            words = f"{step} step{'' if step == 1 else 's'} down, {reached:,} models"
            found.append((words, asked.address(path, down=step)))
    found.append(("the most influential models", asked.address(path, view="top", down=None)))
    return found


def _list(asked: NetworkParameters) -> dict[str, Any]:
    return {name: value for name in LISTED if (value := getattr(asked, name)) and asked.listed}


def _file(asked: NetworkParameters, form: str) -> str:
    here = asked.address(url_for("network.network_json"))
    return f"{here}{'&' if '?' in here else '?'}format={form}"


def _elsewhere(read: Reader, asked: NetworkParameters, error: UnknownModelsError) -> Moved:
    """Where a model that was renamed is now; a `NotFoundError` when none had the name."""
    here = url_for("network.network")
    now = {model: found for model in error.models if (found := alias(read, model.lower()))}
    if now and asked.ends:
        return Moved(asked.address(here, path="..".join(now.get(e, e) for e in asked.ends)))
    if now:
        return Moved(asked.address(here, m=list(now.values())))
    raise NotFoundError(
        error.message,
        "Check the spelling, or start from one of these.",
        [
            {"name": name, "html": asked.address(here, m=[name], path=None)}
            for name in near_models(read, error.models[0])
        ],
    ) from error


def _toggle(found: NetworkAnswer, asked: NetworkParameters, relation: str) -> dict[str, Any]:
    """A relation in the legend: its counts, and the letters that remain once it is switched."""
    chosen = asked.request.relations
    total = found.totals[relation]
    after = [r for r in RELATIONS if (r in chosen) != (r == relation)]
    return {
        "relation": relation,
        "on": relation in chosen,
        **total,
        "count": sum(count or 0 for count in total.values()),
        "value": ",".join(RELATION[r].letter for r in after) or NONE,
    }


def _sizes(scale: float) -> list[tuple[float, float]]:
    """What three circles of the legend stand for: effective descendants and radius."""
    power = 10.0 ** math.floor(math.log10(scale))
    largest = max(step * power for step in (1, 2, 5) if step * power <= scale)
    return [(value, radius(value, scale)) for value in (0.0, largest / 10, largest)]
