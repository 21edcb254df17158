"""The whole schema as plain data."""

from graph.schema.groups import NODES, RELATIONSHIPS
from graph.schema.parts import Property


def to_dict() -> dict[str, object]:
    """The whole schema as plain data, for `hubgraph schema --json` and the API."""

    def properties(items: tuple[Property, ...]) -> list[dict[str, object]]:
        return [
            {
                "name": p.name,
                "type": p.type.value,
                "unit": p.unit or None,
                "description": p.description,
                "source": p.source.value,
                "index": p.index.value if p.index else None,
                "values": list(p.values) or None,
            }
            for p in items
        ]

    return {
        "nodes": [
            {
                "label": n.label,
                "key": n.key,
                "description": n.description,
                "fulltext": list(n.fulltext),
                "properties": properties(n.properties),
            }
            for n in NODES
        ],
        "relationships": [
            {
                "type": r.type,
                "start": r.start,
                "end": r.end,
                "relation": r.relation,
                "description": r.description,
                "properties": properties(r.properties),
            }
            for r in RELATIONSHIPS
        ],
    }
