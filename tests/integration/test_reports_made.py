"""Every report on an empty graph, and on graphs made to trip it."""

import sys
import time
from dataclasses import replace
from itertools import combinations
from random import Random

import networkx as nx
import pytest

from graph.answers import reports
from graph.answers.precomputing import precomputable, precompute_answers
from graph.answers.reports import Report, catalogue
from graph.store.connection import Graph
from hubgraph.command import main
from tests.integration.test_reports import MOST_ROWS, REPORTS, by_name, total


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_on_an_empty_graph(empty_graph: Graph, report: Report) -> None:
    assert reports.run(empty_graph, report).rows == []


def test_data_frame_without_rows_keeps_its_types(empty_graph: Graph) -> None:
    frame = reports.dataframe(empty_graph, "top-models")
    assert list(frame.columns)[:2] == ["rank", "model"]
    assert str(frame["rank"].dtype) == "Int64"


LINKS = """
UNWIND $links AS link
MERGE (child:Model {id: link[0], id_folded: toLower(link[0])})
MERGE (base:Model {id: link[1], id_folded: toLower(link[1])})
SET child.known = true, base.known = true, child.author = split(child.id, '/')[0],
    base.author = split(base.id, '/')[0]
CREATE (child)-[r:MERGE]->(base)
SET r.cut = link[2], r.gone_since = CASE WHEN link[3] THEN datetime() END
"""


def link(graph: Graph, *links: tuple[str, str, str | None, bool]) -> None:
    graph.command(LINKS, {"links": [list(item) for item in links]})


def test_circles_and_loops_end(empty_graph: Graph) -> None:
    link(
        empty_graph,
        ("a/x", "a/y", None, False),
        ("a/y", "a/z", None, False),
        ("a/z", "a/x", "cycle", False),
        ("a/x", "a/x", "loop", False),
    )
    up = reports.run(empty_graph, "lineage-up", {"model": "a/x"}).rows
    assert len(up) == 4
    down = reports.run(empty_graph, "lineage-down", {"model": "a/x"}).rows
    assert {row["model"]: row["depth"] for row in down} == {"a/z": 1, "a/y": 2}
    cut = reports.run(empty_graph, "cut-links").rows
    assert [(row["reason"], row["model"], row["base"]) for row in cut] == [
        ("cycle", "a/z", "a/x"),
        ("loop", "a/x", "a/x"),
    ]
    paths = reports.run(empty_graph, "paths-between", {"model": "a/x", "base": "a/z"}).rows
    assert [row["models"] for row in paths] == [["a/z", "a/x"], ["a/x", "a/y", "a/z"]]


def test_links_that_are_gone_are_left_out(empty_graph: Graph) -> None:
    link(empty_graph, ("a/x", "a/y", None, True), ("a/x", "a/z", None, False))
    empty_graph.command(
        "MATCH (child:Model {id: 'a/x'}), (gone:Model {id: 'a/y'}), (base:Model {id: 'a/z'}) "
        "SET child.created_at = datetime() "
        "CREATE (child)-[:QUANTIZE {gone_since: datetime()}]->(gone), (child)-[:QUANTIZE]->(base)"
    )
    up = reports.run(empty_graph, "lineage-up", {"model": "a/x"}).rows
    assert [row["base"] for row in up] == ["a/z", "a/z"]
    for name in ("lineage-down", "newest-derivatives", "quantizations-by-author"):
        assert reports.run(empty_graph, name, {"model": "a/z"}).rows, name
        assert reports.run(empty_graph, name, {"model": "a/y"}).rows == [], name
    assert total(reports.run(empty_graph, "relation-mix"), "links") == 2
    assert reports.run(empty_graph, "paths-between", {"model": "a/x", "base": "a/y"}).rows == []


def test_bases_that_are_gone(empty_graph: Graph) -> None:
    link(empty_graph, ("a/x", "a/y", None, False), ("b/x", "a/y", None, False))
    gone = "MATCH (m:Model {id: 'a/y'}) SET m:Gone, m.gone_since = datetime('2025-06-01')"
    empty_graph.command(gone)
    (row,) = reports.run(empty_graph, "gone-bases").rows
    assert (row["base"], row["orphans"]) == ("a/y", 2)
    assert row["gone_since"].isoformat() == "2025-06-01T00:00:00+00:00"


