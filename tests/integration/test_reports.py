"""Every report on the sample, on an empty graph, and on graphs made to trip it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import neo4j
import pandas as pd
import pytest

from graph.answers import reports
from graph.answers.precomputing import precomputable, precompute_answers
from graph.answers.reports import Kind, Report, catalogue
from graph.errors import ParameterError, QueryError
from graph.settings import Settings
from graph.store.connection import Graph, Result

REPORTS = list(catalogue().values())
MOST_ROWS = {"limit": 1000}

KNOWN: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "author-dependents": ({}, {"dependent": "Krabat", "models": 443}),
    "common-ancestors": (
        {},
        {"ancestor": "meta-llama/Llama-2-7b", "depth_model": 2, "depth_other": 2, "root": True},
    ),
    "downloads-by-licence": ({}, {"license": "apache-2.0", "models": 178}),
    "downloads-by-task": ({}, {"task": "text-generation", "models": 2193}),
    "family-sizes": (
        {"as_of": "2025-01-01"},
        {"model": "google/gemma-7b", "descendants": 105, "there": 105, "direct": 80, "depth": 2},
    ),
    "growth-by-month": ({}, {"month": "2022-03", "models": 1, "total": 1}),
    "hub-size": ({}, {"models": 24269, "finetune": 1418, "merge": 27}),
    "largest-families": ({}, {"root": "google/gemma-7b", "descendants": 3564, "depth": 4}),
    "licence-changes": (
        {},
        {"base_license": "openrail++", "license": "creativeml-openrail-m", "links": 147},
    ),
    "licence-differs": (
        {"base_license": "gemma"},
        {"model": "Junfeng5/Liquid_V1_7B", "license": "mit", "base": "google/gemma-7b"},
    ),
    "lineage-down": (
        {},
        {"depth": 1, "model": "google/gemma-7b-it", "base": "google/gemma-7b"},
    ),
    "lineage-up": (
        {},
        {"depth": 2, "model": "epfl-llm/meditron-7b", "base": "meta-llama/Llama-2-7b"},
    ),
    "longest-chains": ({}, {"root": "google/gemma-7b", "steps": 4}),
    "merge-parents": (
        {},
        {
            "model": "GianlucaMondillo/BioTakuya",
            "parents": 2,
            "bases": ["epfl-llm/meditron-7b", "meta-llama/Llama-2-7b-chat-hf"],
        },
    ),
    "model-counts": ({}, {"downloads": 54393, "likes": 3246}),
    "most-derivatives": ({}, {"model": "google/gemma-7b", "derivatives": 3367, "quantized": 23}),
    "missing-data": ({}, {"field": "license", "missing": 23503, "models": 24269}),
    "models-per-author": ({}, {"author": "Krabat", "models": 443, "derivatives": 443}),
    "newest-derivatives": ({}, {"model": "OpenLLM-Ro/RoGemma-7b-Instruct-2025-04-23"}),
    "paths-between": ({}, {"steps": 4, "relations": ["quantized", *["finetune"] * 3]}),
    "quantizations-by-author": ({}, {"author": "PrunaAI", "quantizations": 4}),
    "relation-mix": ({}, {"relation": "adapter", "links": 4611, "models": 4611, "bases": 14}),
    "self-published-share": ({}, {"relation": "finetune", "links": 1418, "self_published": 72}),
    "top-authors": ({}, {"rank": 1, "author": "google", "outside_publishers": 268}),
    "top-models": ({}, {"rank": 1, "model": "google/gemma-7b", "descendants": 3564}),
    "top-models-by-task": (
        {},
        {"task": "text-to-image", "place": 1, "model": "stabilityai/stable-diffusion-2-1"},
    ),
    "unknown-bases": ({}, {"base": "yl4579/StyleTTS2-LJSpeech", "references": 1}),
}
"""Report → parameters, and what one row of its result holds on the sample. Others return rows."""

NOTHING_IN_THE_SAMPLE = {
    "changes", "changes-by-week", "changes-of-kind", "changes-of-model", "children-missing",
    "cut-links", "gone-bases", "snapshots",
}  # fmt: skip
"""The sample has no circle, one observation only and no counts of the Hub's own; other tests make
such graphs."""

PYTHON = {
    Kind.STRING: str,
    Kind.INTEGER: int,
    Kind.FLOAT: float,
    Kind.BOOLEAN: bool,
    Kind.DATETIME: datetime,
}


def by_name(report: Report) -> str:
    return report.name


def fits(value: object, kind: Kind) -> bool:
    if value is None:
        return True
    if kind is Kind.STRINGS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is PYTHON[kind]


def test_every_name_here_is_a_report() -> None:
    assert KNOWN.keys() | NOTHING_IN_THE_SAMPLE <= {r.name for r in REPORTS}


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_on_the_sample(sample_graph: Graph, report: Report) -> None:
    given, expected = KNOWN.get(report.name, ({}, {}))
    result = reports.run(sample_graph, report, given)
    assert result.columns == [column.name for column in report.data_columns]
    for column in report.data_columns:
        wrong = [row for row in result.rows if not fits(row[column.name], column.type)]
        assert not wrong, column
    if report.name in NOTHING_IN_THE_SAMPLE:
        assert result.rows == []
    else:
        assert any(expected.items() <= row.items() for row in result.rows), result.rows[:3]


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_limit_is_kept(sample_graph: Graph, report: Report) -> None:
    if "limit" in {p.name for p in report.parameters}:
        assert len(reports.run(sample_graph, report, {"limit": 2}).rows) <= 2


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_on_an_empty_graph(empty_graph: Graph, report: Report) -> None:
    assert reports.run(empty_graph, report).rows == []


@pytest.fixture(scope="module")
def driver(settings: Settings) -> Iterator[neo4j.Driver]:
    assert settings.neo4j_uri
    assert settings.neo4j_password
    auth = (settings.neo4j_user, settings.neo4j_password.get_secret_value())
    with neo4j.GraphDatabase.driver(
        settings.neo4j_uri, auth=auth, notifications_min_severity="OFF"
    ) as driver:
        yield driver


ONE_BY_ONE = {
    "changes-by-week", "children-missing", "common-ancestors", "hub-size", "paths-between",
}  # fmt: skip
"""They combine one row with others: a model found by its id, or a list read once."""
WHOLE_GRAPH = {
    "downloads-by-licence", "downloads-by-task", "missing-data", "growth-by-month",
    "hub-size", "models-per-author",
}  # fmt: skip
"""They count every model or author there is."""


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_plan_reads_no_more_than_it_must(
    sample_graph: Graph, driver: neo4j.Driver, report: Report
) -> None:
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        plan = session.run(f"EXPLAIN {report.cypher}", report.bind({})).consume().plan
    names = {step["operatorType"].split("@")[0] for step in steps(plan)}
    assert names, "a plan"
    refused = {"AllNodesScan", "UndirectedAllRelationshipsScan", "DirectedAllRelationshipsScan"}
    if report.name not in WHOLE_GRAPH:
        refused |= {"NodeByLabelScan"}
    if report.name not in ONE_BY_ONE:
        refused |= {"CartesianProduct"}
    assert not names & refused


def steps(plan: object) -> Iterator[dict[str, str]]:
    assert isinstance(plan, dict)
    yield plan
    for child in plan.get("children", []):
        yield from steps(child)


def total(result: Result, column: str) -> int:
    return sum(row[column] for row in result.rows)


def test_sums_agree_across_reports(sample_graph: Graph) -> None:
    mix = reports.run(sample_graph, "relation-mix")
    links = {row["relation"]: row["links"] for row in mix.rows}
    assert links == {"adapter": 4611, "finetune": 1418, "quantized": 265, "merge": 27}
    assert total(mix, "share") == pytest.approx(1)
    growth = reports.run(sample_graph, "growth-by-month").rows
    assert growth[-1]["total"] == sum(row["models"] for row in growth)
    google = next(
        row for row in reports.run(sample_graph, "top-authors").rows if row["author"] == "google"
    )
    dependents = reports.run(sample_graph, "author-dependents", {"author": "GOOGLE", **MOST_ROWS})
    assert len(dependents.rows) == google["outside_publishers"]
    assert total(dependents, "models") == google["outside_models"]


def test_direct_children_of_a_large_family(sample_graph: Graph) -> None:
    down = reports.run(sample_graph, "lineage-down", {"depth": 1, **MOST_ROWS})
    assert len(down.rows) == 1000
    newest = reports.run(sample_graph, "newest-derivatives", {"relation": "quantized"})
    assert {row["relation"] for row in newest.rows} <= {"quantized"}
    quantized = reports.run(sample_graph, "quantizations-by-author", MOST_ROWS)
    counted = sample_graph.read(
        "MATCH (:Model {id: 'google/gemma-7b'})<-[r:QUANTIZE]-() RETURN count(r) AS n"
    )
    assert total(quantized, "quantizations") == counted.one()["n"]


def test_lineage_down_links_every_descendant_to_what_is_shown(sample_graph: Graph) -> None:
    root = "meta-llama/Llama-2-7b"
    rows = reports.run(sample_graph, "lineage-down", {"model": root, **MOST_ROWS}).rows
    depth = {row["model"]: row["depth"] for row in rows}
    assert len(depth) == 173
    assert max(depth.values()) == 4
    for row in rows:
        assert row["base"] == root or depth[row["base"]] >= row["depth"] - 1


def test_case_of_an_id_does_not_matter(sample_graph: Graph) -> None:
    up = reports.run(sample_graph, "lineage-up", {"model": "gianlucamondillo/BIOTAKUYA"})
    assert len(up.rows) == 3


def test_paths_are_the_same_from_either_end(sample_graph: Graph) -> None:
    ends = {
        "model": "google/gemma-7b",
        "base": "mradermacher/Gemma-7B-sft-SPIN-Gemma-2-27B-GGUF",
    }
    (row,) = reports.run(sample_graph, "paths-between", ends).rows
    assert row["models"][0] == ends["base"]
    assert row["models"][-1] == ends["model"]


def test_bad_parameter_and_unknown_report(sample_graph: Graph) -> None:
    with pytest.raises(ParameterError, match="`limit`"):
        reports.run(sample_graph, "top-models", {"limit": "0"})
    with pytest.raises(QueryError, match="Did you mean lineage-up"):
        reports.run(sample_graph, "linage-up")


def test_columns_other_than_declared_are_an_error(sample_graph: Graph) -> None:
    report = catalogue()["relation-mix"]
    wrong = replace(report, columns=report.columns[::-1])
    with pytest.raises(QueryError, match=r"families/relation-mix\.cypher: the header declares"):
        reports.run(sample_graph, wrong)


def test_a_report_cannot_write(sample_graph: Graph) -> None:
    report = catalogue()["relation-mix"]
    writing = replace(report, cypher="CREATE (m:Model) RETURN m")
    with pytest.raises(QueryError, match="write"):
        reports.run(sample_graph, writing)


def test_cut_result_is_said(sample_graph: Graph) -> None:
    result = reports.run(sample_graph, "top-models", row_limit=5)
    assert len(result.rows) == 5
    assert result.truncated
    assert not reports.run(sample_graph, "top-models", {"limit": 5}, row_limit=5).truncated


def test_data_frame_has_types_that_know_missing_values(sample_graph: Graph) -> None:
    frame = reports.dataframe(sample_graph, "newest-derivatives", limit=3)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "created_at": "datetime64[us, UTC]",
        "model": "string",
        "relation": "string",
        "author": "string",
        "downloads": "Int64",
        "likes": "Int64",
    }
    assert len(frame) == 3
    assert frame["created_at"].is_monotonic_decreasing
    authors = reports.dataframe(sample_graph, "models-per-author")
    assert authors["rank"].dtype == pd.Int64Dtype()
    assert authors["rank"].isna().any()
    assert not authors.attrs["truncated"]


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
    empty_graph.command("MATCH (m:Model {id: 'a/y'}) SET m.gone_since = datetime('2025-06-01')")
    (row,) = reports.run(empty_graph, "gone-bases").rows
    assert (row["base"], row["orphans"]) == ("a/y", 2)
    assert row["gone_since"].isoformat() == "2025-06-01T00:00:00+00:00"


def test_merges_of_merges_do_not_explode(empty_graph: Graph) -> None:
    """Twelve layers of ten models, each merged from all ten below: 10^10 paths end to end."""
    layers, width = 12, 10
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
    paths = reports.run(empty_graph, "paths-between", {"model": top, "base": bottom})
    assert [row["steps"] for row in paths.rows] == [layers - 1] * 5
    chains = reports.run(empty_graph, "longest-chains")
    assert [row["steps"] for row in chains.rows] == [layers - 1] * width
    assert reports.run(empty_graph, "author-dependents", {"author": "a"}).rows == []
    other = f"a/{layers - 1}-1"
    common = reports.run(empty_graph, "common-ancestors", {"model": top, "other": other})
    assert len(common.rows) == 50
    assert time.perf_counter() - started < 30


def test_a_precomputed_answer_serves_its_defaults_until_the_next(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", -1)
    link(empty_graph, ("a/x", "a/y", None, False))
    assert precompute_answers(empty_graph).keys() == {q.name for q in precomputable()}
    link(empty_graph, ("a/z", "a/y", None, False))
    mix = catalogue()["relation-mix"]
    assert total(reports.run(empty_graph, mix), "links") == 1
    assert total(reports.run(empty_graph, mix, {"as_of": "2100-01-01"}), "links") == 0
    precompute_answers(empty_graph)
    assert total(reports.run(empty_graph, mix), "links") == 2
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", 600)
    assert precompute_answers(empty_graph) == {}
    link(empty_graph, ("b/x", "a/y", None, False))
    assert total(reports.run(empty_graph, mix), "links") == 3
