"""The graph as the pages see it: connected on first use, cached for as long as it is unchanged."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from flask import current_app

from graph.answers.query import Query, stored_answer
from graph.answers.runs import VERSION
from graph.errors import ServerError
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store.connection import Graph, Result, Row, connect

Value = TypeVar("Value")

VERSION_AGE_S = 1.0
"""How long the data's version is believed before it is asked for again."""
RUNNING_AGE_S = 5
"""While a run writes, what was read counts as new this often."""
CACHED = 256
"""Most cached values in one process; the least recently used one goes first."""


@dataclass(frozen=True)
class Version:
    """Which state of the data a page shows."""

    key: str  # differs whenever the data may differ
    observed_to: datetime | None  # newest observation on the Hub that was loaded
    loaded_at: datetime | None  # when the newest load ended
    scored_at: datetime | None  # when influence was last computed
    running: bool  # whether a run is writing right now


class Store:
    """Reads for pages. One per process, shared by its threads."""

    def __init__(self, settings: Settings, graph: Graph | None = None) -> None:
        self.settings = settings
        self._given = graph is not None
        self._graph = graph
        self._lock = threading.Lock()
        self._version: tuple[float, Version] | None = None
        self._cache: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def graph(self) -> Graph:
        """The connection, opened on first use."""
        with self._lock:
            if self._graph is None:
                self._graph = connect(self.settings)
            return self._graph

    def answer(
        self,
        query: Query,
        parameters: Mapping[str, object] | None = None,
        *,
        row_limit: int | None = None,
    ) -> Result:
        """The rows of a query, as a `Reader` returns them: cached unless `row_limit` is given."""
        given = dict(parameters or {})
        if row_limit is not None:
            return self.read(query.cypher, dict(query.defaults) | given, row_limit=row_limit)
        key = ("run", query.name, repr(sorted(given.items())), query.cypher)
        return self.cached(key, lambda: self._run(query, given))

    def read(
        self, cypher: str, parameters: Mapping[str, object] | None = None, **limits: float
    ) -> Result:
        """Run one read query; a lost connection is forgotten, so that the next page opens anew."""
        graph = self.graph()
        try:
            return graph.read(cypher, parameters, **limits)  # type: ignore[arg-type]
        except ServerError:
            self._forget(graph)
            raise

    def version(self) -> Version:
        """The data's version, at most `VERSION_AGE_S` old."""
        now = time.monotonic()
        if self._version is None or now - self._version[0] > VERSION_AGE_S:
            self._version = (now, _version(self._run(VERSION, {}).one()))
        return self._version[1]

    def cached(
        self,
        key: tuple[object, ...],
        build: Callable[[], Value],
        keeps: Callable[[Value], bool] = lambda _: True,
    ) -> Value:
        """`build()`, or what it returned for this key while the data was the same.

        Only a value that `keeps` approves is cached.
        """
        key = (self.version().key, *key)
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return cast("Value", self._cache[key])
        value = build()
        if not keeps(value):
            return value
        with self._lock:
            self._cache[key] = value
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return value

    def browser_url(self) -> str | None:
        """Where Neo4j Browser is, if anywhere."""
        if self.settings.browser_url or not self.settings.uses_local_server:
            return self.settings.browser_url
        address = LocalServer(self.settings).address()
        return address.browser_url if address else None

    def _run(self, query: Query, parameters: Mapping[str, object]) -> Result:
        given = dict(query.defaults) | dict(parameters)
        try:
            stored = stored_answer(self.graph(), query, given)
        except ServerError:
            stored = None
        return stored or self.read(query.cypher, given)

    def _forget(self, graph: Graph) -> None:
        with self._lock:
            self._version = None
            if self._given or self._graph is not graph:
                return
            self._graph = None
        graph.close()


def store() -> Store:
    """The store of the app that answers."""
    return cast("Store", current_app.extensions["store"])


def _version(row: Row) -> Version:
    running = bool(row.get("running"))
    parts = (row.get("runs"), row.get("size"), time.monotonic() // RUNNING_AGE_S if running else "")
    return Version(
        hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12],
        row.get("observed_to"),
        row.get("loaded_at"),
        row.get("scored_at"),
        running,
    )
