"""Bad answers of the Hub over real HTTP: each is waited out, passed over or said, and ends nothing.

What the middleware does by itself with a connection (time-outs, cuts, bodies without an end) is
tested with it, in `tests/integration/test_middlewares.py`.
"""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from graph.store.connection import Graph
from tests.hub import Answer, Hub, Request, faults
from tests.integration.crawls import FAMILY, Crawl, count, records, texts
from tests.integration.test_ingest import model

UNSEEN = (401, 403, 404, 410, 451)
NO_MODELS: tuple[object, ...] = (None, [], {"id": 3})
MB = 1_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.jsonl"


@pytest.fixture
def impatient(crawl: Crawl) -> Crawl:
    """A crawl that tries nothing again."""
    crawl.environment["HUBGRAPH_CRAWL_MAX_RETRIES"] = "0"
    return crawl


def _ids(file: Path) -> set[object]:
    return {record["id"] for record in records(file)}


def test_what_passes_is_waited_out(crawl: Crawl, hub: Hub, file: Path) -> None:
    crawl("tree", "acme/root", "--to", str(file))
    undisturbed = texts(records(file))
    bad = [
        *([faults.status(503)] * 3), faults.status(500), faults.status(502), faults.status(504),
        faults.status(408), faults.html(code=503), faults.delay(before=3), faults.delay(inside=3),
        faults.cut(), faults.cut(unseen=True), faults.status(429, retry_after=2),
        faults.status(429, retry_after=2, quota_headers=False), faults.status(429),
        faults.status(429, quota_headers=False),
    ]  # fmt: skip
    for n, fault in enumerate(bad):
        hub.faults.add(fault, when="/api/models", nth={5 + 4 * n})
    crawl.environment["HUBGRAPH_CRAWL_TIMEOUT_S"] = "1.5"
    fast = ("-s", "HUB_CLOCK_SPEED=300", "-s", f"HUB_TO={file}")
    file.unlink()
    crawl.scrapy("crawl", "tree", "-a", "model=acme/root", *fast)
    assert texts(records(file)) == undisturbed
    assert hub.faults.done == len(bad)


def test_a_crawl_goes_on_after_a_bad_answer(impatient: Crawl, hub: Hub, file: Path) -> None:
    impatient.environment["HUBGRAPH_CRAWL_TIMEOUT_S"] = "1.5"
    for fault, said in (
        (faults.html(), "a web page where JSON was expected"),
        (faults.status(500), "status 500"),
        (faults.redirect("http://127.0.0.2:9/api/models"), "answered 307"),
        (faults.delay(before=3), "no answer in time"),
        (faults.cut(), "cut off"),
    ):
        hub.faults.add(fault, when="/api/models", times=1)
        impatient("models", "--to", str(file), code=1)
        assert said in impatient.said
        assert "same command resumes it" in impatient.said
        assert not file.exists()
    assert impatient("models", "--to", str(file))["status"] == "complete"
    assert _ids(file) == {record["id"] for record in FAMILY}


