"""What an earlier version wrote otherwise than this one; the first command that writes mends it."""

from graph.schema import GRAPH, PUBLISHED, REPOSITORIES, NodeType
from graph.store.connection import Graph

_IS_DONE = f"MATCH (g:{GRAPH.label} {{id: 'graph'}}) RETURN g.owned_while_there AS done"
_DONE = f"MERGE (g:{GRAPH.label} {{id: 'graph'}}) SET g.owned_while_there = true"


def upgrade(graph: Graph) -> None:
    """Mend the graph, in batches; after an interruption the next command goes on.

    Ownership of what is gone ends with it, which once was not noted.
    """
    if graph.read(_IS_DONE).one().get("done"):
        return
    for node in REPOSITORIES:
        graph.command(_end_ownership(node))
    graph.write(_DONE)


def _end_ownership(node: NodeType) -> str:
    return f"""MATCH (n:{node.label})<-[p:{PUBLISHED.type}]-()
WHERE n.gone_since IS NOT NULL AND p.gone_since IS NULL
CALL (n, p) {{ SET p.gone_since = n.gone_since }} IN TRANSACTIONS OF 10000 ROWS"""
