"""Makes the constraints and indexes of the schema, and waits until they serve."""

import time
from collections.abc import Callable, Collection, Iterable

from graph import schema
from graph.errors import ServerError
from graph.store.connection import Graph

_POLL_S = 0.2
_POPULATED = """
SHOW INDEXES YIELD name, state, populationPercent AS percent WHERE name IN $names
RETURN name, state, percent
"""


def apply_schema(
    graph: Graph,
    advance: Callable[[float], object] = lambda _: None,
    *,
    leave: Collection[str] = (),
) -> None:
    """Create the constraints and indexes that are missing, and wait until they serve.

    A full-text index on other properties, as an earlier version made it, is made anew. Those to
    `leave` are not made now.
    """
    made = graph.command("SHOW INDEXES YIELD name, properties").rows
    covered = {index["name"]: tuple(index["properties"] or ()) for index in made}
    for node in schema.NODES:
        if covered.get(node.fulltext_index, node.fulltext) != node.fulltext:
            graph.command(f"DROP INDEX {node.fulltext_index}")
            del covered[node.fulltext_index]
    missing = {
        name: text
        for name, text in schema.constraint_statements().items()
        if name not in covered and name not in leave
    }
    full_text, ranges, constraints = (
        [text for text in missing.values() if text.startswith(f"CREATE {kind}")]
        for kind in ("FULLTEXT INDEX", "INDEX", "CONSTRAINT")
    )
    for statement in full_text:  # first, as each takes long
        graph.command(statement)
    # What one transaction makes Neo4j fills in one pass over the nodes, mostly on one core: two
    # transactions use two.
    for half in filter(None, (ranges[::2], ranges[1::2])):
        graph.write(*half)
    for statement in constraints:  # each returns only when it is filled, beside the others
        graph.command(statement)
        advance(_populated(graph, missing))
    while missing and (share := _populated(graph, missing)) < 1:
        advance(share)
        time.sleep(_POLL_S)


def _populated(graph: Graph, names: Iterable[str]) -> float:
    """The share of some indexes that is filled.

    Raises:
        ServerError: one cannot be filled.
    """
    rows = graph.command(_POPULATED, {"names": list(names)}).rows
    if failed := [row["name"] for row in rows if row["state"] == "FAILED"]:
        raise ServerError(f"Neo4j could not make the index {', '.join(failed)}.")
    filled = sum(1 if row["state"] == "ONLINE" else row["percent"] / 101 for row in rows)
    return float(filled) / max(1, len(rows))
