"""The map: every model as a dot, drawn by scripts; without them a picture and a table."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for

from graph.answers.map.answer import (
    COLOURS,
    MADE,
    BridgesParameters,
    MapAnswer,
    MapBridges,
    MapIslands,
    MapParameters,
    MapPlace,
    NamesParameters,
    PlaceParameters,
    map_answer,
    map_bridges,
    map_islands,
    map_place,
)
from graph.answers.map.hub_map import HubMap
from graph.answers.names import alias
from graph.answers.network.queries import FIND
from graph.answers.query import Reader
from webapp.assets import YEAR_S
from webapp.errors import NotFoundError
from webapp.hub_map import hub_map
from webapp.page import Page, page
from webapp.store import store

bp = Blueprint("map", __name__)

COLOUR_WORDS = {"verdict": "licence verdict", "publisher": "kind of author"}
"""What colours stand for, where the name does not say it."""
NO_MAP = "The map has not been drawn for this state of the data."
HINT = "`hubgraph map` draws it."


@page(
    bp,
    "/map",
    "map.html",
    table="continents",
    examples=("/map", "/map?task=text-generation&rel=finetune,adapter&from=2024-01&color=verdict"),
    hard=True,
)
def whole(_read: Reader, asked: MapParameters) -> Page[MapAnswer]:
    """The [map](map.md): every model as one dot, families as islands, tasks as continents."""
    found = _found()
    key = ("map", tuple(asked.task), tuple(asked.rel), asked.from_, asked.to)
    answer = store().cached(key, lambda: map_answer(found, asked))
    drawn_at = datetime.fromisoformat(answer.drawn_at)
    version = store().version()
    changes = [at for at in (version.loaded_at, version.scored_at) if at is not None]
    columns = {column.name: column for column in answer.columns}
    return Page(
        answer,
        view={
            "asked": asked,
            "drawn_on": drawn_at,
            "is_old": any(at > drawn_at for at in changes),
            "coded": columns,
            "made": MADE,
            "colourings": {name: COLOUR_WORDS.get(name, name) for name in COLOURS},
            "is_filtered": bool(asked.task or asked.rel or asked.from_ or asked.to),
            "points_address": url_for("map.points", layout=answer.layout),
            "facts_for_scripts": _for_scripts(answer),
        },
    )


def _for_scripts(answer: MapAnswer) -> dict[str, Any]:
    """What scripts need to know to draw it."""
    names = ("models", "radius", "steps", "radii", "relation_bits", "columns")
    discs = [
        {"task": one.task, "x": one.x, "y": one.y, "radius": one.radius}
        for one in answer.continents
    ]
    return {**{name: getattr(answer, name) for name in names}, "continents": discs}


@page(bp, "/map/islands", examples=("/map/islands",), hard=True)
def islands(_read: Reader) -> MapIslands:
    """The largest families of the map, as columns: where each is, and how many models are in it."""
    found = _found()
    return store().cached(("map islands",), lambda: map_islands(found))


@page(bp, "/map/place", examples=("/map/place?m=google/gemma-7b", "/map/place?dot=0"), hard=True)
def place(read: Reader, asked: PlaceParameters) -> MapPlace:
    """Where a model is on the map, what it was made from, and the first of what was made of it."""
    found = _found()
    dot = asked.dot if asked.dot is not None else _dot(read, found, asked.m)
    if dot is None or dot >= found.facts.models:
        name = f" {asked.m}" if asked.dot is None else ""
        raise NotFoundError(f"There is no such model{name} on the map.", "Search for its name.")
    return map_place(found, dot)


@page(bp, "/map/bridges", examples=("/map/bridges?box=-9,-9,9,9",), hard=True)
def bridges(_read: Reader, asked: BridgesParameters) -> MapBridges:
    """Merges with a base in another family, where one end lies in a part of the map."""
    return map_bridges(_found(), asked.box)


@page(bp, "/map/names", examples=("/map/names?dots=0,1",), hard=True)
def names(_read: Reader, asked: NamesParameters) -> dict[str, list[str | None]]:
    """Ids of the models of some dots; null where the map has no such dot."""
    found = _found()
    known = [dot for dot in asked.dots if 0 <= dot < found.facts.models]
    id_of = dict(zip(known, found.ids(known), strict=True))
    return {"ids": [id_of.get(dot) for dot in asked.dots]}


@bp.get("/map/<layout>/points.bin")
def points(layout: str) -> Response:
    """The dots, in the order of their numbers."""
    found = _found()
    if layout != found.facts.layout:
        raise NotFoundError("There is another map now.", "Load the page again.")
    response = _for_good(found.points, "application/octet-stream")
    if request.accept_encodings.quality("gzip"):
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(found.plain_points())
    response.vary.add("Accept-Encoding")
    return response


@bp.get("/map/<theme>.png")
def picture(theme: str) -> Response:
    """The whole map as a picture."""
    content = _found().pictures.get(theme)
    if content is None:
        raise NotFoundError(f"There is no picture {theme[:20]!r}.", "Known: light, dark.")
    return _for_good(content, "image/png")


def _found() -> HubMap:
    found = hub_map()
    if found is None:
        raise NotFoundError(NO_MAP, HINT)
    return found


def _dot(read: Reader, found: HubMap, name: str) -> int | None:
    """The dot of a model by its name, however it is spelled, or a former name."""
    rows = read(FIND, {"ids": [name.lower()]}).rows
    known = rows[0]["id"] if rows else alias(read, name.lower())
    return found.dot(known) if known else None


def _for_good(content: bytes, mimetype: str) -> Response:
    """What an address with the name of its content returns."""
    response = make_response(content)
    response.mimetype = mimetype
    named = (request.view_args and "layout" in request.view_args) or request.args.get("v")
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR_S}, immutable" if named else "no-cache"
    )
    return response
