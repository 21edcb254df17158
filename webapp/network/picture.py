"""A selection with sizes and positions: what the drawing, the table and the JSON twin show."""

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from graph.answers.network.content import Network
from graph.answers.query import Asked
from graph.schema import RELATIONS
from webapp.network.layout import Item, layered, radial
from webapp.network.parameters import LISTED, NetworkParameters

SMALLEST, LARGEST = 4.0, 28.0
"""Radius of a model that nothing counts for, and of the one that counts most, in pixels."""
SMALLEST_BUBBLE = 7.0
"""Radius of an aggregate of few; the largest grows with the logarithm of its count."""
LEAST_SCALE = 100.0
"""Effective descendants that are drawn largest when no drawn model has more."""
LEAST_MODELS = 20.0
"""The same of models of an author."""


@dataclass(frozen=True)
class QueryEcho:
    """What was asked for, defaults filled in."""

    models: list[str]
    view: str
    top: int | None
    listed: list[str]  # `name=value`: what chooses the list of which these are the first
    children: int
    relations: list[str]
    up: int
    down: int
    layout: str
    limit: int
    as_of: str | None


@dataclass(frozen=True)
class NetworkAnswer:
    """The network as columns: one list per property, links as positions in those lists."""

    query: QueryEcho
    nodes: dict[str, Any]
    edges: dict[str, list[Any]]  # `s` (child), `t` (base), `cut`: why scores leave the link out
    aggregates: dict[str, list[Any]]  # the children that are not drawn, per base and relation
    roots: list[int]  # positions of the models it starts from
    totals: dict[str, dict[str, int | None]]  # relation → links drawn, aggregated and filtered out
    scale: float  # effective descendants, or models of an author, of the largest radius
    missing: list[str]  # ids asked for that the graph does not hold
    undated: int | None  # of a past time: models without a date of creation; None for now
    truncated: str | None  # `room` or `time` when models within the asked steps were left out
    ways: dict[str, Any] | None  # between the two models of `path`, and their common ancestor
    too_many: dict[str, Any] | None  # in `full`: how many there are, where that is too many


@dataclass(frozen=True)
class Packed:
    """A network and the queries behind it, small enough to be cached at every size."""

    content: bytes
    queries: list[Asked]

    @classmethod
    def of(cls, answer: NetworkAnswer, queries: list[Asked]) -> Self:
        """Pack it: 2,000 models take about 90 KB."""
        text = json.dumps({**vars(answer), "query": vars(answer.query)}, separators=(",", ":"))
        return cls(zlib.compress(text.encode(), 1), queries)

    @property
    def answer(self) -> NetworkAnswer:
        """The network again."""
        found = json.loads(zlib.decompress(self.content))
        return NetworkAnswer(**found | {"query": QueryEcho(**found["query"])})


def draw(selection: Network, asked: NetworkParameters, undated: int | None = None) -> NetworkAnswer:
    """Give everything its place and write it down in columns."""
    models, aggregates = selection.models, selection.aggregates
    least = LEAST_SCALE if asked.view in ("top", "full") else LEAST_MODELS
    scale = max([least, *(m.size or 0.0 for m in models)])
    spots = _spots(selection, asked.layout, scale)
    facts = (
        "task",
        "license",
        "parameters",
        "created_at",
        "downloads",
        "likes",
        "influence_rank",
        "descendants",
    )
    return NetworkAnswer(
        query=_echo(asked),
        nodes={
            "id": [m.id for m in models],
            **_columns(("x", "y", "radius"), spots[: len(models)]),
            "role": [m.role for m in models],
            "via": [m.via for m in models],
            "steps": [m.steps for m in models],
            "relation": [m.relation for m in models],
            "known": [bool(m.facts["known"]) for m in models],
            "gone": [m.facts.get("gone", False) for m in models],
            "suspected": [m.facts.get("suspected", False) for m in models],
            "bases_left_out": [m.bases_left_out for m in models],
            **{name: [m.facts.get(name) for m in models] for name in facts},
            "effective_descendants": [_short(m.facts.get("effective_descendants")) for m in models],
            "kind": [m.kind for m in models],
            "models": [m.models for m in models],
            "own": [m.own for m in models],
            "author_kind": [m.facts.get("author_kind") for m in models],
            "children": {r: [m.children[r] for m in models] for r in RELATIONS},
        },
        edges={
            "s": [link.child for link in selection.links],
            "t": [link.base for link in selection.links],
            "relation": [link.relation for link in selection.links],
            "cut": [link.cut for link in selection.links],
            "verdict": [link.verdict for link in selection.links],
            "count": [link.count for link in selection.links],
            "through": [link.through for link in selection.links],
        },
        aggregates={
            "parent": [a.base for a in aggregates],
            "relation": [a.relation for a in aggregates],
            "count": [a.count for a in aggregates],
            **_columns(("x", "y", "radius"), spots[len(models) :]),
        },
        roots=[place for place, m in enumerate(models) if m.role == "start"],
        totals={
            relation: {"drawn": t.drawn, "aggregated": t.aggregated, "filtered": t.filtered}
            for relation, t in selection.totals.items()
        },
        scale=scale,
        missing=selection.missing,
        undated=undated,
        truncated=selection.truncated,
        ways={"ways": selection.ways.ways, "common": selection.ways.common}
        if selection.ways
        else None,
        too_many=vars(selection.too_many) if selection.too_many else None,
    )


def _spots(selection: Network, layout: str, scale: float) -> list[tuple[float, float, float]]:
    """Position and radius of every model, then of every aggregate, in pixels at zoom 1."""
    items = [
        Item(
            parent=-1 if model.via is None else model.via,
            radius=round(radius(model.size or 0.0, scale), 1),
            group=_group(model.relation),
            above=model.role == "base",
        )
        for model in selection.models
    ]
    most = max((a.count for a in selection.aggregates), default=1)
    items += [
        Item(
            parent=a.base,
            radius=round(bubble(a.count, most), 1),
            group=_group(a.relation),
            last=True,
        )
        for a in selection.aggregates
    ]
    place = radial if layout == "radial" else layered
    return [
        (round(x), round(y), item.radius) for (x, y), item in zip(place(items), items, strict=True)
    ]


def _columns(names: Sequence[str], rows: Sequence[Sequence[float]]) -> dict[str, list[float]]:
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}


def radius(effective: float, scale: float) -> float:
    """Radius of a model: its area above the smallest grows with its effective descendants."""
    return SMALLEST + (LARGEST - SMALLEST) * math.sqrt(min(1.0, effective / scale))


def bubble(count: int, most: int) -> float:
    """Radius of an aggregate: its area grows with its count, up to that of the largest.

    So a family that is mostly adapters looks like one.
    """
    largest = SMALLEST_BUBBLE * (1 + math.log10(most))
    return max(SMALLEST_BUBBLE, largest * math.sqrt(count / most))


def _echo(asked: NetworkParameters) -> QueryEcho:
    request = asked.request
    return QueryEcho(
        models=list(request.models),
        view=request.view,
        top=None if request.models else request.top,
        listed=[f"{name}={value}" for name, value in asked.pairs() if name in LISTED],
        children=request.children,
        relations=list(request.relations),
        up=request.up,
        down=request.down,
        layout=asked.layout,
        limit=request.limit,
        as_of=request.as_of.isoformat() if request.as_of else None,
    )


def _group(relation: str | None) -> int:
    return RELATIONS.index(relation) if relation in RELATIONS else len(RELATIONS)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
