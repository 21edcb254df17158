"""The constraints and indexes that follow from the schema."""

from graph.schema.groups import NODES
from graph.schema.parts import Index


def constraint_statements() -> dict[str, str]:
    """Name of every constraint and index → what creates it; each may be run again to no effect."""
    statements = {}
    for node in NODES:
        for item in node.properties:
            name = f"{node.label.lower()}_{item.name}"
            if item.index is Index.UNIQUE:
                statements[name] = (
                    f"CREATE CONSTRAINT {name} IF NOT EXISTS "
                    f"FOR (n:{node.label}) REQUIRE n.{item.name} IS UNIQUE"
                )
            elif item.index is Index.RANGE:
                statements[name] = (
                    f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{node.label}) ON (n.{item.name})"
                )
        for group in node.found_by:
            name = "_".join((node.label.lower(), *group))
            statements[name] = (
                f"CREATE INDEX {name} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON ({', '.join(f'n.{item}' for item in group)})"
            )
        for sorted_by in node.sorted_by:
            name = f"{node.label.lower()}_{sorted_by}_{node.key}"
            statements[name] = (
                f"CREATE INDEX {name} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON (n.{sorted_by}, n.{node.key})"
            )
        if node.fulltext:
            fields = ", ".join(f"n.{name}" for name in node.fulltext)
            statements[node.fulltext_index] = (
                f"CREATE FULLTEXT INDEX {node.fulltext_index} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON EACH [{fields}]"
            )
    return statements


def secondary_indexes() -> frozenset[str]:
    """Names of the indexes that a large graph, just imported, can be used without for a minute.

    Full-text search, the orders of lists other than by downloads, pairs of filters, who was
    renamed, and placeholders.
    """
    found = set()
    for node in NODES:
        label = node.label.lower()
        found |= {f"{label}_hub_id", f"{label}_known"}
        found |= {"_".join((label, *group)) for group in node.found_by}
        found |= {f"{label}_{name}_{node.key}" for name in node.sorted_by if name != "downloads"}
        if node.fulltext:
            found.add(node.fulltext_index)
    return frozenset(found & constraint_statements().keys())
