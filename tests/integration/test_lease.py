"""One writer of observations at a time, which a killed one ends by itself."""

import re
import subprocess
import sys

import pytest

from graph.errors import ServerError
from graph.resolve.delta import Delta, NodeWrite
from graph.resolve.held import NodeKey
from graph.settings import Settings
from graph.store import lease
from graph.store.apply import apply
from graph.store.connection import Graph, connect
from graph.store.lease import writing
from graph.store.runs import Run
from graph.ways.load import load
from tests.remembered import model


def held(graph: Graph) -> list[str]:
    rows = graph.read("MATCH (l:Lease) RETURN l.task AS task").rows
    return [row["task"] for row in rows]


def test_a_second_writer_learns_who_holds_the_lease(empty_graph: Graph, settings: Settings) -> None:
    with writing(empty_graph, "crawl"), connect(settings) as other:
        said = r"A crawl on .* \(process \d+\) has been writing to the graph since \d\d:\d\d:\d\d;"
        with pytest.raises(ServerError, match=said) as refused:
            load(other, iter([model()]), settings=settings, source="test")
        assert re.search(r"ends by itself at \d\d:\d\d:\d\d", refused.value.hint or "")
        load(empty_graph, iter([model()]), settings=settings, source="test")  # within the task
        assert held(empty_graph) == ["crawl"]
    assert held(empty_graph) == []
    with connect(settings) as other:
        load(other, iter([model()]), settings=settings, source="test")


def test_an_old_lease_ends(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LASTS_S", 0)
    with writing(empty_graph, "crawl"), connect(settings) as other:
        monkeypatch.setattr(lease, "LASTS_S", 60)
        with writing(other, "load"):
            now = Run.begin("crawl").started_at
            delta = Delta(nodes=[NodeWrite(NodeKey("Paper", "1"), {"arxiv_id": "1"}, True)])
            with pytest.raises(ServerError, match="Another hubgraph began to write"):
                apply(empty_graph, delta, now)
            assert held(empty_graph) == ["load"]
            apply(other, delta, now)
    papers = empty_graph.read("MATCH (p:Paper) RETURN count(p) AS n").one()
    assert papers == {"n": 1}


_HOLD = """
import os, sys
from graph.settings import load_settings
from graph.store.connection import connect
from graph.store.lease import writing
graph = connect(load_settings())
with writing(graph, "load"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_writer_that_was_killed_here_is_followed_at_once(
    empty_graph: Graph, settings: Settings, environment: dict[str, str]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ServerError, match="A load on"):
            load(empty_graph, iter([model()]), settings=settings, source="test")
        process.kill()
    load(empty_graph, iter([model()]), settings=settings, source="test")
    assert held(empty_graph) == []
