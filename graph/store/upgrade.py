"""What an earlier version wrote otherwise; the first command that needs it mends it."""

from graph.schema import GRAPH, MODEL, PUBLISHED, REPOSITORIES, NodeType
from graph.store.connection import Graph, Statement

_IS_DONE = f"MATCH (g:{GRAPH.label} {{id: 'graph'}}) RETURN properties(g) AS done"
_ANY_MODEL = f"MATCH (n:{MODEL.label}) RETURN 1 AS one LIMIT 1"
_DONE = f"MERGE (g:{GRAPH.label} {{id: 'graph'}}) SET g[$name] = true"


def is_older(graph: Graph) -> bool:
    """Whether an earlier version wrote the graph, and none of this one has mended it."""
    return not _MENDED.keys() <= _done(graph).keys() and bool(graph.read(_ANY_MODEL).rows)


def upgrade(graph: Graph) -> None:
    """Mend the graph, in batches; after an interruption the next command goes on.

    Ownership of what is gone ends with it, and gone models have their label: neither was so once.
    """
    done = _done(graph)
    for name, texts in _MENDED.items():
        if not done.get(name):
            for text in texts:
                graph.command(text)
            graph.write(Statement(_DONE, {"name": name}))


def _done(graph: Graph) -> dict[str, object]:
    return graph.read(_IS_DONE).one().get("done") or {}


def _end_ownership(node: NodeType) -> str:
    return f"""MATCH (n:{node.label})<-[p:{PUBLISHED.type}]-()
WHERE n.gone_since IS NOT NULL AND p.gone_since IS NULL
CALL (n, p) {{ SET p.gone_since = n.gone_since }} IN TRANSACTIONS OF 10000 ROWS"""


_MENDED = {
    "owned_while_there": [_end_ownership(node) for node in REPOSITORIES],
    "gone_labelled": [
        f"""MATCH (n:{MODEL.label}) WHERE n.gone_since IS NOT NULL
CALL (n) {{ SET n:{MODEL.gone_label} }} IN TRANSACTIONS OF 10000 ROWS"""
    ],
}
"""The property that says that it was done → what mends it."""
