"""The read door with a watch, and a web app that asks again each time."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from flask import Flask

from graph.answers.query import Reader, reader
from graph.answers.reports import catalogue, run
from graph.errors import QueryError, QueryTimeoutError
from graph.settings import Settings
from graph.store.connection import Graph, Result
from webapp import create_app
from webapp.store import Store, Value


@dataclass(frozen=True)
class Taken:
    """How long one question took.

    Attributes:
        what: what was asked for, in words.
        ms: milliseconds until the last row of the last query arrived.
        queries: how many queries it took.
        late: whether the server ended one at its time limit.
    """

    what: str
    ms: float
    queries: int = 1
    late: bool = False


class MeteredGraph(Graph):
    """A graph that notes how long each read took."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._times: list[float] = []
        self._late = False

    def read(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout_s: float | None = None,
        row_limit: int | None = None,
    ) -> Result:
        """As `Graph.read`, and note the time."""
        started = time.perf_counter()
        try:
            return super().read(cypher, parameters, timeout_s=timeout_s, row_limit=row_limit)
        except QueryTimeoutError:
            self._late = True
            raise
        finally:
            self._times.append((time.perf_counter() - started) * 1000)

    def taken(self, what: str, ask: Callable[[], object]) -> Taken:
        """How long all reads of `ask` took together."""
        self._times, self._late = [], False
        with suppress(QueryTimeoutError):
            ask()
        return Taken(what, sum(self._times), len(self._times), self._late)


class ForgetfulStore(Store):
    """Keeps beyond one page only what every page shares: what needs no parameter."""

    def __init__(self, settings: Settings, graph: Graph) -> None:
        super().__init__(settings, graph)
        self._page: dict[tuple[object, ...], object] = {}

    def forget(self) -> None:
        """Begin another page."""
        self._page.clear()

    def cached(
        self,
        key: tuple[object, ...],
        build: Callable[[], Value],
        keeps: Callable[[Value], bool] = lambda _: True,
    ) -> Value:
        """`build()`, or what it returned for this page."""
        if key[0] == "run" and key[2] == "[]":
            return super().cached(key, build, keeps)
        if key not in self._page:
            self._page[key] = build()
        return cast("Value", self._page[key])


class Measure:
    """Asks and measures.

    Args:
        graph: what is asked.
        settings: those of the web app.
    """

    def __init__(self, graph: MeteredGraph, settings: Settings) -> None:
        self.graph = graph
        app: Flask = create_app(settings, graph=graph)
        self._store = app.extensions["store"] = ForgetfulStore(settings, graph)
        self._client = app.test_client()

    def page(self, path: str) -> Taken:
        """The queries of one of the web app's JSON routes.

        Raises:
            QueryError: the route answers with an error other than being late.
        """
        status = 0
        self._store.forget()

        def ask() -> None:
            nonlocal status
            status = self._client.get("/api/v1" + path).status_code

        taken = self.graph.taken(path, ask)
        if status >= 400 and not taken.late:
            raise QueryError(f"{path} answers with status {status}.")
        return taken

    def report(self, name: str, parameters: Mapping[str, object], what: str = "") -> Taken:
        """One report file; parameters that are not given have the file's defaults."""
        return self.graph.taken(what or name, lambda: run(self.graph, name, parameters))

    def answer(self, name: str, ask: Callable[[Reader, str], object]) -> Taken:
        """What is worked out of a model after it was read; all of the time counts."""
        started = time.perf_counter()
        taken = self.graph.taken(name, lambda: ask(reader(self.graph), name))
        return replace(taken, ms=(time.perf_counter() - started) * 1000)

    def query(self, cypher: str, parameters: Mapping[str, object], what: str) -> Taken:
        """A query that is no file."""
        return self.graph.taken(what, lambda: self.graph.read(cypher, parameters))

    def as_it_is(self, name: str, stand_ins: Mapping[str, object]) -> Taken:
        """One report file with its defaults, of which some texts are replaced by stand-ins.

        A precomputed answer is read where there is one, as everybody gets it.
        """
        changed = {
            p.name: value
            for p in catalogue()[name].parameters
            if (value := replaced(p.default, stand_ins)) != p.default
        }
        return self.report(name, changed)


def replaced(value: object, stand_ins: Mapping[str, object]) -> object:
    """A default value, or the one of the same kind that this graph has."""
    if isinstance(value, list):
        return [replaced(item, stand_ins) for item in value]
    if isinstance(value, str):
        return stand_ins.get(value, value)
    return value


@dataclass(frozen=True)
class Row:
    """What many questions of one kind took.

    Attributes:
        name: the kind.
        limit_ms: what the 95th percentile is meant to stay under.
        taken: each question.
    """

    name: str
    limit_ms: float
    taken: list[Taken]

    @property
    def p50(self) -> float:
        """Median, in milliseconds."""
        return float(np.percentile([taken.ms for taken in self.taken], 50))

    @property
    def p95(self) -> float:
        """95th percentile, in milliseconds."""
        return float(np.percentile([taken.ms for taken in self.taken], 95))

    @property
    def worst(self) -> Taken:
        """The slowest."""
        return max(self.taken, key=lambda taken: taken.ms)
