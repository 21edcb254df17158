"""The graph as pages see it: asked by a deadline, cached for as long as it is unchanged."""

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app, g, has_request_context

from graph.answers.census import Census
from graph.answers.census_file import census_stamp, load_census
from graph.answers.map.stored import stamp as map_stamp
from graph.answers.precomputing import SMALL
from graph.answers.query import Query, stored_answer
from graph.answers.runs import VERSION
from graph.answers.selection_counts import Selection
from graph.errors import HubgraphError, QueryTimeoutError
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store.connection import Graph, Result, Row
from graph.store.lease import opened
from webapp.lanes import BusyError, Lane

Value = TypeVar("Value")

VERSION_AGE_S = 1.0
"""How long the data's version is believed before it is asked for again."""
RUNNING_AGE_S = 5
"""While a run writes, what was read counts as new this often."""
GRACE_S = 2.0
"""How much longer than one query a whole page may take, and the database may take to end it."""
HEALTH_AGE_S = 0.5
"""How long it is believed that the database is there."""
HEALTH_S = 1.5
"""How long the database may take to show that it is there."""
STUCK_S = 600
"""After a question did not end, the database is asked for so long what it still works on."""
PATIENCE_S = 3.0
"""How long a question may take to which there is an answer from before the newest run."""
CACHED = 1_024
"""Most cached values in one process; the least recently used one goes first."""


_STUCK = """
SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Terminated' RETURN count(*) AS stuck
"""