@pytest.mark.parametrize(("layers", "width"), [(12, 10), (30, 5), (40, 3)])
def test_merges_of_merges_do_not_explode(empty_graph: Graph, layers: int, width: int) -> None:
    """Layers of models, each merged from all of the layer below: 10^10 paths and more."""
    link(
        empty_graph,
        *(
            (f"a/{layer}-{top}", f"a/{layer - 1}-{below}", None, False)
            for layer in range(1, layers)
            for top in range(width)
            for below in range(width)
        ),
    )
    empty_graph.command(
        "MATCH (m:Model)<--() WITH DISTINCT m, toInteger(split(split(m.id, '/')[1], '-')[0]) AS l "
        "SET m.descendants = $width * ($layers - 1 - l), m.descendants_depth = $layers - 1 - l",
        {"layers": layers, "width": width},
    )
    empty_graph.command(
        "CREATE (a:Author {name: 'a', name_folded: 'a'}) "
        "WITH a MATCH (m:Model) CREATE (a)-[:PUBLISHED]->(m)"
    )
    top, bottom = f"a/{layers - 1}-0", "a/0-0"
    started = time.perf_counter()
    up = reports.run(empty_graph, "lineage-up", {"model": top, "limit": 5000})
    assert len(up.rows) == width + (layers - 2) * width**2
    down = reports.run(empty_graph, "lineage-down", {"model": bottom, **MOST_ROWS})
    assert len({row["model"] for row in down.rows}) == width * (layers - 1)
    hit = reports.run(empty_graph, "blast-by-depth", {"model": bottom})
    assert [row["models"] for row in hit.rows] == [width] * (layers - 1)
    paths = reports.run(empty_graph, "paths-between", {"model": top, "base": bottom})
    assert [row["steps"] for row in paths.rows] == [layers - 1] * 5
    chains = reports.run(empty_graph, "longest-chains")
    assert [row["steps"] for row in chains.rows] == [layers - 1] * min(width, 10)
    assert reports.run(empty_graph, "author-dependents", {"author": "a"}).rows == []
    other = f"a/{layers - 1}-1"
    common = reports.run(empty_graph, "common-ancestors", {"model": top, "other": other})
    assert len(common.rows) == min(50, (layers - 1) * width)
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize("seed", range(8))
def test_paths_are_the_shortest_there_are(empty_graph: Graph, seed: int) -> None:
    """Against every path that networkx finds; without circles, none shorter is left out."""
    random = Random(seed)  # noqa: S311 (no secret)
    circles = seed % 2 == 1
    names = [f"a/{n}" for n in range(8)]
    pairs = [(c, b) for c in names for b in names if c > b or (circles and c != b)]
    chosen = random.sample(pairs, 16)
    link(empty_graph, *((child, base, None, False) for child, base in chosen))
    made = nx.DiGraph(chosen)
    for one, other in combinations(sorted(made), 2):
        ends = ((other, one), (one, other))
        every = sorted(
            [path for low, high in ends for path in nx.all_simple_paths(made, low, high)],
            key=len,
        )
        asked = {"model": one, "base": other, "limit": 4}
        rows = reports.run(empty_graph, "paths-between", asked).rows
        found = [row["models"] for row in rows]
        assert all(path in every for path in found)
        assert len({tuple(path) for path in found}) == len(found)
        shortest = [len(path) - 1 for path in every[:4]]
        steps = [row["steps"] for row in rows]
        assert steps[:1] == shortest[:1]
        assert circles or steps == shortest


def test_a_precomputed_answer_serves_its_defaults_until_the_next(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.answers.precomputing.SMALL", 0)
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", -1)
    link(empty_graph, ("a/x", "a/y", None, False))
    assert precompute_answers(empty_graph).keys() == {q.name for q in precomputable()}
    link(empty_graph, ("a/z", "a/y", None, False))
    mix = catalogue()["relation-mix"]
    assert total(reports.run(empty_graph, mix), "links") == 1
    assert total(reports.run(empty_graph, mix, {"as_of": "2100-01-01"}), "links") == 0
    later = replace(mix, cypher=mix.cypher + " // as another version asks it")
    assert total(reports.run(empty_graph, later), "links") == 2
    precompute_answers(empty_graph)
    assert total(reports.run(empty_graph, mix), "links") == 2
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", 600)
    assert precompute_answers(empty_graph) == {}
    link(empty_graph, ("b/x", "a/y", None, False))
    assert total(reports.run(empty_graph, mix), "links") == 3


@pytest.mark.usefixtures("environment")
def test_text_cannot_steer_the_terminal(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    empty_graph.command(
        "CREATE (c:Model {id: 'a/x\u001b[31m', id_folded: 'a/x', downloads: 1})"
        "-[:MERGE]->(:Model {id: '=[red]b/y', id_folded: 'b/y'})"
    )

    def told(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["hubgraph", "report", "run", "merge-parents", *options])
        with pytest.raises(SystemExit):
            main()
        return capfd.readouterr().out

    assert "a/x[31m" in told()
    assert "[red]b/y" in told()
    assert "\x1b" not in told()
    assert "'=[red]b/y" in told("-f", "csv")
