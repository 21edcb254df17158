"""The graph that a query returned, in the columns that the painter of networks reads."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.answers.console.drawn import ResultGraph, ResultLink, ResultNode
from graph.answers.json_values import json_value
from graph.schema import AUTHOR, MODEL, RELATION_OF_TYPE, RELATIONS
from webapp.network.layout import Item, radial
from webapp.network.picture import LEAST_MODELS, LEAST_SCALE, radius

PLAIN_RADIUS = 7.0
"""Of what is neither a model nor an author."""


@dataclass(frozen=True)
class DrawnResult:
    """Nodes and relationships in columns, with a place for each; the like of `NetworkAnswer`."""

    nodes: dict[str, list[Any]]
    edges: dict[str, list[Any]]  # `s` and `t`: start and end, as positions among the nodes
    aggregates: dict[str, list[Any]]  # none
    roots: list[int]  # of each part of the drawing, the node with most relationships
    left_out: dict[str, int]  # `nodes` and `links` of the result that are not drawn
    query: dict[str, str]  # how it is drawn


def drawn(found: ResultGraph) -> DrawnResult:
    """Give every node its place."""
    nodes, links = found.nodes, found.links
    near: list[list[int]] = [[] for _ in nodes]
    for link in links:
        near[link.start].append(link.end)
        near[link.end].append(link.start)
    via = list(_forest(near))
    made = _relations(nodes, links, via)
    published = [sum(nodes[n].label == MODEL.label for n in set(around)) for around in near]
    sizes = _sizes(nodes, published)
    items = [
        Item(-1 if up is None else up, size, RELATIONS.index(r) if r else len(RELATIONS))
        for up, size, r in zip(via, sizes, made, strict=True)
    ]
    spots = radial(items)
    return DrawnResult(
        nodes={
            "id": [node.name for node in nodes],
            "label": [node.label for node in nodes],
            "kind": [_KINDS.get(node.label, "other") for node in nodes],
            "x": [round(x) for x, _ in spots],
            "y": [round(y) for _, y in spots],
            "radius": sizes,
            "via": via,
            "role": [
                "start" if up is None and around else "child"
                for up, around in zip(via, near, strict=True)
            ],
            "relation": made,
            "known": [node.values.get("known") is not False for node in nodes],
            "gone": [node.values.get("gone_since") is not None for node in nodes],
            "suspected": [node.values.get("suspected_since") is not None for node in nodes],
            "influence_rank": [node.values.get("influence_rank") for node in nodes],
            "task": [node.values.get("task") for node in nodes],
            "downloads": [node.values.get("downloads") for node in nodes],
            "author_kind": [node.values.get("kind") for node in nodes],
            "models": published,
            "facts": [json_value(dict(node.facts)) for node in nodes],
        },
        edges={
            "s": [link.start for link in links],
            "t": [link.end for link in links],
            "relation": [RELATION_OF_TYPE.get(link.type, link.type) for link in links],
            "cut": [link.cut for link in links],
            "verdict": [None] * len(links),
            "count": [1] * len(links),
            "through": [None] * len(links),
        },
        aggregates={name: [] for name in ("parent", "relation", "count", "x", "y", "radius")},
        roots=[i for i, up in enumerate(via) if up is None],
        left_out={"nodes": found.nodes_left_out, "links": found.links_left_out},
        query={"layout": "radial", "view": "result"},
    )


_KINDS = {MODEL.label: "model", AUTHOR.label: "author"}


def _forest(near: Sequence[Sequence[int]]) -> Iterator[int | None]:
    """What each node hangs on in the drawing: of each part the one with most links is the root."""
    via: dict[int, int | None] = {}
    for root in sorted(range(len(near)), key=lambda i: -len(near[i])):
        if root in via:
            continue
        via[root] = None
        waiting = deque([root])
        while waiting:
            here = waiting.popleft()
            for other in near[here]:
                if other not in via:
                    via[other] = here
                    waiting.append(other)
    return (via[i] for i in range(len(near)))


def _relations(
    nodes: Sequence[ResultNode], links: Sequence[ResultLink], via: Sequence[int | None]
) -> list[str | None]:
    """How each model was made, as the link says on which it hangs, else its first."""
    made: list[str | None] = [None] * len(nodes)
    for link in links:
        relation = RELATION_OF_TYPE.get(link.type)
        if relation and (made[link.start] is None or via[link.start] == link.end):
            made[link.start] = relation
    return made


def _sizes(nodes: Sequence[ResultNode], published: Sequence[int]) -> list[float]:
    """Radius of each, in pixels at zoom 1."""
    effective = [node.values.get("effective_descendants") or 0.0 for node in nodes]
    most = max([LEAST_SCALE, *effective])
    models = max([LEAST_MODELS, *published])
    return [
        round(radius(effect, most), 1)
        if node.label == MODEL.label
        else round(radius(count, models), 1)
        if node.label == AUTHOR.label
        else PLAIN_RADIUS
        for node, effect, count in zip(nodes, effective, published, strict=True)
    ]
