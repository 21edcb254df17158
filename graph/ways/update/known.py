"""What the graph holds of the models, datasets or Spaces, as far as a comparison needs it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from graph.observe.digests import DIGEST
from graph.schema import NodeType
from graph.store.connection import Graph
from graph.store.cypher import find_node

TIMEOUT_S = 600
"""Time limit of one query in seconds; each takes about one."""

_NODES = 50_000
"""Numbers of nodes that one query looks at."""
_KEYS = 10_000
"""Nodes that one query finds by their keys."""
_READERS = 2
"""Queries at a time: one is worked out while the answer of the other is read."""


class HeldState(IntEnum):
    """How the graph holds what a record describes."""

    PRESENT = 0
    UNFINISHED = 1
    """a run that did not end well wrote it last, and may have left it half written"""
    GONE = 2
    """it was gone when the dump was taken, or before"""
    GONE_LATER = 3
    """it was found to be gone after that"""


class Known(NamedTuple):
    """Some described nodes.

    Attributes:
        texts: the digest of each one's newest record, then its id in lower case.
        share: how much has been read of the graph up to here, 0 to 1.
    """

    texts: Sequence[str]
    share: float


class HeldNode(NamedTuple):
    """One described node.

    Attributes:
        key: its id in lower case.
        id: its id.
        hub_id: the Hub's `_id`, if it is known.
        version: of its newest record.
    """

    key: str
    id: str
    hub_id: str | None
    version: str


def read_known(graph: Graph, node: NodeType) -> Iterator[Known]:
    """Every node of a kind that a record describes.

    They come in few rows of long lists, by the numbers of the nodes: a row costs a hundred times
    what a text in a list does, and that order is the one in which they lie on the disk. Only two of
    their properties are looked at, for each costs a fifth of the whole.
    """
    last = graph.read(f"MATCH (n:{node.label}) RETURN max(id(n)) AS last", timeout_s=TIMEOUT_S)
    starts = range(0, (last.one()["last"] or 0) + 1, _NODES)
    query = f"""
UNWIND range($first, $first + {_NODES - 1}) AS number
MATCH (n:{node.label}) WHERE id(n) = number AND n.record_version IS NOT NULL
RETURN collect(right(n.record_version, {DIGEST}) + n.{node.fold}) AS texts"""

    def some(first: int) -> list[str]:
        found: list[str] = graph.read(query, {"first": first}, timeout_s=TIMEOUT_S).one()["texts"]
        return found

    with ThreadPoolExecutor(_READERS, "hubgraph-read") as pool:
        for done, texts in enumerate(pool.map(some, starts), 1):
            yield Known(texts, done / len(starts))


def exceptional(
    graph: Graph, node: NodeType, at: datetime
) -> Iterator[tuple[HeldState, list[str]]]:
    """Keys of those among them that are not `PRESENT`.

    Args:
        graph: where they are.
        node: their kind.
        at: when the dump was taken that they are compared with.
    """
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
    if graph.read(f"{runs} RETURN count(r) AS runs", timeout_s=TIMEOUT_S).one()["runs"]:
        queries.append(unfinished)
    for query in queries:
        for row in graph.read(query, {"at": at}, timeout_s=TIMEOUT_S).rows:
            yield HeldState(row["state"]), row["keys"]


def held(graph: Graph, node: NodeType, keys: Sequence[str]) -> Iterator[list[HeldNode]]:
    """What the graph holds of nodes that records describe, by their keys; some at a time."""
    query = f"""
UNWIND $keys AS key
{find_node(node, "n", "key")} WHERE n.known
RETURN collect([key, n.{node.key}, n.hub_id, n.record_version]) AS found"""
    for first in range(0, len(keys), _KEYS):
        given = {"keys": keys[first : first + _KEYS]}
        found = graph.read(query, given, timeout_s=TIMEOUT_S).one()["found"]
        yield [HeldNode(*each) for each in found]


def newest_snapshot(graph: Graph, scope: str) -> datetime | None:
    """When what the graph holds of a scope was seen on the Hub; None if it never held all of it."""
    query = """MATCH (r:Run {scope: $scope, status: 'complete'})
RETURN max(coalesce(r.observed_to, r.started_at)) AS at"""
    at = graph.read(query, {"scope": scope}, timeout_s=TIMEOUT_S).one()["at"]
    return at if isinstance(at, datetime) else None
