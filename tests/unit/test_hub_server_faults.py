"""The local Hub counts requests as the real one does, and fails as it is told to."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.hub import Content, Hub, Quota, Request, faults, serve

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hub() -> Iterator[Hub]:
    models = ({"record": "model/1", "id": f"acme/{number}"} for number in range(50))
    with serve(Content(models)) as hub:
        yield hub


def get(hub: Hub, target: str = "/api/models?limit=20", **headers: str) -> requests.Response:
    return requests.get(f"{hub.url}{target}", headers=headers, allow_redirects=False, timeout=10)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_every_answer_tells_of_the_quota() -> None:
    clock = Clock()
    with serve(Content(), quota=Quota(clock=clock)) as hub:
        clock.now += 129.5
        answer = get(hub, "/api/models")
        assert answer.headers["RateLimit"] == '"api";r=499;t=171'
        assert answer.headers["RateLimit-Policy"] == '"fixed window";"api";q=500;w=300'
        assert get(hub, "/nobody").headers["RateLimit"] == '"pages";r=99;t=171'
        assert '"resolvers";r=2999' in get(hub, "/a/b/resolve/main/x").headers["RateLimit"]
        with_token = get(hub, "/api/models", Authorization="Bearer hf_one")
        assert with_token.headers["RateLimit"] == '"api";r=999;t=171'
        assert [request.token for request in hub.requests] == [None, None, None, "hf_one"]


def test_beyond_the_limit_requests_are_refused_until_the_next_window() -> None:
    clock = Clock()
    quota = Quota(anonymous={"api": 3, "pages": 1, "resolvers": 1}, clock=clock)
    with serve(Content(), quota=quota) as hub:
        assert [get(hub).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert get(hub, "/robots.txt").status_code == 200
        clock.now += 300
        refusal = [get(hub) for _ in range(4)][-1]
        assert (refusal.status_code, refusal.headers["RateLimit"]) == (429, '"api";r=0;t=300')
        assert (quota.refused, quota.requests("api")) == (3, 9)
        assert quota.answers["api", 429] == 3
        assert quota.shares("api") == [1.0, 1.0]
        assert quota.shares("pages") == [1.0]
        quota.anonymous = {"api": 10, "pages": 1, "resolvers": 1}
        assert get(hub).headers["RateLimit"] == '"api";r=6;t=300'
        assert quota.shares("api") == [1.0, 0.4]


def test_the_clock_can_run_fast() -> None:
    clock = Clock()
    quota = Quota(clock=clock, speed=1_000)
    request = Request("GET", "/api/models")
    assert quota.take(request).left == 499
    clock.now += 0.1
    assert quota.take(request).seconds == 200
    clock.now += 0.2
    assert quota.take(request).left == 499


def test_a_fault_may_hit_some_requests_only(hub: Hub) -> None:
    hub.faults.add(faults.status(500), lambda request: "limit" in request.target, nth={2, 4})
    assert [get(hub).status_code for _ in range(5)] == [200, 500, 200, 500, 200]
    hub.faults.clear()
    hub.faults.add(faults.status(503), times=2)
    assert [get(hub).status_code for _ in range(3)] == [503, 503, 200]
    assert hub.faults.done == 4


def test_a_server_that_ends_waits_for_no_delay() -> None:
    begun = time.monotonic()
    with serve(Content()) as hub:
        hub.faults.add(faults.delay(before=60))
        with pytest.raises(requests.Timeout):
            requests.get(f"{hub.url}/api/models", timeout=0.1)
    assert time.monotonic() - begun < 10


def test_a_connection_serves_many_requests(hub: Hub) -> None:
    host, port = hub.url.removeprefix("http://").split(":")
    ask = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(ask)
            assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
        connection.sendall(ask.replace(b"GET", b"HEAD"))
        head = connection.recv(4_096)
        assert head.endswith(b"\r\n\r\n")
        assert b"Content-Length: 23" in head


def test_a_hub_that_breaks_says_so() -> None:
    def broken(_request: Request, _answer: object) -> None:
        raise KeyError

    def ask() -> None:
        with serve(Content()) as hub:
            hub.faults.add(broken)  # type: ignore[arg-type]
            assert get(hub).status_code == 500

    with pytest.raises(RuntimeError, match="broke"):
        ask()


def test_the_command_serves_until_it_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"record": "model/1", "id": "acme/base"}\n')
    command = [sys.executable, "-m", "tests.hub", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        items = requests.get(f"{url}/api/models", timeout=10).json()
        process.send_signal(signal.SIGINT)
    assert line.startswith("1 models at")
    assert [item["id"] for item in items] == ["acme/base"]
    assert process.returncode == 0