def test_a_run_in_the_graph_says_why_it_failed(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    run = "MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS status, r.message AS message"
    hub.faults.add(faults.html(), when="/api/models", times=1)
    crawl("models", code=1)
    (failed,) = empty_graph.read(run).rows
    assert (failed["status"], "a web page" in failed["message"]) == ("failed", True)
    assert count(empty_graph, "(:Model)") == 0
    assert crawl("models")["status"] == "complete"
    assert empty_graph.read(run).rows == [{"status": "complete", "message": None}]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_huge_answers_cost_no_memory(impatient: Crawl, hub: Hub, file: Path, packed: bool) -> None:
    impatient("tree", "acme/root", "--depth", "1", "--to", str(file))
    usual = impatient.peak
    hub.faults.add(faults.huge(200 * MB, packed=packed), when="/api/models/acme")
    impatient("tree", "acme/root", "--to", str(file), code=1)
    assert "the answer is larger than 67,108,864 bytes" in impatient.said
    assert impatient.peak < usual + 200 * MB


def test_many_values_take_little_memory(impatient: Crawl, hub: Hub, file: Path) -> None:
    hub.faults.add(faults.huge(60 * MB, item=[]), when="/api/models/acme")
    impatient("tree", "acme/root", "--to", str(file), code=1)
    assert "holds more than 2,000,000 values" in impatient.said
    assert impatient.peak < 600 * MB


def test_an_empty_listing_is_not_believed(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    for known in (("--author", "team1"), ()):  # few models, then more than may be gone at once
        crawl("models", *known)
        hub.faults.add(faults.empty(), when="/api/models", times=1)
        crawl("models", code=1)
        assert "looks incomplete" in crawl.said
    assert count(empty_graph, "(m:Model) WHERE m.gone_since IS NOT NULL") == 0
    assert crawl("models")["status"] == "complete"


def test_robots_txt_that_forbids_is_obeyed_and_said(crawl: Crawl, hub: Hub, file: Path) -> None:
    hub.robots = "User-agent: *\nDisallow: /api/\n"
    crawl("models", "--to", str(file), code=1)
    assert "robots.txt" in crawl.said
    assert [request.path for request in hub.requests] == ["/robots.txt"]


def test_without_robots_txt_nothing_is_asked(impatient: Crawl, hub: Hub, file: Path) -> None:
    for fault, said in (
        (faults.status(503), "status 503"),
        (faults.cut(), "was cut off"),
        (faults.huge(80 * MB), "larger than"),
    ):
        hub.faults.add(fault, when="/robots.txt", times=1)
        impatient("tree", "acme/root", "--to", str(file), code=1)
        assert "while robots.txt cannot be read" in impatient.said
        assert said in impatient.said
    assert {request.path for request in hub.requests} == {"/robots.txt"}
    hub.faults.add(faults.status(404), when="/robots.txt", times=1)
    impatient("tree", "acme/root", "--depth", "0", "--to", str(file))
    hub.faults.add(faults.redirect(), when="/robots.txt")
    impatient("tree", "acme/root", "--depth", "0", "--to", str(file))


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_a_robots_txt_of_any_size_costs_little(
    impatient: Crawl, hub: Hub, file: Path, packed: bool
) -> None:
    hub.faults.add(faults.huge(60 * MB, packed=packed), when="/robots.txt")
    impatient("tree", "acme/root", "--to", str(file), code=1)
    assert "the answer is larger than 524,288 bytes" in impatient.said
    assert impatient.peak < 300 * MB


@pytest.mark.parametrize("other", ["http://127.0.0.2:9/robots.txt", "https://127.0.0.1/robots.txt"])
def test_a_robots_txt_on_another_server_is_not_asked_for(
    impatient: Crawl, hub: Hub, file: Path, other: str
) -> None:
    hub.faults.add(faults.redirect(other), when="/robots.txt")
    told = impatient("tree", "acme/root", "--depth", "0", "--to", str(file))
    assert told["status"] == "complete"


def test_a_robots_txt_elsewhere_on_the_server_is_obeyed(
    impatient: Crawl, hub: Hub, file: Path
) -> None:
    hub.robots = "User-agent: *\nDisallow: /api/\n"
    hub.faults.add(faults.redirect("/robots.txt?moved"), when="/robots.txt", times=1)
    impatient("tree", "acme/root", "--depth", "0", "--to", str(file), code=1)
    assert "robots.txt" in impatient.said


def test_a_file_that_cannot_be_written_is_said(crawl: Crawl, tmp_path: Path) -> None:
    crawl("models", "--to", str(tmp_path / "none" / "file.jsonl"), code=1)
    assert "file.jsonl cannot be written: No such file or directory" in crawl.said
    taken = tmp_path / "taken.jsonl"
    taken.mkdir()
    crawl("models", "--to", str(taken), code=1)
    assert "taken.jsonl cannot be written: Is a directory" in crawl.said
    taken.rmdir()
    asked = len(crawl.hub.requests)
    assert crawl("models", "--to", str(taken))["status"] == "complete"
    assert len(records(taken)) == len(FAMILY)
    assert len(crawl.hub.requests) == asked


@pytest.mark.parametrize("after", [20, 122])
def test_it_goes_on_after_its_database_left(
    crawl: Crawl, hub: Hub, empty_graph: Graph, after: int
) -> None:
    address = urlsplit(crawl.environment["HUBGRAPH_NEO4J_URI"])
    crawl.environment["HUBGRAPH_MAX_RETRIES"] = "0"
    with Gate(address.hostname or "", address.port or 7687) as gate:
        crawl.environment["HUBGRAPH_NEO4J_URI"] = f"bolt://127.0.0.1:{gate.port}"

        def close(_request: Request, answer: Answer) -> Answer:
            if len(hub.requests) > after:
                gate.close()
            return answer

        hub.faults.add(close)
        crawl("tree", "acme/root", code=1)
        assert "The connection to Neo4j" in crawl.said
        hub.faults.clear()
        gate.open()
        assert crawl("tree", "acme/root")["status"] == "complete"
    assert count(empty_graph, "(:Model {known: true})") == len(FAMILY) - 1
    runs = empty_graph.read("MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS s").rows
    assert runs == [{"s": "complete"}]


def test_broken_items_cost_no_other(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    _add_many(hub)
    broken: list[object] = ["gpt2", None, {}, {"id": 3}, {"id": "acme/deep", "config": _deep(60)}]
    for n, item in enumerate(broken):
        hub.faults.add(faults.broken_item(item, 100 * n), when="/api/models", nth={1})
    told = crawl("models")
    assert told["status"] == "complete"
    known = len(FAMILY) + 1_500 - len(broken)
    assert count(empty_graph, "(:Model {known: true})") == known
    assert len(crawl.issues) == len(broken)
    assert "gpt2" in str(crawl.issues)


def test_names_of_any_characters_do_no_harm(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    good = ["acme/a.b-c_d", "acme/_x", "ACME/Upper", "acme/" + "x" * 96, "gpt2"]
    strange = ("a b", "ünï", "a%2Fb", "a?b#c", "<b>", "..")
    odd = ["a/b/c", "x" * 300, *(f"acme/{name}" for name in strange)]
    made = {"created_at": "2024-01-01T00:00:00.000Z", "bases": ["acme/root"], "relation": "merge"}
    for name in (*good, *odd):
        hub.content.models.add(model(name, **made))
    for spider in (("models",), ("tree", "acme/root")):
        assert crawl(*spider)["status"] == "complete"
        rows = empty_graph.read("MATCH (m:Model {known: true}) RETURN m.id AS id").rows
        ids = {row["id"] for row in rows}
        assert set(good) < ids
        assert not ids & set(odd)
    odd_requests = {request.path for request in hub.requests} - {"/robots.txt", "/api/models"}
    assert odd_requests == {"/api/models/acme/root"}


class Gate:
    """A way to a server that can be closed and opened again."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._is_open = True
        self._connections: list[socket.socket] = []

    def open(self) -> None:
        self._is_open = True

    def close(self) -> None:
        self._is_open = False
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._is_open:
                    near.close()
                    continue
                far = socket.create_connection(self._place)
                self._connections += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65_536):
                other.sendall(piece)
            other.shutdown(socket.SHUT_RDWR)


def _add_many(hub: Hub) -> None:
    for n in range(1_500):
        hub.content.models.add(model(f"many/m{n}", created_at="2023-04-01T00:00:00.000Z"))


def _deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": value}
    return value
