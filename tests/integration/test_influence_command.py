"""`hubgraph influence` as a person and as a script call it, and the examples of its page."""

import json
import re
import sys

import pytest

from docs.generate import HERE
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from hubgraph.command import main
from tests.documented import blocks
from tests.reference_influence import family, plant


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Exit code of `hubgraph influence …`, run in this process."""
    monkeypatch.setattr(sys, "argv", ["hubgraph", "influence", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.usefixtures("environment")
def test_it_says_what_it_did(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(empty_graph, family("a/x b/y; b/y c/z; c/z c/z"))
    assert command(monkeypatch) == 0
    written = capfd.readouterr()
    assert written.out == ""
    told = "2 models and 2 authors scored from 3 resolved lineage relationships (1 loop left out)"
    assert told in " ".join(written.err.split())


@pytest.mark.usefixtures("environment")
def test_json_is_the_summary_and_nothing_else(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(empty_graph, family("a/x b/y; b/y c/z"))
    assert command(monkeypatch, "--json") == 0
    summary = json.loads(capfd.readouterr().out)
    assert (summary["models"], summary["scored_models"], summary["pairs"]) == (3, 2, 3)
    runs = empty_graph.read("MATCH (r:Run {status: 'complete'}) RETURN r.id AS id").rows
    assert runs == [{"id": summary["run"]}]


@pytest.mark.usefixtures("environment", "empty_graph")
def test_an_empty_graph_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch) == 1
    written = capfd.readouterr()
    assert written.out == ""
    assert written.err.strip().startswith("Error: The graph holds no lineage")
    assert len(written.err.strip().splitlines()) == 1


@pytest.mark.usefixtures("environment")
def test_python_example(empty_graph: Graph, capfd: pytest.CaptureFixture[str]) -> None:
    plant(empty_graph, family("a/x b/y; b/y c/z"))
    (code,) = blocks("influence.md", "python")
    exec(code, {})  # noqa: S102 (the documentation's own example)
    assert capfd.readouterr().out == "2 models scored, PageRank took 2 iterations\n"


def test_the_worked_example_is_what_comes_out(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, family("w/a w/b; w/b w/c; w/c w/d"))
    compute(empty_graph, settings)
    text = (HERE / "influence.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([b-d]) \|.* = ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    stored = empty_graph.read(
        "MATCH (m:Model) WHERE m.influence IS NOT NULL "
        "RETURN m.id AS id, m.influence AS i, m.effective_descendants AS e"
    ).rows
    values = {row["id"][-1]: (row["i"], row["e"]) for row in stored}
    assert len(rows) == 3
    for name, influence, effective in rows:
        assert values[name] == pytest.approx((float(influence), float(effective)), abs=1e-12)
