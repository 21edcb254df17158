"""The web app on its production server."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
import requests

from bench.serving import running
from graph.errors import ServerError
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from hubgraph.web import PortTakenError, free_port, serve


def test_it_serves_in_several_processes(empty_graph: Graph, settings: Settings) -> None:
    told = [{"record": "model/1", "id": "acme/base"}]
    load(empty_graph, iter(told), settings=settings, source="told")
    with running(settings, "127.0.0.1", 0) as address:
        assert requests.get(address + "/healthz", timeout=10).json()["status"] == "ok"
        page = requests.get(address + "/model/acme/base", timeout=10)
        assert page.status_code == 200
        assert "acme/base" in page.text
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(PortTakenError, match=f"Port {port} of 127.0.0.1 is in use"):
            serve(settings, "127.0.0.1", port)
        assert free_port("127.0.0.1", port) != port
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=2)


HALVES = (
    b"G",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HT",
    b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n",
)
"""What a client sends that then neither sends, reads nor closes."""


def test_connections_that_do_nothing_hold_nobody_up(empty_graph: Graph, settings: Settings) -> None:
    with running(settings, "127.0.0.1", 0) as address, ExitStack() as opened:
        port = int(address.rsplit(":", 1)[1])
        for number in range(60):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            if number % 2:
                client.sendall(HALVES[number // 2 % len(HALVES)])
        for _ in range(10):
            started = time.monotonic()
            assert requests.get(address + "/healthz", timeout=10).status_code == 200
            assert time.monotonic() - started < 2
            assert requests.get(address + "/about", timeout=10).status_code == 200


def test_a_head_is_read_in_pieces_and_up_to_a_size(settings: Settings) -> None:
    with running(settings, "127.0.0.1", 0) as address:
        port = int(address.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            for byte in b"GET /avatar/x HTTP/1.1\r\nHost: localhost\r\n\r\n":
                client.sendall(bytes([byte]))
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /" + b"x" * 70_000)
            assert client.recv(100).startswith(b"HTTP/1.1 431 ")


def test_fifty_long_ids_fit_into_an_address(empty_graph: Graph, settings: Settings) -> None:
    asked = {"m": [f"{'é' * 42}{n:02}/{'ü' * 52}" for n in range(50)]}
    with running(settings, "127.0.0.1", 0) as address:
        answer = requests.get(address + "/api/v1/graph", params=asked, timeout=20)
        assert len(answer.request.url or "") > 25_000
        assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("value", ["/x", "/healthz", "x", "//"])
def test_nobody_sets_the_path_from_outside(settings: Settings, value: str) -> None:
    with running(settings, "127.0.0.1", 0) as address:
        headers = {"SCRIPT_NAME": value, "Script-Name": value, "PATH_INFO": "/about"}
        answer = requests.get(address + "/nowhere", headers=headers, timeout=10)
        assert answer.status_code == 404
        assert 'href="/models"' in answer.text


def test_without_a_database_it_comes_up_and_says_so(settings: Settings) -> None:
    away = settings.model_copy(update={"neo4j_uri": "bolt://127.0.0.1:9"})
    with running(away, "127.0.0.1", 0) as address:
        assert requests.get(address + "/healthz", timeout=10).status_code == 503
        assert requests.get(address + "/", timeout=10).status_code == 503


def test_an_address_of_another_machine_is_refused_in_one_line(settings: Settings) -> None:
    with pytest.raises(ServerError, match=r"cannot listen on 192\.0\.2\.1"):
        serve(settings, "192.0.2.1", 0)
    with pytest.raises(ServerError, match="cannot listen on no such host"):
        free_port("no such host", 0)


def test_a_free_port_is_kept_as_asked() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert free_port("127.0.0.1", port) == port


def test_ctrl_c_ends_the_command_with_its_workers(settings: Settings) -> None:
    assert settings.neo4j_uri is not None
    assert settings.neo4j_password is not None
    environment = os.environ | {
        "HUBGRAPH_NEO4J_URI": settings.neo4j_uri,
        "HUBGRAPH_NEO4J_PASSWORD": settings.neo4j_password.get_secret_value(),
    }
    command = [sys.executable, "-m", "hubgraph", "web", "--port", "0", "--json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert '"address": "http://127.0.0.1:' in line, process.stderr.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()
