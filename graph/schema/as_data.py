"""The whole schema as plain data."""

from graph.schema.groups import NODES, RELATIONSHIPS
from graph.schema.parts import NodeType, RelationshipType

_OF_NODE = ("label", "key", "description", "fulltext")
_OF_RELATIONSHIP = ("type", "start", "end", "relation", "description")
_OF_PROPERTY = ("name", "type", "unit", "description", "source", "index", "values")


def to_dict() -> dict[str, object]:
    """The whole schema as plain data, for `hubgraph schema --json` and the API."""
    return {
        "nodes": [_described(node, _OF_NODE) for node in NODES],
        "relationships": [_described(link, _OF_RELATIONSHIP) for link in RELATIONSHIPS],
    }


def _described(item: NodeType | RelationshipType, names: tuple[str, ...]) -> dict[str, object]:
    properties = [
        {name: getattr(p, name) or None for name in _OF_PROPERTY} for p in item.properties
    ]
    return {name: getattr(item, name) for name in names} | {"properties": properties}
