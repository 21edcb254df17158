"""Lanes to the database: each has its own threads and connection, a short queue, and deadlines.

A request waits for its lane and never for the database itself. When a deadline passes, the lane's
connection is dropped, which ends what still runs on it; the next question opens a new one. What
others asked on it is asked again.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import TypeVar

from graph.errors import QueryTimeoutError, ServerError
from graph.store.connection import Graph

log = logging.getLogger(__name__)

Value = TypeVar("Value")

QUEUE = 4
"""Questions that a lane takes, running or waiting, for each of its threads."""


class BusyError(ServerError):
    """Too many questions are being answered already."""

    code = "busy"

    def __init__(self, words: str = "The database is busy with other questions.") -> None:
        super().__init__(words, "Try again in a few seconds.")


class Lane:
    """Questions of one kind: at most `threads` run at a time, and `QUEUE` times as many wait."""

    def __init__(
        self, name: str, threads: int, connect: Callable[[], Graph], *, owns: bool = True
    ) -> None:
        self._name = name
        self._connect = connect
        self._owns = owns  # whether what `connect` returns may be closed
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"lane-{name}")
        self._most = threads * QUEUE
        self._inside = 0
        self._graph: Graph | None = None
        self._dropped: Graph | None = None  # the newest that was closed while questions ran on it
        self._lock = threading.Lock()
        self.dropped_at: float | None = None
        """When a deadline last passed, by the monotonic clock."""

    def ask(self, work: Callable[[Graph], Value], deadline: float) -> Value:
        """What `work` returns, by `deadline` of the monotonic clock.

        Raises:
            BusyError: the queue is full, or no thread was free in time.
            QueryTimeoutError: the database did not answer in time.
        """
        with self._lock:
            if self._inside >= self._most:
                raise BusyError
            self._inside += 1
        began = time.monotonic()
        try:
            future = self._threads.submit(self._work, work, deadline)
        except RuntimeError:  # the process ends
            raise BusyError from None
        future.add_done_callback(self._left)
        try:
            return future.result(max(0.0, deadline - began))
        except WaitedTooLong:
            if future.done() and not future.cancelled():
                return future.result()
            if future.cancel():
                raise BusyError from None
            self._drop()
            raise QueryTimeoutError(
                f"The database did not answer within {time.monotonic() - began:.0f} seconds.",
                "Narrow the question, or try again.",
            ) from None

    def forget(self, graph: Graph) -> None:
        """Close a connection that no longer works; the next question opens a new one."""
        with self._lock:
            if self._graph is graph:
                self._graph = None
        self._close(graph)

    def _close(self, graph: Graph) -> None:
        if self._owns:  # aside, because a hung server delays it
            threading.Thread(target=graph.close, daemon=True).start()

    def _work(self, work: Callable[[Graph], Value], deadline: float) -> Value:
        with self._lock:
            graph = self._graph
        if graph is None:
            graph = self._connect()
            with self._lock:
                self._graph, extra = self._graph or graph, self._graph
            if extra is not None:  # another thread of the lane was faster
                self._close(graph)
                graph = extra
        try:
            return work(graph)
        except ServerError:
            self.forget(graph)
            if graph is not self._dropped or time.monotonic() >= deadline:
                raise
        return self._work(work, deadline)

    def _left(self, _: Future[Value]) -> None:
        with self._lock:
            self._inside -= 1

    def _drop(self) -> None:
        self.dropped_at = time.monotonic()
        with self._lock:
            graph = self._graph
            self._dropped = graph if self._owns else None
        log.warning("The %s lane's connection is dropped: a question did not end.", self._name)
        if graph is not None:
            self.forget(graph)
