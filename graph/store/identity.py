"""Which graph this is: what goes on later can tell whether its graph was replaced meanwhile.

Runs that go on, and what a page has cached, are of one graph.

Every graph has an identity of its own, made when it is first asked for. A restored graph gets a new
one, for it is not the one that was backed up: what was written since the backup is not in it.
"""

from graph.schema import GRAPH
from graph.store.connection import Graph
from graph.store.indexes import apply_schema

_GRAPH = f"MERGE (g:{GRAPH.label} {{id: 'graph'}})"


def identity(graph: Graph) -> str:
    """The identity of a graph, an arbitrary text."""
    apply_schema(graph)  # so that two who ask for it first get the same
    written = graph.write(
        f"{_GRAPH} SET g.identity = coalesce(g.identity, randomUUID()) "
        "RETURN g.identity AS identity"
    )
    return str(written[0]["identity"])


def holds(graph: Graph, run_id: str) -> bool:
    """Whether a run wrote to this graph.

    An older copy, put back by other means than `restore`, has the identity but not the run.
    """
    found = graph.read("MATCH (r:Run {id: $id}) RETURN count(r) AS runs", {"id": run_id})
    return bool(found.one()["runs"])


def renew_identity(graph: Graph) -> None:
    """Make this another graph than the one it was copied from."""
    graph.write(f"{_GRAPH} SET g.identity = randomUUID()")
