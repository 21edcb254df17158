"""The constraints and indexes that follow from the schema."""

from graph.schema.groups import NODES
from graph.schema.parts import Index


def constraint_statements() -> dict[str, str]:
    """Name of every constraint and index → what creates it; each may be run again to no effect."""
    found = {}
    for node in NODES:
        label, on = node.label.lower(), f"IF NOT EXISTS FOR (n:{node.label})"
        ranged = [(item.name,) for item in node.properties if item.index is Index.RANGE]
        lists = [(name, node.key) for name in node.sorted_by]
        for item in node.properties:
            if item.index is Index.UNIQUE:
                name = f"{label}_{item.name}"
                found[name] = f"CREATE CONSTRAINT {name} {on} REQUIRE n.{item.name} IS UNIQUE"
        for group in (*ranged, *node.found_by, *lists):
            name, fields = "_".join((label, *group)), ", ".join(f"n.{item}" for item in group)
            found[name] = f"CREATE INDEX {name} {on} ON ({fields})"
        if node.fulltext:
            name, fields = node.fulltext_index, ", ".join(f"n.{item}" for item in node.fulltext)
            found[name] = f"CREATE FULLTEXT INDEX {name} {on} ON EACH [{fields}]"
    return found


def secondary_indexes() -> frozenset[str]:
    """Names of the indexes that a large graph, just imported, can be used without for a minute.

    Full-text search, the orders of lists other than by downloads, pairs of filters, who was
    renamed, and placeholders.
    """
    found = set()
    for node in NODES:
        label = node.label.lower()
        lists = [(name, node.key) for name in node.sorted_by if name != "downloads"]
        groups = (("hub_id",), ("known",), *node.found_by, *lists)
        found |= {node.fulltext_index, *("_".join((label, *group)) for group in groups)}
    return frozenset(found & constraint_statements().keys())
