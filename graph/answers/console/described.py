"""What a graph consists of, for those who write queries: labels, relationship types, properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph import schema
from graph.answers.precomputing import SMALL
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue
from graph.schema.kept import ANSWER


@dataclass(frozen=True)
class Described:
    """A label or a relationship type."""

    name: str
    count: int
    description: str
    ends: str  # of a relationship type: from and to
    properties: list[dict[str, Any]]  # name, type, description; `filled`: share that has it, 0 to 1


def labels_and_types(read: Reader) -> tuple[list[Described], list[Described]]:
    """All labels, and all relationship types, with how many there are."""
    counts = {row["name"]: row["n"] for row in read(COUNTS).rows}
    filled = {schema.MODEL.label: _filled(read, counts)}
    labels = [
        _described(node, node.label, counts, "", filled.get(node.label, {}))
        for node in schema.NODES
    ]
    types = [
        _described(group[0], name, counts, ", ".join(f"{r.start} → {r.end}" for r in group), {})
        for name, group in _by_type().items()
    ]
    return labels, types


def _filled(read: Reader, counts: Mapping[str, int]) -> dict[str, float]:
    """Which share of the models that records describe has a property; only where that is at hand.

    A large graph has the answer precomputed, or does not get asked.
    """
    if counts.get(ANSWER.label, 0) == 0 and counts.get(schema.MODEL.label, 0) >= SMALL:
        return {}
    return {
        row["field"]: 1 - (row["missing"] + row["unseen"]) / row["models"]
        for row in read(catalogue()["missing-data"]).rows
    }


def _described(
    item: schema.NodeType | schema.RelationshipType,
    name: str,
    counts: Mapping[str, int],
    ends: str,
    filled: Mapping[str, float],
) -> Described:
    properties = [
        {
            "name": p.name,
            "type": p.type.value,
            "description": p.description,
            "filled": filled.get(p.name),
        }
        for p in item.properties
    ]
    return Described(name, counts.get(name, 0), item.description, ends, properties)


def _by_type() -> dict[str, list[schema.RelationshipType]]:
    """One type may stand between several pairs of labels."""
    found: dict[str, list[schema.RelationshipType]] = {}
    for relationship in schema.RELATIONSHIPS:
        found.setdefault(relationship.type, []).append(relationship)
    return found


COUNTS = Query(
    "console-counts",
    "Nodes by label and relationships by type",
    "\nUNION ALL\n".join(
        [f"MATCH (:{n.label}) RETURN '{n.label}' AS name, count(*) AS n" for n in schema.NODES]
        + [f"MATCH ()-[:{t}]->() RETURN '{t}' AS name, count(*) AS n" for t in _by_type()]
    ),
)
"""The database has these counts at hand."""
