"""`hubgraph demo` as a newcomer meets it, on a server and data of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from graph.server.local import LocalServer
from graph.settings import load_settings

HUBGRAPH = [sys.executable, "-m", "tests.small_demo"]
PATIENCE_S = 180


class _Demo:
    """A running `hubgraph demo` and what it has said so far."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*HUBGRAPH, "demo"], env=environment, stderr=subprocess.PIPE, text=True
        )
        self.said = ""
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said += line

    def wait_for(self, pattern: str) -> str:
        """What the pattern's group matches, once it was said."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self._process.poll() is None:
            if found := re.search(pattern, self.said):
                return found.group(1)
            time.sleep(0.1)
        pytest.fail(f"no {pattern!r} in: {self.said}")

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def end(self, number: signal.Signals) -> int:
        """Send a signal; the exit code."""
        self._process.send_signal(number)
        code = self._process.wait(60)
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        return code


@pytest.fixture
def own(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which the command has data, logs and ports of its own."""
    environment = os.environ | {
        "HUBGRAPH_DATA_DIR": str(tmp_path / "data"),
        "HUBGRAPH_LOG_DIR": str(tmp_path / "logs"),
        "HUBGRAPH_BOLT_PORT": "0",
        "HUBGRAPH_HTTP_PORT": "0",
        "HUBGRAPH_WEB_PORT": "0",
        "HUBGRAPH_QUERY_TIMEOUT_S": "60",  # a crowded machine is slow, and no fault of a query
    }
    for name in ("HUBGRAPH_NEO4J_URI", "HUBGRAPH_NEO4J_PASSWORD"):
        environment.pop(name, None)
    yield environment
    subprocess.run([*HUBGRAPH, "down"], env=environment, check=False, capture_output=True)


def _running(demo: _Demo, environment: dict[str, str]) -> None:
    """Wait until its server runs; asking the command itself each time would take the machine."""
    settings = load_settings(data_dir=Path(environment["HUBGRAPH_DATA_DIR"]))
    while LocalServer(settings).status().state != "running":
        assert demo.code is None, demo.said
        time.sleep(0.2)


def _state(environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [*HUBGRAPH, "status", "--json"], env=environment, capture_output=True, check=False
    )
    return dict(json.loads(done.stdout))


def test_a_demo_killed_in_its_load_is_finished_by_the_next(own: dict[str, str]) -> None:
    first = _Demo(own)
    _running(first, own)
    time.sleep(2)  # somewhere in the load
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert "Explore" not in first.said

    second = _Demo(own)
    second.wait_for("(Ctrl-C ends it)")
    explore = second.wait_for(r"Explore +(\S+)")
    ask = second.wait_for(r"Ask +(\S+)")
    read = second.wait_for(r"Read +(\S+)")
    models = requests.get(f"{explore}models", timeout=120)
    assert "google/gemma-7b" in models.text
    assert _state(own)["counts"]["models"] > 4_000
    assert "<table" in requests.get(read, timeout=120).text
    assert "Neo4j Browser" in requests.get(ask, timeout=120).text

    # A closed terminal ends it like Ctrl-C does; the server it found running stays.
    assert second.end(signal.SIGHUP) == 0
    assert "Traceback" not in second.said
    with pytest.raises(requests.ConnectionError):
        requests.get(explore, timeout=5)
    assert _state(own)["state"] == "running"

    third = _Demo(own)
    third.wait_for("(Ctrl-C ends it)")
    assert "Loading" not in third.said
    assert third.end(signal.SIGINT) == 0
    assert _state(own)["state"] == "running"


def test_an_interrupted_demo_stops_the_server_that_it_started(own: dict[str, str]) -> None:
    demo = _Demo(own)
    _running(demo, own)
    assert demo.end(signal.SIGTERM) == 130
    assert "Interrupted." in demo.said
    assert "Traceback" not in demo.said
    assert _state(own)["state"] == "stopped"
