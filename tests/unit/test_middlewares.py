"""Real crawls against a small server of their own: manners, tries again, and where the token goes.

All crawls run at once, each in a process of its own; the tests look at what came of them.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from graph.errors import ConfigurationError
from spiders.asking.middlewares import TokenMiddleware
from tests.unit.test_quota import FixedWindows

TOKEN = "hf_sesameOpenSesame0123456789"
LARGEST = 1_000_000
BODY = json.dumps([{"id": f"acme/model-{number}"} for number in range(200)]).encode()
ROOT = Path(__file__).parents[2]

Play = Callable[["Handler", int], None]
"""Answers the n-th request for a path, from 1."""


def _always(status: int = 200, body: bytes = BODY, **headers: str) -> Play:
    return lambda to, _: to.give(status, body, **headers)


def _first(first: Play) -> Play:
    """Misbehave once, then answer."""
    return lambda to, nth: first(to, nth) if nth == 1 else to.give()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        with self.server.lock:
            self.server.asked.append((path, dict(self.headers), time.monotonic()))
            nth = sum(1 for asked, _, _ in self.server.asked if asked == path)
        self.server.plays.get(path, self.server.default)(self, nth)

    def give(self, status: int = 200, body: bytes = BODY, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, plays: dict[str, Play], default: Play | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plays = {"/robots.txt": _always(404, b""), **plays}
        self.default = default or _always()
        self.asked: list[tuple[str, dict[str, str], float]] = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # that a client hangs up is part of the tests

    def count(self, path: str) -> int:
        return sum(1 for asked, _, _ in self.asked if asked == path)


def _hang(to: Handler, nth: int) -> None:
    to.server.over.wait(30)
    to.close_connection = True


def _hang_inside(to: Handler, nth: int) -> None:
    to.give(body=BODY[:100], Content_Length=str(len(BODY)))
    _hang(to, nth)


def _cut(to: Handler, nth: int) -> None:
    to.give(body=BODY[:100], Content_Length=str(len(BODY)))
    to.close_connection = True


def _hang_up(to: Handler, nth: int) -> None:
    to.close_connection = True


def _cut_gzip(to: Handler, nth: int) -> None:
    packed = gzip.compress(BODY)
    to.give(body=packed[: len(packed) // 2], Content_Encoding="gzip")


def _endless(to: Handler, nth: int) -> None:
    to.send_response(200)
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    for _ in range(1000):
        to.wfile.write(b"4000\r\n" + b" " * 0x4000 + b"\r\n")


PLAYS: dict[str, Play] = {
    "/robots.txt": _always(body=b"User-agent: hubgraph\nDisallow: /api/private\n"),
    "/api/flaky": lambda to, nth: to.give((500, 503, 200)[min(nth, 3) - 1]),
    "/api/dead": _always(502), "/api/hang": _first(_hang), "/api/hang-inside": _first(_hang_inside),
    "/api/hang-for-ever": _hang, "/api/hang-up": _first(_hang_up), "/api/cut": _first(_cut),
    "/api/cut-gzip": _first(_cut_gzip),
    "/api/packed": _always(body=gzip.compress(BODY), Content_Encoding="gzip"),
    "/api/missing": _always(401, b'{"error": "Invalid username or password."}'),
    "/api/large": _always(body=b"[", Content_Length=str(200 * 1024**2)), "/api/endless": _endless,
    "/api/bomb": _always(body=gzip.compress(bytes(20 * LARGEST)), Content_Encoding="gzip"),
    "/api/refused": _first(_always(429, b"", Retry_After="1")),
    "/api/refused-for-ever": _always(429, b"", Retry_After="0"),
    "/api/loop": _always(307, b"", Location="/api/loop"),
    "/api/moved": _always(307, b"", Location="/api/there"),
}  # fmt: skip


@dataclass
class Crawl:
    """What came of a crawl: of each path, the stats, and all that was written anywhere."""

    results: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    written: str
    seconds: float

    def error(self, path: str) -> str:
        return str(self.results[path]["error"])


def _begin(server: Server, paths: list[str], **settings: object) -> "subprocess.Popen[str]":
    given = {"urls": [server.url + path for path in paths], "settings": settings}
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {
        "HF_TOKEN": TOKEN,
        "HUBGRAPH_HUB_URL": server.url,
        "HUBGRAPH_LOG_LEVEL": "debug",
        "HUBGRAPH_USER_AGENT_URL": "https://crawler.example/about",
        "HUBGRAPH_CRAWL_TIMEOUT_S": "0.6",
        "HUBGRAPH_CRAWL_MAX_RETRIES": "3",
        "HUBGRAPH_CRAWL_CONCURRENCY": "4",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crawl_probe", json.dumps(given)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(process: "subprocess.Popen[str]", server: Server) -> Crawl:
    began = time.monotonic()
    out, log = process.communicate(timeout=300)
    assert process.returncode == 0, log
    answer = json.loads(out)
    results = {url.removeprefix(server.url): result for url, result in answer["results"].items()}
    return Crawl(results, answer["stats"], out + log, time.monotonic() - began)


@dataclass
class Crawls:
    hub: Server
    elsewhere: Server
    counted: Server
    closed: Server
    windows: FixedWindows
    cache: Path
    misbehaved: Crawl
    paced: Crawl
    ended: Crawl


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    cache = tmp_path_factory.mktemp("cache")
    elsewhere = Server({})
    hub = Server(
        {
            **PLAYS,
            "/api/away": _always(307, b"", Location=elsewhere.url + "/api/got"),
        }
    )
    windows = FixedWindows([20], 300, begins=-200.0)
    counted = Server({}, _counting(windows, time.monotonic()))
    closed = Server({}, _always(429, b"", Retry_After="3000"))
    paths = [*PLAYS, "/api/ok", "/api/away", "/api/private"]
    processes = [
        _begin(
            hub,
            [path for path in paths if path != "/robots.txt"],
            HUB_CLOCK_SPEED=2000,
            DOWNLOAD_MAXSIZE=LARGEST,
            HTTPCACHE_ENABLED=True,
            HTTPCACHE_DIR=str(cache),
        ),
        _begin(counted, [f"/api/{number}" for number in range(70)], HUB_CLOCK_SPEED=SPEED),
        _begin(closed, [f"/api/{number}" for number in range(9)]),
    ]
    while not closed.count("/api/0") and processes[2].poll() is None:
        time.sleep(0.05)
    time.sleep(0.3)
    processes[2].send_signal(signal.SIGINT)
    servers = (hub, counted, closed)
    ended = _end(processes[2], closed)
    misbehaved, paced = _end(processes[0], hub), _end(processes[1], counted)
    yield Crawls(hub, elsewhere, counted, closed, windows, cache, misbehaved, paced, ended)
    for process in processes:
        process.kill()
    for server in (*servers, elsewhere):
        server.over.set()
        server.shutdown()
        server.server_close()


SPEED = 300


def _counting(windows: FixedWindows, began: float) -> Play:
    """A quota whose clock runs fast."""

    def play(to: Handler, nth: int) -> None:
        with to.server.lock:
            answer = windows.ask((time.monotonic() - began) * SPEED)
        assert answer.rate is not None
        to.give(
            429 if answer.refused else 200,
            RateLimit=f'"api";r={answer.rate.left};t={answer.rate.resets_in_s}',
            RateLimit_Policy=f'"fixed window";"api";q={windows.limit};w={windows.period}',
        )

    return play


@pytest.mark.parametrize(("path", "requests"), [
    ("/api/ok", 1), ("/api/packed", 1), ("/api/flaky", 3), ("/api/hang", 2),
    ("/api/hang-inside", 2), ("/api/hang-up", 2), ("/api/cut", 2), ("/api/cut-gzip", 2),
    ("/api/refused", 2),
])  # fmt: skip
def test_what_passes_is_tried_again(crawls: Crawls, path: str, requests: int) -> None:
    result = crawls.misbehaved.results[path]
    assert (result["status"], result["bytes"]) == (200, len(BODY))
    assert crawls.hub.count(path) == requests


@pytest.mark.parametrize(("path", "requests", "reason"), [
    ("/api/dead", 4, "status 502, 4 times in a row"),
    ("/api/hang-for-ever", 4, "no answer in time, 4 times in a row"),
    ("/api/large", 1, "the answer is larger than 1,000,000 bytes"),
    ("/api/endless", 1, "the answer is larger than 1,000,000 bytes"),
    ("/api/bomb", 1, "the answer is larger than 1,000,000 bytes"),
    ("/api/refused-for-ever", 11, "the quota is used up, 11 times in a row"),
])  # fmt: skip
def test_giving_up_has_a_reason(crawls: Crawls, path: str, requests: int, reason: str) -> None:
    error = crawls.misbehaved.error(path)
    kind = "TooLargeError" if "larger" in reason else "CrawlError"
    assert error == f"{kind}: The Hub gave no usable answer: {reason}: {crawls.hub.url}{path}"
    assert crawls.hub.count(path) == requests
    assert crawls.misbehaved.stats[f"hub/given_up/{reason}"] >= 1


def test_an_answer_that_is_no_failure_is_not_tried_again(crawls: Crawls) -> None:
    assert crawls.misbehaved.results["/api/missing"]["status"] == 401
    assert crawls.hub.count("/api/missing") == 1


def test_redirects_that_go_round_end(crawls: Crawls) -> None:
    assert "max redirections" in crawls.misbehaved.error("/api/loop")
    assert crawls.hub.count("/api/loop") == 6


def test_robots_txt_is_read_once_and_obeyed(crawls: Crawls) -> None:
    assert crawls.hub.count("/robots.txt") == 1
    assert "robots.txt" in crawls.misbehaved.error("/api/private")
    assert crawls.hub.count("/api/private") == 0


def test_the_user_agent_names_the_project_and_who_runs_it(crawls: Crawls) -> None:
    agents = {headers["User-Agent"] for _, headers, _ in crawls.hub.asked}
    assert len(agents) == 1
    name, _, address = agents.pop().partition(" ")
    assert name.startswith("hubgraph/")
    assert address == "(+https://crawler.example/about)"


def test_every_request_is_counted_by_class_and_status(crawls: Crawls) -> None:
    stats = crawls.misbehaved.stats
    asked = [path for path, _, _ in crawls.hub.asked]
    by_twisted = len(asked) - 1 - stats["hub/requests/api"]
    assert by_twisted in (0, 1)  # it asks again itself when a kept connection was closed
    assert stats["hub/requests/pages"] == 1
    told = {key: value for key, value in stats.items() if key.startswith("hub/status/api/")}
    assert sum(told.values()) == stats["hub/requests/api"]
    assert stats["hub/status/api/502"] == 4
    assert stats["hub/status/api/DownloadTimeoutError"] == 6
    assert stats["hub/refused"] == 11
    assert stats["hub/retry/count"] in (13, 13 - by_twisted)


def test_the_token_goes_to_the_hub_and_nowhere_else(crawls: Crawls) -> None:
    at_hub = {headers.get("Authorization") for _, headers, _ in crawls.hub.asked}
    assert at_hub == {f"Bearer {TOKEN}"}
    assert crawls.misbehaved.results["/api/away"]["status"] == 200
    assert crawls.elsewhere.count("/api/got") == 1
    assert TOKEN not in str(crawls.elsewhere.asked)
    assert "Authorization" not in str(crawls.elsewhere.asked)


def test_the_token_is_written_nowhere(crawls: Crawls) -> None:
    for crawl in (crawls.misbehaved, crawls.paced, crawls.ended):
        assert "DEBUG" in crawl.written
        assert "seen" in crawl.written
        assert TOKEN not in crawl.written
    cached = [path.read_bytes() for path in crawls.cache.rglob("*") if path.is_file()]
    assert any(b"hubgraph/" in content for content in cached)
    assert not any(TOKEN.encode() in content for content in cached)


def test_a_quota_is_used_up_and_never_exceeded(crawls: Crawls) -> None:
    assert len(crawls.paced.results) == 70
    assert crawls.windows.refused == []
    begun = [used for used in crawls.windows.used if used]
    assert len(begun) >= 4
    assert max(begun) == 20  # a busy machine may leave some of a window: see test_quota
    assert crawls.paced.stats["hub/wait/api"] >= 3
    assert crawls.paced.stats["hub/wait/api_s"] > 300


def test_requests_that_wait_let_go_when_the_crawl_is_ended(crawls: Crawls) -> None:
    assert crawls.ended.seconds < 300  # where the quota asks for 3,000
    assert crawls.ended.results
    assert {result["error"] for result in crawls.ended.results.values()} == {
        "CrawlEndedError: The crawl is being ended."
    }
    assert crawls.closed.count("/api/0") == 1


@pytest.mark.parametrize(("hub", "url", "proxy", "sent"), [
    ("https://hub.example", "https://hub.example/api/models", None, True),
    ("https://hub.example", "https://hub.example:443/api/models", None, True),
    ("https://hub.example", "https://hub.example/api/models", "http://proxy:3128", True),
    ("https://hub.example", "http://hub.example/api/models", None, False),
    ("https://hub.example", "https://hub.example:444/api/models", None, False),
    ("https://hub.example", "https://cdn.hub.example/api/models", None, False),
    ("https://hub.example", "https://hub.example.evil.example/", None, False),
    ("https://hub.example", "https://hub.example@evil.example/", None, False),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/models", None, True),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api", "http://proxy:3128", False),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8081/api/models", None, False),
])  # fmt: skip
def test_only_the_hub_gets_the_token(hub: str, url: str, proxy: str | None, sent: bool) -> None:
    middleware = TokenMiddleware(hub, SecretStr(TOKEN))
    request = Request(url, headers={"Authorization": "Bearer left-over"}, meta={"proxy": proxy})
    middleware.process_request(request)
    assert request.headers.get("Authorization") == (f"Bearer {TOKEN}".encode() if sent else None)
    middleware.process_exception(request, OSError())
    assert TOKEN not in repr(request.to_dict())
    assert TOKEN not in repr(vars(middleware))


@pytest.mark.parametrize(
    ("hub", "token"),
    [("https://hub.example", None), ("http://hub.example", TOKEN), ("http://10.0.0.1", TOKEN)],
)
def test_without_a_private_way_no_token_is_sent(hub: str, token: str | None) -> None:
    settings = {"HUB_URL": hub, "HUB_TOKEN": SecretStr(token) if token else None}
    with pytest.raises(NotConfigured):
        TokenMiddleware.from_crawler(get_crawler(settings_dict=settings))


@pytest.mark.parametrize("token", ["hf_a\r\nX-Evil: 1", "hf_a\n", "hf_é"])
def test_a_token_that_cannot_be_one_is_refused_without_showing_it(token: str) -> None:
    settings = {"HUB_URL": "https://hub.example", "HUB_TOKEN": SecretStr(token)}
    with pytest.raises(ConfigurationError) as caught:
        TokenMiddleware.from_crawler(get_crawler(settings_dict=settings))
    assert "hf_a" not in str(caught.value)
