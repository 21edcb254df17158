"""Which rules apply to a kind of node, as its declaration in the schema implies."""

from dataclasses import dataclass

from graph.schema import (
    LINEAGE,
    NODE_OF_LABEL,
    NODES,
    OWNERSHIP,
    REFERENCES,
    NodeType,
    RelationshipType,
)


@dataclass(frozen=True)
class Traits:
    """Which rules apply to a kind."""

    node: NodeType
    is_repository: bool  # named `owner/name`, and a placeholder until a record describes it
    has_history: bool  # when it appeared and was absent follows from its changes
    has_counts: bool  # it keeps a series of its counts
    has_size: bool  # its name may give its number of parameters
    ownership: str | None  # type of the relationship from its owner, None without one
    lineage: dict[str, str]  # relation → relationship type to what it was made from
    references: tuple[RelationshipType, ...]  # its relationships that follow from ids it names


def _traits(node: NodeType) -> Traits:
    return Traits(
        node=node,
        is_repository=node.is_repository,
        has_history=node.has_history,
        has_counts=node.has("counted_at"),
        has_size=node.has("parameters_source"),
        ownership=next((r.type for r in OWNERSHIP if r.end == node.label), None),
        lineage={str(r.relation): r.type for r in LINEAGE if r.start == node.label},
        references=tuple(r for r in REFERENCES if r.start == node.label),
    )


TRAITS = {node.label: _traits(node) for node in NODES}
"""Label → which rules apply to such nodes."""

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
