"""Real crawls against small Hubs of their own: manners, tries again, and where the token goes.

All crawls run at once, each in a process of its own; the tests look at what came of them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from spiders.asking.middlewares import TokenMiddleware
from tests.hub import Content, Hub, Quota, faults, serve
from tests.hub import Request as Asked
from tests.hub.faults import Fault

TOKEN = "hf_sesameOpenSesame0123456789"
LARGEST = 1_000_000
BODY = json.dumps([{"id": f"acme/model-{number}"} for number in range(200)]).encode()
ROOT = Path(__file__).parents[2]
SPEED = 300
MODELS = "/api/models/acme/"

FIRST = {
    "hang": faults.delay(before=30), "hang-inside": faults.delay(inside=30),
    "hang-up": faults.hang_up(), "cut": faults.cut(), "cut-unseen": faults.cut(unseen=True),
    "refused": faults.status(429, retry_after=1, quota_headers=False),
}  # fmt: skip
"""What is wrong with the first answer only."""
ALWAYS: dict[str, Fault] = {
    "dead": faults.status(502),
    "hang-for-ever": faults.delay(before=30),
    "plain": lambda _, answer: replace(answer, gzip=False),
    "missing": faults.status(401, "Invalid username or password."),
    "large": lambda _, answer: replace(answer, body=bytes(2 * LARGEST), gzip=False),
    "endless": faults.huge(200 * LARGEST, packed=False),
    "bomb": faults.huge(20 * LARGEST),
    "refused-for-ever": faults.status(429, retry_after=0, quota_headers=False),
    "loop": faults.redirect(),
    "moved": faults.redirect(MODELS + "there"),
}


@dataclass
class Crawl:
    """What came of a crawl: of each path, the stats, and all that was written anywhere."""

    results: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    written: str
    seconds: float

    def error(self, name: str) -> str:
        return str(self.results[MODELS + name]["error"])


def _held(*names: object) -> Content:
    return Content({"record": "model/1", "id": f"acme/{name}"} for name in names)


def _count(hub: Hub, path: str) -> int:
    return sum(request.path == path for request in hub.requests)


def _whole(path: str) -> Callable[[Asked], bool]:
    return lambda request: request.path == path


def _misbehaving(hub: Hub, elsewhere: Hub) -> None:
    hub.robots = f"User-agent: hubgraph\nDisallow: {MODELS}private\n"
    hub.faults.add(faults.body(BODY), MODELS)
    hub.faults.add(lambda _, answer: replace(answer, quota_headers=False))
    for name, fault in (ALWAYS | FIRST).items():
        hub.faults.add(fault, _whole(MODELS + name), nth={1} if name in FIRST else None)
    for nth, code in ((1, 500), (2, 503)):
        hub.faults.add(faults.status(code, quota_headers=False), MODELS + "flaky", nth={nth})
    hub.faults.add(faults.redirect(f"{elsewhere.url}{MODELS}got"), MODELS + "away")


def _begin(hub: Hub, **settings: object) -> "subprocess.Popen[str]":
    urls = [f"{hub.url}/api/models/{model.id}" for model in hub.content.models]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {
        "HF_TOKEN": TOKEN,
        "HUBGRAPH_HUB_URL": hub.url,
        "HUBGRAPH_LOG_LEVEL": "debug",
        "HUBGRAPH_USER_AGENT_URL": "https://crawler.example/about",
        "HUBGRAPH_CRAWL_TIMEOUT_S": "0.6",
        "HUBGRAPH_CRAWL_MAX_RETRIES": "3",
        "HUBGRAPH_CRAWL_CONCURRENCY": "4",
    }
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.crawl_probe",
            json.dumps({"urls": urls, "settings": settings}),
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(process: "subprocess.Popen[str]", hub: Hub) -> Crawl:
    began = time.monotonic()
    out, log = process.communicate(timeout=300)
    assert process.returncode == 0, log
    answer = json.loads(out)
    results = {url.removeprefix(hub.url): result for url, result in answer["results"].items()}
    return Crawl(results, answer["stats"], out + log, time.monotonic() - began)


@dataclass
class Crawls:
    hub: Hub
    elsewhere: Hub
    counted: Hub
    closed: Hub
    cache: Path
    misbehaved: Crawl
    paced: Crawl
    ended: Crawl


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    cache = tmp_path_factory.mktemp("cache")
    quota = Quota(account={"api": 20, "pages": 20}, speed=SPEED)
    names = (*FIRST, *ALWAYS, "ok", "flaky", "away", "private")
    with ExitStack() as stack:
        hub, elsewhere = (stack.enter_context(serve(_held(*held))) for held in (names, ["got"]))
        counted = stack.enter_context(serve(_held(*range(70)), quota=quota))
        closed = stack.enter_context(serve(_held(*range(9))))
        _misbehaving(hub, elsewhere)
        closed.faults.add(faults.status(429, retry_after=3000, quota_headers=False), "/api/")
        settings = {"DOWNLOAD_MAXSIZE": LARGEST, "HTTPCACHE_ENABLED": True}
        processes = [
            _begin(hub, HUB_CLOCK_SPEED=2000, HTTPCACHE_DIR=str(cache), **settings),
            _begin(counted, HUB_CLOCK_SPEED=SPEED),
            _begin(closed),
        ]
        for process in processes:
            stack.callback(process.kill)
        while not _count(closed, MODELS + "0") and processes[2].poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)
        processes[2].send_signal(signal.SIGINT)
        ended = _end(processes[2], closed)
        misbehaved, paced = _end(processes[0], hub), _end(processes[1], counted)
        yield Crawls(hub, elsewhere, counted, closed, cache, misbehaved, paced, ended)


@pytest.mark.parametrize(("name", "requests"), [
    ("ok", 1), ("plain", 1), ("flaky", 3), ("hang", 2), ("hang-inside", 2), ("hang-up", 2),
    ("cut", 2), ("cut-unseen", 2), ("refused", 2),
])  # fmt: skip
def test_what_passes_is_tried_again(crawls: Crawls, name: str, requests: int) -> None:
    result = crawls.misbehaved.results[MODELS + name]
    assert (result["status"], result["bytes"]) == (200, len(BODY))
    assert _count(crawls.hub, MODELS + name) == requests


@pytest.mark.parametrize(("name", "requests", "reason"), [
    ("dead", 4, "status 502, 4 times in a row"),
    ("hang-for-ever", 4, "no answer in time, 4 times in a row"),
    ("large", 1, "the answer is larger than 1,000,000 bytes"),
    ("endless", 1, "the answer is larger than 1,000,000 bytes"),
    ("bomb", 1, "the answer is larger than 1,000,000 bytes"),
    ("refused-for-ever", 11, "the quota is used up, 11 times in a row"),
])  # fmt: skip
def test_giving_up_has_a_reason(crawls: Crawls, name: str, requests: int, reason: str) -> None:
    kind = "TooLargeError" if "larger" in reason else "CrawlError"
    said = f"{kind}: The Hub gave no usable answer: {reason}: {crawls.hub.url}{MODELS}{name}"
    assert crawls.misbehaved.error(name) == said
    assert _count(crawls.hub, MODELS + name) == requests
    assert crawls.misbehaved.stats[f"hub/given_up/{reason}"] >= 1


def test_an_answer_that_is_no_failure_is_not_tried_again(crawls: Crawls) -> None:
    assert crawls.misbehaved.results[MODELS + "missing"]["status"] == 401
    assert _count(crawls.hub, MODELS + "missing") == 1


def test_redirects_that_go_round_end(crawls: Crawls) -> None:
    assert "max redirections" in crawls.misbehaved.error("loop")
    assert _count(crawls.hub, MODELS + "loop") == 6


def test_robots_txt_is_read_once_and_obeyed(crawls: Crawls) -> None:
    assert _count(crawls.hub, "/robots.txt") == 1
    assert "robots.txt" in crawls.misbehaved.error("private")
    assert _count(crawls.hub, MODELS + "private") == 0


def test_the_user_agent_names_the_project_and_who_runs_it(crawls: Crawls) -> None:
    agents = {request.headers["user-agent"] for request in crawls.hub.requests}
    assert len(agents) == 1
    name, _, address = agents.pop().partition(" ")
    assert name.startswith("hubgraph/")
    assert address == "(+https://crawler.example/about)"


def test_every_request_is_counted_by_class_and_status(crawls: Crawls) -> None:
    stats = crawls.misbehaved.stats
    by_twisted = len(crawls.hub.requests) - 1 - stats["hub/requests/api"]
    assert by_twisted in (0, 1)  # it asks again itself when a kept connection was closed
    assert stats["hub/requests/pages"] == 1
    told = {key: value for key, value in stats.items() if key.startswith("hub/status/api/")}
    assert sum(told.values()) == stats["hub/requests/api"]
    assert (stats["hub/status/api/502"], stats["hub/status/api/DownloadTimeoutError"]) == (4, 6)
    assert stats["hub/refused"] == 11
    assert stats["hub/retry/count"] in (13, 13 - by_twisted)


def test_the_token_goes_to_the_hub_and_nowhere_else(crawls: Crawls) -> None:
    at_hub = {request.token for request in crawls.hub.requests}
    assert at_hub == {TOKEN}
    assert crawls.misbehaved.results[MODELS + "away"]["status"] == 200
    assert _count(crawls.elsewhere, MODELS + "got") == 1
    assert TOKEN not in str(crawls.elsewhere.requests)
    assert "authorization" not in str(crawls.elsewhere.requests)


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
    assert crawls.counted.quota.refused == 0
    shares = crawls.counted.quota.shares("api", TOKEN)
    assert len(shares) >= 4
    assert max(shares) == 1  # a busy machine may leave some of a window: see test_quota
    assert crawls.paced.stats["hub/wait/api"] >= 3
    assert crawls.paced.stats["hub/wait/api_s"] > 300


def test_requests_that_wait_let_go_when_the_crawl_is_ended(crawls: Crawls) -> None:
    assert crawls.ended.seconds < 300  # where the quota asks for 3,000
    assert crawls.ended.results
    errors = {result["error"] for result in crawls.ended.results.values()}
    assert errors == {"CrawlEndedError: The crawl is being ended."}
    assert _count(crawls.closed, MODELS + "0") == 1


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
