"""Transactions that touch different nodes, two at a time.

While the database works on one, the other is packed and sent, or its answer is used; each keeps one
core busy.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from graph.store.connection import Graph, Row, Statement

AT_ONCE = 2
"""Transactions at a time."""

T = TypeVar("T")


def side_by_side(calls: Iterable[Callable[[], T]], at_once: int = AT_ONCE) -> Iterator[T]:
    """What each call returns, in their order; the next ones run meanwhile.

    They begin in the order given. After an error nothing more is begun.
    """
    with ThreadPoolExecutor(at_once, "hubgraph-database") as pool:
        begun: deque[Future[T]] = deque()
        for call in calls:
            found = [begun.popleft().result()] if len(begun) == at_once else []
            begun.append(pool.submit(call))
            yield from found
        while begun:
            yield begun.popleft().result()


def write_side_by_side(
    graph: Graph, statements: Iterable[Statement], at_once: int = AT_ONCE
) -> Iterator[list[Row]]:
    """Write each statement in a transaction of its own; yields what each returned, in order.

    No two may touch the same node, which a relationship to it locks, unless they come `at_once` 1.

    Raises:
        QueryError: a statement is wrong.
        ServerError: the database went away.
    """
    yield from side_by_side((partial(graph.write, one) for one in statements), at_once)