class NotStoredError(QueryTimeoutError):
    """A question about every model took too long, and no answer to it is stored."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"{title}: every model is counted for it, which takes too long for a page.",
            "The next update or `hubgraph influence` stores the answer; then it comes at once.",
        )


@dataclass(frozen=True)
class Version:
    """Which state of the data a page shows."""

    key: str  # differs whenever the data may differ
    observed_to: datetime | None  # newest observation on the Hub that was loaded
    loaded_at: datetime | None  # when the newest load ended
    scored_at: datetime | None  # when influence was last computed
    running: bool  # whether a run is writing right now

    def as_new_as(self, other: "Version") -> bool:
        """Whether nothing was loaded or scored between the two."""
        return (self.loaded_at, self.scored_at) == (other.loaded_at, other.scored_at)


class Store:
    """Reads for pages. One per process, shared by its threads.

    Lists and single models go through one lane, reports and networks through another with fewer
    threads, so that hard questions leave room for easy ones; health and what people ask in the
    console have lanes of their own.
    """

    def __init__(self, settings: Settings, graph: Graph | None = None) -> None:
        self.settings = settings
        self._given = graph
        most = self._most_hard
        sizes = {"page": settings.web_threads, "hard": most, "console": most, "health": 1}
        self._lanes = {
            name: Lane(name, size, self._connect, owns=graph is None)
            for name, size in sizes.items()
        }
        self._lock = threading.Lock()
        self._version: tuple[float, Version] | None = None
        self._cache: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._building: dict[tuple[object, ...], Future[Any]] = {}
        self._waiting = 0
        self._stuck: tuple[float, int] = (-STUCK_S, 0)
        self._slow: Version | None = None  # in which such a question took too long

    def begin(self) -> None:
        """A request begins: from now on its deadline counts."""
        g.deadline = time.monotonic() + self.settings.query_timeout_s + GRACE_S
        g.lane = "page"

    def hard(self, lane: str = "hard") -> None:
        """The request asks a hard question."""
        g.lane = lane
        if self.stuck() >= self._most_hard:
            raise BusyError

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
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        row_limit: int | None = None,
        most_s: float = math.inf,
    ) -> Result:
        """Run one read query in the request's lane, within what is left of its time."""
        deadline = min(self._deadline(), time.monotonic() + most_s + GRACE_S)

        def ask(graph: Graph) -> Result:
            left = deadline - time.monotonic() - GRACE_S / 4
            limit = max(0.1, min(self.settings.query_timeout_s, left))
            return graph.read(cypher, parameters, timeout_s=limit, row_limit=row_limit)

        return self.work(ask)

    def work(self, job: Callable[[Graph], Value]) -> Value:
        """What `job` returns, in the request's lane and by its deadline; never cached."""
        return self._lanes[_lane()].ask(job, self._deadline())

    def health(self) -> int:
        """How many ended questions the database still works on; an error when it is away."""
        if time.monotonic() - self._stuck[0] < HEALTH_AGE_S:
            return self._stuck[1]
        return self._once(("health",), self._read_health)

    def stuck(self) -> int:
        """How many questions the database works on though it was told to end them, as known."""
        if not self._dropped_lately():
            return 0
        now = time.monotonic()
        if now - self._stuck[0] > RUNNING_AGE_S:
            with suppress(HubgraphError):
                self.health()
        return self._stuck[1]

    def version(self) -> Version:
        """The data's version, at most `VERSION_AGE_S` old."""
        known = self._version
        if known is not None and time.monotonic() - known[0] <= VERSION_AGE_S:
            return known[1]
        return self._once(("version",), self._read_version)

    def cached(
        self,
        key: tuple[object, ...],
        build: Callable[[], Value],
        keeps: Callable[[Value], bool] = lambda _: True,
    ) -> Value:
        """`build()`, or what it returned for this key while the data was the same.

        Only a value that `keeps` approves is cached. What several requests want at once is built
        once.
        """
        key = (self.version().key, *key)
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return cast("Value", self._cache[key])

        def build_and_keep() -> Value:
            with self._lock:
                if key in self._cache:  # built meanwhile
                    return cast("Value", self._cache[key])
            value = build()
            if keeps(value):
                with self._lock:
                    self._cache[key] = value
                    while len(self._cache) > CACHED:
                        self._cache.popitem(last=False)
            return value

        return self._once(key, build_and_keep)

    def selection(self) -> Selection | None:
        """What counts the models of a selection; None where all models were to be read for it."""

        def at_once(graph: Graph) -> bool:
            models = int(graph.read("MATCH (m:Model) RETURN count(m) AS models").one()["models"])
            return models < SMALL or load_census(self.settings, graph) is not None

        def build() -> Selection | None:
            return Selection(self._census(math.inf)) if self.work(at_once) else None

        return self.cached(("selection",), build)

    def browser_url(self) -> str | None:
        """Where Neo4j Browser is, if anywhere."""
        if self.settings.browser_url or not self.settings.uses_local_server:
            return self.settings.browser_url
        address = LocalServer(self.settings).address()
        return address.browser_url if address else None

    def _once(self, key: tuple[object, ...], build: Callable[[], Value]) -> Value:
        """`build()`, or what the request that is building the same thing gets."""
        with self._lock:
            other = self._building.get(key)
            if other is None:
                mine: Future[Any] = Future()
                self._building[key] = mine
            elif self._waiting >= self.settings.web_threads * 2:
                raise BusyError
            else:
                self._waiting += 1
        if other is not None:
            return cast("Value", self._wait_for(other))
        try:
            value = build()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(value)
            return value
        finally:
            with self._lock:
                del self._building[key]

    def _wait_for(self, other: Future[Any]) -> Any:
        try:
            return other.result(max(0.0, self._deadline() - time.monotonic()))
        except WaitedTooLong:
            raise BusyError from None
        finally:
            with self._lock:
                self._waiting -= 1

    def _dropped_lately(self) -> bool:
        dropped = (lane.dropped_at for lane in self._lanes.values())
        return any(at is not None and time.monotonic() - at < STUCK_S for at in dropped)

    @property
    def _most_hard(self) -> int:
        return max(1, self.settings.web_threads // 2)

    def _deadline(self) -> float:
        limit = self.settings.query_timeout_s + GRACE_S
        found = g.get("deadline") if has_request_context() else None
        return time.monotonic() + limit if found is None else float(found)

    def _read_health(self) -> int:
        now = time.monotonic()
        asked = _STUCK if self._dropped_lately() else "RETURN 0 AS stuck"
        found = self._lanes["health"].ask(
            lambda graph: graph.read(asked, timeout_s=HEALTH_S), now + HEALTH_S
        )
        self._stuck = (now, int(found.one()["stuck"]))
        return self._stuck[1]

    def _read_version(self) -> Version:
        now = time.monotonic()
        stamps = map_stamp(self.settings), census_stamp(self.settings)
        version = _version(self._run(VERSION, {}).one(), *stamps)
        self._version = (now, version)
        return version

    def _run(self, query: Query, parameters: Mapping[str, object]) -> Result:
        given = dict(query.defaults) | dict(parameters)
        stored = stored_answer(self.read, query, given, outdated=True)
        if stored is None:
            try:
                return self._ask(query, given, math.inf)
            except QueryTimeoutError:
                if query.precomputed and given == dict(query.defaults):
                    raise NotStoredError(query.title) from None
                raise
        if not stored.outdated:
            return stored
        version = self.version()
        if self._slow is not None and version.as_new_as(self._slow):
            return stored
        try:
            return self._ask(query, given, PATIENCE_S)
        except (QueryTimeoutError, BusyError):
            self._slow = version
            return stored

    def _ask(self, query: Query, given: Mapping[str, object], most_s: float) -> Result:
        if query.counted:
            return self._census(most_s).answer(query.counted, given)
        return self.read(query.cypher, given, most_s=most_s)

    def _census(self, most_s: float) -> Census:
        """The columns that the request's question counts, read once while the data is the same.

        When its time is over, the request ends the reading itself: to drop the lane's connection
        would end what others ask.
        """
        end = min(self._deadline() - GRACE_S, time.monotonic() + most_s)

        def advance(_: float) -> None:
            if time.monotonic() > end:
                raise QueryTimeoutError("The columns of all models were not read in time.")

        def read(graph: Graph) -> Census:
            return load_census(self.settings, graph) or Census.read(graph, advance)

        return self.cached(("census",), lambda: self.work(read))

    def _connect(self) -> Graph:
        return self._given or opened(self.settings)


def store() -> Store:
    """The store of the app that answers."""
    return cast("Store", current_app.extensions["store"])


def _lane() -> str:
    return str(g.get("lane", "page")) if has_request_context() else "page"


def _version(row: Row, *more: object) -> Version:
    running = bool(row.get("running"))
    parts = [*(row.get(name) for name in ("runs", "size", "identity", "answered_at")), *more]
    parts.append(time.monotonic() // RUNNING_AGE_S if running else "")
    return Version(
        hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12],
        row.get("observed_to"),
        row.get("loaded_at"),
        row.get("scored_at"),
        running,
    )
