"""Transactions that touch different nodes, written two at a time.

While the database works on one, the other is packed and sent; each keeps one core busy.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from graph.store.connection import Graph, Row, Statement

WRITERS = 2
"""Transactions at a time."""


def write_side_by_side(
    graph: Graph, statements: Iterable[Statement], writers: int = WRITERS
) -> Iterator[list[Row]]:
    """Write each statement in a transaction of its own; yields what each returned, in order.

    They begin in the order given. No two may touch the same node, which a relationship to it locks,
    unless `writers` is 1. After an error nothing more is begun.

    Raises:
        QueryError: a statement is wrong.
        ServerError: the database went away.
    """
    with ThreadPoolExecutor(writers, "hubgraph-write") as pool:
        begun: deque[Future[list[Row]]] = deque()
        for statement in statements:
            begun.append(pool.submit(graph.write, statement))
            if len(begun) == writers:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
