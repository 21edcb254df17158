"""Reads all nodes of a kind by their numbers, in pages, each in bounded memory.

That is the order in which they lie on the disk.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from graph.schema import NodeType
from graph.store.connection import LONG_S, Graph
from graph.store.side_by_side import side_by_side


def by_number(
    graph: Graph, node: NodeType, query: str, size: int, advance: Callable[[float], object]
) -> Iterator[list[Any]]:
    """The answers of a query about the nodes of which `id` is `number`, so many at a time.

    Args:
        graph: where they are.
        node: their kind.
        query: what follows `UNWIND … AS number`; returns one list as `found`.
        size: numbers that one query looks at.
        advance: called with the share of them that is read and used, 0 to 1.
    """
    ends = f"MATCH (n:{node.label}) RETURN min(id(n)) AS first, max(id(n)) AS last"
    first, last = graph.read(ends, timeout_s=LONG_S).one().values()
    starts = range(first or 0, -1 if last is None else last + 1, size)
    query = f"UNWIND range($first, $first + {size - 1}) AS number\n{query}"

    def page(first: int) -> list[Any]:
        found: list[Any] = graph.read(query, {"first": first}, timeout_s=LONG_S).one()["found"]
        return found

    for done, found in enumerate(side_by_side(partial(page, first) for first in starts), 1):
        yield found
        advance(done / len(starts))
