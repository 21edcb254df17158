"""What pages show of the map: its continents and families, what a filter selects, one model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from graph.answers.filters import Parts
from graph.answers.map.forest import NO_RELATION
from graph.answers.map.hub_map import HubMap
from graph.answers.map.points import PLANES, RADII, RELATION_BITS, STEPS
from graph.answers.parameters import Flag, Number, OneOf, Parameters, Text, Texts, Whole
from graph.schema import RELATIONS
from graph.scores.lineage import BoolArray

NO_BASE = "none"
MADE = (*RELATIONS, NO_BASE)
"""How a model was made, by the code in the file."""
COLOURS = ("relation", "task", "month", "licence", "verdict", "publisher")
FAMILIES = 10
"""Families that are listed of each continent."""
MOST_NAMES = 200
MOST_BRIDGES = 300
"""Merges between families that are given of a part of the map."""
MOST_CHILDREN = 200
"""Children with children of their own whose places are given with a model, the largest first."""


def _month(text: str) -> str:
    if text and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise ValueError("no month")
    return text


Month = Annotated[Text, AfterValidator(_month)]


class MapParameters(Parameters):
    """What the map accepts: what is shown of it, and how it is looked at."""

    task: Texts = Field([], description="Tasks, as the map names them.")
    rel: Annotated[list[Annotated[str, OneOf(*MADE)]], Parts] = Field(
        [], description="How they were made."
    )
    from_: Month = Field("", alias="from", description="Created in this month or later: 2024-03.")
    to: Month = Field("", description="Created in this month or before.")
    hide: Flag = Field(False, description="Whether the others are hidden, instead of faded.")
    color: Annotated[str, OneOf(*COLOURS)] = Field(
        COLOURS[0], description="What colours stand for."
    )
    bridges: Flag = Field(False, description="Whether lines lead from merges to other families.")
    focus: Text = Field("", description="Id of the model that is chosen.")
    at: Text = Field("", description="Where is looked at: x, y and pixels of a unit.")


@dataclass(frozen=True)
class MapFamily:
    """An island: the tree of models below a root, with those in it."""

    id: str
    models: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class MapContinent:
    """Models whose root has a task; the largest of its `families_total` families are listed."""

    task: str
    models: int
    shown: int
    x: float
    y: float
    radius: float
    families_total: int
    families: list[MapFamily]


@dataclass(frozen=True)
class CodedColumn:
    """A byte of each dot in the file: its words by code, and how many models have each."""

    name: str
    words: list[str]
    models: list[int]


@dataclass(frozen=True)
class MapAnswer:
    """The map as a whole; of its `models` the filter lets `shown` through.

    Lengths are in distances of two dots, and `radius` is that of the whole, around 0, 0. The file
    of dots has its coordinates in `steps` from one edge to the other.
    """

    layout: str
    drawn_at: str
    models: int
    shown: int
    radius: float
    steps: int
    relation_bits: int
    radii: list[float]
    columns: list[CodedColumn]
    families_total: int
    continents: list[MapContinent]


@dataclass(frozen=True)
class MapIslands:
    """The largest of `total` families, as columns; `dot` is that of the root."""

    total: int
    id: list[str]
    dot: list[int]
    x: list[float]
    y: list[float]
    radius: list[float]
    models: list[int]


@dataclass(frozen=True)
class MapDot:
    """A model on the map."""

    dot: int
    id: str
    x: float
    y: float
    relation: str | None


@dataclass(frozen=True)
class MapBridges:
    """Merges with a base in another family, of which one end lies in a box, as columns.

    Of `total` the first are given, those of the bases from which most was made.
    """

    total: int
    x: list[float]
    y: list[float]
    base_x: list[float]
    base_y: list[float]


@dataclass(frozen=True)
class MapPlace:
    """A model, what it was made from, step by step, and its `children_total` children.

    The parent is one of its bases, the one that most models were made from. Of the children the
    largest are given as columns, up to 200 of those from which others were made in turn.
    """

    model: MapDot
    task: str | None
    month: str | None
    ancestors: list[MapDot]
    children_total: int
    children: dict[str, list[float]]


def map_answer(found: HubMap, asked: MapParameters) -> MapAnswer:
    """The whole map, with what a filter lets through."""
    facts = found.facts
    continent = found.column("continent")
    shown = selected(found, asked)
    size = len(facts.tasks)
    totals = np.bincount(continent, minlength=size).tolist()
    counts = np.bincount(continent[shown], minlength=size).tolist()
    families = _families(found)
    places = {code: place for code, *place in facts.continents}
    continents = [
        MapContinent(task, totals[code], counts[code], *_disc(places.get(code)),
                     families.get(code, []))
        for code, task in enumerate(facts.tasks) if totals[code]
    ]  # fmt: skip
    continents.sort(key=lambda one: (-one.models, one.task))
    return MapAnswer(
        facts.layout,
        facts.drawn_at,
        facts.models,
        int(shown.sum()),
        facts.radius,
        STEPS,
        RELATION_BITS,
        [round(radius, 3) for radius in RADII],
        [_column(found, name) for name in PLANES],
        facts.islands_total,
        continents,
    )


def selected(found: HubMap, asked: MapParameters) -> BoolArray:
    """Which dots a filter lets through."""
    facts = found.facts
    chosen = np.ones(facts.models, dtype=np.bool_)
    if asked.task:
        codes = [code for code, task in enumerate(facts.tasks) if task in asked.task]
        chosen &= np.isin(found.column("task"), codes)
    if asked.rel:
        chosen &= np.isin(_relations(found), [MADE.index(word) for word in asked.rel])
    if asked.from_ or asked.to:
        months = facts.months
        codes = [
            code
            for code, month in enumerate(months)
            if code and asked.from_ <= month <= (asked.to or months[-1])
        ]
        chosen &= np.isin(found.column("month"), codes)
    return chosen


def map_islands(found: HubMap) -> MapIslands:
    """The families of which the map knows the name."""
    dots, x, y, radius, models = _columns(found.facts.islands, 5)
    return MapIslands(found.facts.islands_total, found.ids(dots), dots, x, y, radius, models)


def map_bridges(found: HubMap, box: Sequence[float]) -> MapBridges:
    """The merges between families that begin or end between the corners of a box."""
    left, top, right, bottom = (found.steps(value) for value in box)
    x, y = (found.column(name)[found.bridges] for name in ("x", "y"))
    inside = ((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).any(axis=0)
    of = np.flatnonzero(inside)
    child, base = found.bridges[:, of[:MOST_BRIDGES]]
    ends = (_coordinate(found, name, dots) for dots in (child, base) for name in ("x", "y"))
    return MapBridges(int(of.size), *ends)


def map_place(found: HubMap, dot: int) -> MapPlace:
    """One model and its next of kin."""
    facts, parent = found.facts, found.column("parent")
    line = [dot]
    while (above := int(parent[line[-1]])) >= 0:
        line.append(above)
    made = found.column("made")
    children = np.flatnonzero(parent == dot)
    size = (made[children] >> RELATION_BITS).astype(np.int64)
    first = children[np.argsort(-size, kind="stable")][: min(MOST_CHILDREN, int((size > 0).sum()))]
    model, *ancestors = map_dots(found, line)
    x, y = (_coordinate(found, name, first) for name in ("x", "y"))
    codes = {name: int(found.column(name)[dot]) for name in ("task", "month")}
    return MapPlace(
        model,
        facts.tasks[codes["task"]] if codes["task"] else None,
        facts.months[codes["month"]] if codes["month"] else None,
        ancestors,
        int(children.size),
        {"x": x, "y": y, "relation": _relations(found)[first].tolist()},
    )


def map_dots(found: HubMap, dots: Sequence[int]) -> list[MapDot]:
    """Names and places of some dots."""
    x, y = (_coordinate(found, name, dots) for name in ("x", "y"))
    relation = _relations(found)[list(dots)].tolist()
    words = [RELATIONS[code] if code < NO_RELATION else None for code in relation]
    return [MapDot(*dot) for dot in zip(dots, found.ids(dots), x, y, words, strict=True)]


def _relations(found: HubMap) -> Any:
    return found.column("made") & (2**RELATION_BITS - 1)


def _coordinate(found: HubMap, name: str, dots: Any) -> list[float]:
    steps = found.column(name)[list(dots)].astype(np.float64)
    place: list[float] = ((steps / STEPS * 2 - 1) * found.facts.radius).round(2).tolist()
    return place


def _disc(place: Sequence[Any] | None) -> tuple[float, float, float, int]:
    """Where a continent is; what is only sea is everywhere."""
    return (place[0], place[1], place[2], place[3]) if place else (0.0, 0.0, 0.0, 0)


def _families(found: HubMap) -> dict[int, list[MapFamily]]:
    """The largest of each continent, by its code."""
    continent = found.column("continent")
    first: dict[int, list[tuple[int, float, float, float, int]]] = {}
    for island in found.facts.islands:
        listed = first.setdefault(int(continent[island[0]]), [])
        if len(listed) < FAMILIES:
            listed.append(island)
    names = {code: found.ids([island[0] for island in listed]) for code, listed in first.items()}
    return {
        code: [
            MapFamily(id_, models, x, y, radius)
            for id_, (_, x, y, radius, models) in zip(names[code], listed, strict=True)
        ]
        for code, listed in first.items()
    }


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _column(found: HubMap, name: str) -> CodedColumn:
    facts = found.facts
    words = {
        "made": list(MADE),
        "task": facts.tasks,
        "month": facts.months,
        "licence": facts.licences,
        "verdict": facts.verdicts,
        "publisher": facts.publishers,
        "continent": facts.tasks,
    }[name]
    codes = _relations(found) if name == "made" else found.column(name)
    return CodedColumn(name, words, np.bincount(codes, minlength=len(words)).tolist())


class PlaceParameters(Parameters):
    """What is asked of one model: its name or its dot."""

    m: Text = Field("", description="Id of the model.")
    dot: Whole | None = Field(None, ge=0, le=10**9, description="Number of its dot, without an id.")


class BridgesParameters(Parameters):
    """Of which part of the map bridges are asked for."""

    box: Annotated[list[Number], Parts, Field(min_length=4, max_length=4)] = Field(
        [-(10.0**6), -(10.0**6), 10.0**6, 10.0**6],
        description="Left, top, right and bottom, in distances of two dots.",
    )


class NamesParameters(Parameters):
    """Which dots are asked for."""

    dots: Annotated[list[Whole], Parts, Field(max_length=MOST_NAMES)] = Field(
        [], description=f"Numbers of at most {MOST_NAMES} dots."
    )
