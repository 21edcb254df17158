"""One writer of observations at a time, which a killed one ends by itself."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial

import pytest

from graph.answers.query import reader
from graph.answers.runs import runs, unfinished
from graph.errors import ServerError
from graph.resolve.delta import Delta, NodeWrite
from graph.resolve.held import NodeKey
from graph.settings import Settings
from graph.store import lease
from graph.store.apply import apply
from graph.store.connection import Graph, connect
from graph.store.lease import is_held, writing
from graph.store.runs import Run, end_run, save_run
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


def test_scores_are_computed_while_others_observe(empty_graph: Graph, settings: Settings) -> None:
    with writing(empty_graph, "crawl"), connect(settings) as other, connect(settings) as third:
        with writing(other, "influence"):
            assert sorted(held(empty_graph)) == ["crawl", "influence"]
            with (
                pytest.raises(ServerError, match="A computation of influence on"),
                writing(third, "influence"),
            ):
                pass
        assert held(empty_graph) == ["crawl"]


@pytest.mark.parametrize("kind", ["load", "crawl", "update", "import", "influence"])
def test_a_run_that_was_killed_ended_without_a_result(empty_graph: Graph, kind: str) -> None:
    def states() -> list[str | None]:
        return [run.status for run in runs(reader(empty_graph))]

    killed = Run(f"{kind}-1", kind, datetime(2026, 1, 1, tzinfo=UTC))
    save_run(empty_graph, killed, status="running")
    assert states() == ["interrupted"]
    goes_on = partial(is_held, empty_graph)
    assert [run.kind for run in unfinished(reader(empty_graph), goes_on)] == [kind]
    with writing(empty_graph, kind):
        run = Run.begin(kind)
        save_run(empty_graph, run, status="running")
        assert states() == ["running", "interrupted"]
        assert unfinished(reader(empty_graph), goes_on) == []
        end_run(empty_graph, run, "complete", {})
    assert states() == ["complete", "interrupted"]
    assert unfinished(reader(empty_graph), goes_on) == []


_HOLD = """
import os, sys
from graph.settings import load_settings
from graph.store.connection import connect
from graph.store.lease import is_held, writing
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
