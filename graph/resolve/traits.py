"""Which relationships follow from what a node is and states, as the schema declares it."""

from graph.schema import LINEAGE, NODE_OF_LABEL, OWNERSHIP, REFERENCES

OWNERSHIP_OF = {r.end: r.type for r in OWNERSHIP}
"""Label → type of the relationship from the owner."""

LINEAGE_OF = {
    label: {str(r.relation): r.type for r in LINEAGE if r.start == label} for label in NODE_OF_LABEL
}
"""Label → relation → type of the relationship to what a node was made from."""

REFERENCES_OF = {label: [r for r in REFERENCES if r.start == label] for label in NODE_OF_LABEL}
"""Label → the relationships that follow from ids it names."""

COUNTED = {
    label: frozenset(item.name for item in node.properties if item.is_counted)
    for label, node in NODE_OF_LABEL.items()
}
"""Label → what the Hub counts of a node: it changes without the node being changed."""

REFERENCE_TYPES = frozenset(r.type for r in REFERENCES)
LINEAGE_TYPES = frozenset(r.type for r in LINEAGE)
OWNERSHIP_TYPES = frozenset(r.type for r in OWNERSHIP)


def merge_key(label: str, spelling: str) -> str:
    """What a node of this spelling is merged on."""
    return spelling.lower() if NODE_OF_LABEL[label].fold else spelling


def ids_in(value: object) -> list[str]:
    """The ids in a property that names other nodes: one, or a list of them."""
    if isinstance(value, list):
        return value
    return [str(value)] if value else []
