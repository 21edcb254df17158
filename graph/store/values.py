"""Values of the driver as plain Python."""

from typing import Any

import neo4j


def plain_row(record: neo4j.Record) -> dict[str, Any]:
    """A row as plain Python: times as `datetime`, nodes and relationships as dicts."""
    return {name: _plain(value) for name, value in dict(record).items()}


class Drawable:
    """Nodes and relationships among values, each once, by the database's own ids.

    Of more than `most` of either the rest is only counted.
    """

    def __init__(self, most_nodes: int, most_links: int) -> None:
        self.most_nodes, self.most_links = most_nodes, most_links
        self.nodes: dict[str, dict[str, Any] | None] = {}  # None: known as an end alone
        self.links: dict[str, tuple[str, str, dict[str, Any]]] = {}  # start, end, the rest
        self.more_nodes: set[str] = set()
        self.more_links: set[str] = set()

    def add(self, value: object) -> None:
        """Take what a value holds."""
        match value:
            case neo4j.graph.Node():
                self._node(value)
            case neo4j.graph.Relationship():
                self._link(value)
            case neo4j.graph.Path():
                self.add([*value.nodes, *value.relationships])
            case dict():
                self.add(list(value.values()))
            case list() if not {*map(type, value)} <= _SCALARS:
                for item in value:
                    self.add(item)

    def _node(self, node: neo4j.graph.Node, *, end: bool = False) -> bool:
        """Keep a node, and say whether there was room; of a mere end nothing else is known."""
        key = node.element_id
        if key not in self.nodes and len(self.nodes) >= self.most_nodes:
            self.more_nodes.add(key)
            return False
        if self.nodes.get(key) is None:
            self.nodes[key] = None if end and not node.labels else _properties(node)
        return True

    def _link(self, link: neo4j.graph.Relationship) -> None:
        ends = [node for node in (link.start_node, link.end_node) if node is not None]
        kept = [self._node(node, end=True) for node in ends]
        if all(kept) and len(self.links) < self.most_links:
            start, end = (node.element_id for node in ends)
            self.links[link.element_id] = (start, end, _properties(link))
        elif link.element_id not in self.links:
            self.more_links.add(link.element_id)


def _properties(value: object) -> dict[str, Any]:
    plain = _plain(value)
    return plain if isinstance(plain, dict) else {}


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _plain(value: object) -> object:
    """Driver values as plain Python: times as `datetime`, nodes and relationships as dicts."""
    match value:
        case neo4j.time.DateTime():
            plain: object = value.to_native()
        case neo4j.graph.Path():
            plain = {"nodes": _plain(list(value.nodes)), "relationships": _plain(list(value))}
        case neo4j.graph.Node():
            plain = {"labels": sorted(value.labels), **{k: _plain(v) for k, v in value.items()}}
        case neo4j.graph.Relationship():
            plain = {"type": value.type, **{k: _plain(v) for k, v in value.items()}}
        case list():
            if {*map(type, value)} <= _SCALARS:  # ten times as fast, and lists may be long
                return value
            plain = [_plain(item) for item in value]
        case dict():
            plain = {key: _plain(item) for key, item in value.items()}
        case _:
            plain = value
    return plain
