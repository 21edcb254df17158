"""Nodes and relationships that a query returned, as a graph to draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.answers.query import Query
from graph.schema import NODE_OF_LABEL
from graph.store.connection import Graph
from graph.store.values import Drawable

MOST_NODES = 2_000
MOST_LINKS = 8_000
MOST_FACTS = 10
"""Properties of a node that are shown beside the drawing."""
LONGEST_FACT = 200
_FIRST = ("task", "license", "author", "kind", "downloads", "likes", "created_at", "descendants")
_ENDS = Query(
    "console-ends",
    "Ends of relationships that were returned without them",
    "MATCH (n) WHERE elementId(n) IN $keys RETURN elementId(n) AS key, n AS node",
)


@dataclass(frozen=True)
class ResultNode:
    """A node of the result."""

    label: str  # of its labels the one that says its kind
    name: str  # what identifies it; else its label
    values: Mapping[str, Any]  # its properties

    @property
    def facts(self) -> list[tuple[str, object]]:
        """The first of its properties, those first that say most."""
        names = [*_FIRST, *(name for name in self.values if name not in _FIRST)]
        found = [(name, self.values[name]) for name in names if name in self.values]
        short = [(name, value) for name, value in found if not isinstance(value, list | dict)]
        cut = [(n, v[:LONGEST_FACT] if isinstance(v, str) else v) for n, v in short]
        return [(n, v) for n, v in cut if v is not None and v != self.name][:MOST_FACTS]


@dataclass(frozen=True)
class ResultLink:
    """A relationship of the result; its ends as positions among the nodes."""

    start: int
    end: int
    type: str
    cut: str | None  # why scores leave it out


@dataclass(frozen=True)
class ResultGraph:
    """What can be drawn of a result."""

    nodes: list[ResultNode]
    links: list[ResultLink]
    nodes_left_out: int  # beyond `MOST_NODES`
    links_left_out: int  # beyond `MOST_LINKS`, or of a node that is left out


def result_graph(graph: Graph, found: Drawable, timeout_s: float) -> ResultGraph | None:
    """The graph of what a query returned; None if it returned no node and no relationship."""
    if not found.nodes:
        return None
    unread = [key for key, values in found.nodes.items() if values is None]
    if unread and timeout_s > 0:
        rows = graph.read(_ENDS.cypher, {"keys": unread}, timeout_s=timeout_s).rows
        found.nodes |= {row["key"]: row["node"] for row in rows}
    places = {key: place for place, key in enumerate(found.nodes)}
    return ResultGraph(
        [_node(values or {}) for values in found.nodes.values()],
        [
            ResultLink(places[start], places[end], values["type"], values.get("cut"))
            for start, end, values in found.links.values()
        ],
        len(found.more_nodes),
        len(found.more_links),
    )


def _node(values: Mapping[str, Any]) -> ResultNode:
    labels = values.get("labels") or []
    label = next((name for name in labels if name in NODE_OF_LABEL), "")
    rest = {name: value for name, value in values.items() if name != "labels"}
    name = rest.get(NODE_OF_LABEL[label].key) if label else None
    return ResultNode(label or next(iter(labels), "node"), str(name or label or "node"), rest)
