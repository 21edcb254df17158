"""What the graph holds of the models, datasets or Spaces, as far as a comparison needs it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from graph.observe.digests import DIGEST
from graph.schema import NodeType
from graph.store.connection import LONG_S, Graph
from graph.store.cypher import find_node
from graph.store.paging import by_number

_NODES = 50_000
"""Numbers of nodes that one query looks at."""
_KEYS = 10_000
"""Nodes that one query finds by their keys."""


class HeldState(IntEnum):
    """How the graph holds what a record describes."""

    PRESENT = 0
    UNFINISHED = 1
    """a run that did not end well wrote it last, and may have left it half written"""
    GONE = 2
    """it was gone when the dump was taken, or before"""
    GONE_LATER = 3
    """it was found to be gone after that"""


class HeldNode(NamedTuple):
    """One described node."""

    key: str  # its id in lower case
    id: str
    hub_id: str | None
    version: str  # of its newest record


def read_known(
    graph: Graph, node: NodeType, advance: Callable[[float], object]
) -> Iterator[Sequence[str]]:
    """Every node of a kind that a record describes: its newest digest and lower-case id, in lists.

    They come in few rows of long lists: a row costs a hundred times what a text in a list does.
    Only two of their properties are looked at, for each costs a fifth of the whole.
    """
    query = f"""MATCH (n:{node.label}) WHERE id(n) = number AND n.record_version IS NOT NULL
RETURN collect(right(n.record_version, {DIGEST}) + n.{node.fold}) AS found"""
    return by_number(graph, node, query, _NODES, advance)


def exceptional(
    graph: Graph, node: NodeType, at: datetime
) -> Iterator[tuple[HeldState, list[str]]]:
    """Keys of those among them that are not `PRESENT`, seen from a dump taken `at` some time."""
    gone = f"""MATCH (n:{node.label}) WHERE n.gone_since IS NOT NULL AND n.known
RETURN CASE WHEN n.gone_since > $at THEN {HeldState.GONE_LATER} ELSE {HeldState.GONE} END AS state,
  collect(n.{node.fold}) AS keys"""
    runs = """MATCH (r:Run) WHERE r.kind IN ['load', 'crawl', 'update']
  AND NOT r.status IN ['complete', 'capped']"""
    unfinished = f"""{runs}
WITH collect(r.started_at) AS starts
MATCH (n:{node.label}) WHERE n.last_seen IN starts AND n.gone_since IS NULL AND n.known
RETURN {HeldState.UNFINISHED} AS state, collect(n.{node.fold}) AS keys"""
    queries = [gone]
    if graph.read(f"{runs} RETURN count(r) AS runs", timeout_s=LONG_S).one()["runs"]:
        queries.append(unfinished)
    for query in queries:
        for row in graph.read(query, {"at": at}, timeout_s=LONG_S).rows:
            yield HeldState(row["state"]), row["keys"]


def held(graph: Graph, node: NodeType, keys: Sequence[str]) -> Iterator[list[HeldNode]]:
    """What the graph holds of nodes that records describe, by their keys; some at a time."""
    query = f"""
UNWIND $keys AS key
{find_node(node, "n", "key")} WHERE n.known
RETURN collect([key, n.{node.key}, n.hub_id, n.record_version]) AS found"""
    for first in range(0, len(keys), _KEYS):
        given = {"keys": keys[first : first + _KEYS]}
        found = graph.read(query, given, timeout_s=LONG_S).one()["found"]
        yield [HeldNode(*each) for each in found]
