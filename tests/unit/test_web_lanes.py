"""Lanes end what takes too long; what several requests want at once is read once."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from pydantic import SecretStr

from graph.answers.reports import catalogue
from graph.errors import QueryTimeoutError, ServerError
from graph.settings import Settings
from graph.store.connection import Graph, Result
from webapp import create_app
from webapp.errors import problem_of
from webapp.lanes import QUEUE, BusyError, Lane
from webapp.store import NotStoredError, Store, Version


class Held:
    """A connection that answers once it is let go or closed."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.closed = False
        self.reads = 0

    def read(self, *_: Any, **__: Any) -> Result:
        self.reads += 1
        self.go.wait(10)
        if self.closed:
            raise ServerError("closed")
        return Result(["n"], [{"n": 1}])

    def close(self) -> None:
        self.closed = True
        self.go.set()


@pytest.fixture
def opened() -> Iterator[list[Held]]:
    found: list[Held] = []
    yield found
    for one in found:
        one.close()


@pytest.fixture
def lane(opened: list[Held]) -> Lane:
    def connect() -> Graph:
        opened.append(Held())
        return cast("Graph", opened[-1])

    return Lane("test", 2, connect)


def ask(lane: Lane, seconds: float) -> Result:
    return lane.ask(lambda graph: graph.read("x"), time.monotonic() + seconds)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_question_that_does_not_end_is_dropped_with_its_connection(
    lane: Lane, opened: list[Held]
) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        ask(lane, 0.2)
    assert time.monotonic() - began < 2
    assert lane.dropped_at is not None
    until(lambda: opened[0].closed)
    with pytest.raises(QueryTimeoutError):
        ask(lane, 0.2)
    assert len(opened) == 2


def test_other_questions_of_a_dropped_connection_are_asked_again(
    lane: Lane, opened: list[Held]
) -> None:
    with ThreadPoolExecutor(1) as other:
        running = other.submit(ask, lane, 5)
        until(lambda: bool(opened) and opened[0].reads == 1)
        with pytest.raises(QueryTimeoutError):
            ask(lane, 0.2)
        until(lambda: len(opened) == 2)
        opened[1].go.set()
        assert running.result(5).rows
    assert [one.closed for one in opened] == [True, False]


def test_a_full_lane_refuses_at_once(lane: Lane, opened: list[Held]) -> None:
    with ThreadPoolExecutor(20) as many:
        asked = [many.submit(ask, lane, 5) for _ in range(2 * QUEUE)]
        until(lambda: bool(opened) and opened[0].reads == 2)
        until(lambda: lane._inside == 2 * QUEUE)
        with pytest.raises(BusyError):
            ask(lane, 5)
        opened[0].go.set()
        assert all(future.result(5).rows for future in asked)
    assert ask(lane, 5).rows


def test_who_waited_in_vain_is_told_that_others_were_faster(lane: Lane, opened: list[Held]) -> None:
    with ThreadPoolExecutor(2) as two:
        running = [two.submit(ask, lane, 5) for _ in range(2)]
        until(lambda: bool(opened) and opened[0].reads == 2)
        with pytest.raises(BusyError):
            ask(lane, 0.1)
        opened[0].go.set()
        assert all(future.result(5).rows for future in running)


def test_what_many_want_at_once_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(Settings(web_threads=8))
    monkeypatch.setattr(store, "version", lambda: Version("1", None, None, None, False))
    built: list[int] = []
    go = threading.Event()

    def build() -> str:
        built.append(1)
        go.wait(5)
        return "value"

    with ThreadPoolExecutor(8) as many:
        asked = [many.submit(store.cached, ("key",), build) for _ in range(8)]
        until(lambda: store._waiting == 7)
        go.set()
        assert {future.result(5) for future in asked} == {"value"}
    assert len(built) == 1
    assert store.cached(("key",), build) == "value"
    assert len(built) == 1


def test_a_failure_reaches_all_who_wait_and_is_not_cached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store(Settings())
    monkeypatch.setattr(store, "version", lambda: Version("1", None, None, None, False))
    go = threading.Event()

    def fail() -> str:
        go.wait(5)
        raise QueryTimeoutError("too long")

    with ThreadPoolExecutor(4) as many:
        asked = [many.submit(store.cached, ("key",), fail) for _ in range(4)]
        until(lambda: store._waiting == 3)
        go.set()
        for future in asked:
            with pytest.raises(QueryTimeoutError):
                future.result(5)
    assert store.cached(("key",), lambda: "value") == "value"


def test_a_database_that_hangs_holds_no_page_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"bolt://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings(neo4j_uri=uri, neo4j_password=SecretStr("x"), query_timeout_s=0.5)
        client = create_app(settings).test_client()
        for path, limit, statuses in (("/healthz", 2, {503}), ("/models", 4, {503, 504})):
            for _ in range(2):
                began = time.monotonic()
                assert client.get(path).status_code in statuses
                assert time.monotonic() - began < limit


def test_who_asks_what_takes_long_before_it_is_stored_reads_when_it_will_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(_: Store, text: str, *__: object, **___: object) -> Result:
        if "Answer" in text:
            return Result([], [])
        raise QueryTimeoutError("The query took longer than 10 seconds.")

    monkeypatch.setattr(Store, "read", read)
    store = Store(Settings())
    monkeypatch.setattr(store, "version", lambda: Version("1", None, None, None, running=False))
    report = catalogue()["size-groups"]
    with pytest.raises(NotStoredError, match=f"^{re.escape(report.title)}: every model") as error:
        store.answer(report)
    assert "`hubgraph influence` stores the answer" in problem_of(error.value).hint
    with pytest.raises(QueryTimeoutError, match="longer than 10 seconds"):
        store.answer(catalogue()["size-shift"], {"date": "2024-01-01"})
