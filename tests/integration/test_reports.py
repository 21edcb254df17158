"""Every report on the sample."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import neo4j
import pandas as pd
import pytest

from graph.answers import reports
from graph.answers.query import reader
from graph.answers.reports import Kind, Report, catalogue
from graph.answers.totals import counted, most_rows
from graph.errors import ParameterError, QueryError
from graph.settings import Settings
from graph.store.connection import Graph, Result

REPORTS = list(catalogue().values())
MOST_ROWS = {"limit": 1000}

KNOWN: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "author-popularity": ({}, {"author": "Krabat", "models": 443, "with_size": 0}),
    "authors-table": ({"limit": 5}, {"author": "deepseek-ai", "models": 1, "likes": 12908}),
    "author-dependents": ({}, {"dependent": "Krabat", "models": 443}),
    "blast-by-depth": ({}, {"depth": 1, "models": 3367}),
    "blast-direct": ({}, {"relation": "quantized", "children": 23, "keep_another_base": 0}),
    "blast-hard": ({}, {"depth": 1}),
    "common-ancestors": (
        {},
        {"ancestor": "meta-llama/Llama-2-7b", "depth_model": 2, "depth_other": 2, "root": True},
    ),
    "downloads-by-licence": ({}, {"license": "apache-2.0", "models": 178}),
    "downloads-by-task": ({}, {"task": "text-generation", "models": 2193}),
    "family-sizes": (
        {"as_of": "2025-01-01"},
        {"model": "google/gemma-7b", "descendants": 105, "gone": 0, "direct": 80, "depth": 2},
    ),
    "growth-by-month": ({}, {"month": "2022-03", "models": 1, "total": 1}),
    "hygiene": ({}, {"check": "format-copy", "models": 43, "seriousness": "warning"}),
    "hygiene-by-month": ({}, {"month": "2024-12", "defective": 1, "models": 44}),
    "hygiene-of-check": (
        {"check": "other-base"},
        {
            "model": "mlx-community/Llama-4-Scout-17B-16E-Instruct-4bit",
            "patch": 'base_model: ["unsloth/Llama-4-Scout-17B-16E-Instruct"]',
        },
    ),
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
    "licence-drift": ({"license": "llama2"}, {"steps": 1, "same": 154, "unknown": 1461}),
    "licence-scorecard": (
        {},
        {"base_license": "gemma", "links": 92, "same": 40, "relaxed": 32, "undecidable": 20},
    ),
    "licence-scorecard-by-author": ({}, {"author": "sabersaleh", "links": 7, "relaxed": 7}),
    "relaxed-licences": (
        {"base_license": "gemma"},
        {"model": "Junfeng5/Liquid_V1_7B", "license": "mit", "rules": ["R-USE"]},
    ),
    "terms-from-afar": (
        {},
        {
            "model": "linagora/Labess-7b-chat",
            "inherited_terms": ["threshold", "use-policy"],
            "ancestor": "meta-llama/Llama-2-7b",
            "steps": 3,
        },
    ),
    "lineage-down": (
        {},
        {"depth": 1, "model": "google/gemma-7b-it", "base": "google/gemma-7b"},
    ),
    "lineage-up": (
        {},
        {"depth": 2, "model": "epfl-llm/meditron-7b", "base": "meta-llama/Llama-2-7b"},
    ),
    "models-table": (
        {"task": "text-generation", "limit": 3},
        {"organization": "deepseek-ai", "name": "DeepSeek-R1", "likes": 12908},
    ),
    "size-groups": (
        {},
        {"name": "6 M to 200 M", "models": 159, "largest": 200_000_000, "median_likes": 6},
    ),
    "size-shift": ({"date": "2025-01-01"}, {"period": "from 2025-01-01"}),
    "task-popularity": ({}, {"task": "text-generation", "models": 2193, "median_likes": 92}),
    "top-downloads": (
        {"from": "2024-04-01", "to": "2024-05-01"},
        {"downloads": 78, "size_band": "3B to 9B", "parameters": 8537680896},
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
    "missing-data": ({}, {"field": "license", "missing": 0, "unseen": 23503, "models": 24269}),
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
    "unscored-influence": ({}, {"rank": 1, "model": "google/gemma-7b", "descendants": 3564}),
    "unknown-bases": ({}, {"base": "yl4579/StyleTTS2-LJSpeech", "references": 1}),
}
"""Report → parameters, and what one row of its result holds on the sample. Others return rows."""

NOTHING_IN_THE_SAMPLE = {
    "changes", "changes-by-week", "changes-of-kind", "changes-of-model", "children-missing",
    "cut-links", "gone-bases", "snapshots", "undeclared-licences",
    "beats-its-base", "best-under", "claimed-and-verified", "cost-of-quantizing",
    "family-progress", "same-as-base",
}  # fmt: skip
"""The sample has no circle, no results on benchmarks, one observation only, no counts of the Hub's
own and no card that says it has no licence; other tests make such graphs."""

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
def test_runs_as_pasted(sample_graph: Graph, report: Report) -> None:
    """In Neo4j Browser, where everybody may see it: one statement without parameters."""
    assert report.data(sample_graph.read(report.pasted({}))).rows == (
        reports.run(sample_graph, report).rows
    )


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_limit_is_kept(sample_graph: Graph, report: Report) -> None:
    if "limit" in {p.name for p in report.parameters}:
        assert len(reports.run(sample_graph, report, {"limit": 2}).rows) <= 2


@pytest.fixture(scope="module")
def driver(sample_settings: Settings) -> Iterator[neo4j.Driver]:
    assert sample_settings.neo4j_uri
    assert sample_settings.neo4j_password
    auth = (sample_settings.neo4j_user, sample_settings.neo4j_password.get_secret_value())
    with neo4j.GraphDatabase.driver(
        sample_settings.neo4j_uri, auth=auth, notifications_min_severity="OFF"
    ) as driver:
        yield driver


ONE_BY_ONE = {
    "changes-by-week", "children-missing", "common-ancestors", "hub-size", "paths-between",
    "hygiene", "hygiene-by-month", "hygiene-of-check", "size-groups", "size-shift",
}  # fmt: skip
"""They combine one row with others: a model found by its id, or a list read once."""
WHOLE_GRAPH = {
    "licence-drift", "downloads-by-licence", "downloads-by-task", "missing-data", "growth-by-month",
    "hub-size", "models-per-author", "hygiene", "hygiene-by-month", "hygiene-of-check",
    "author-popularity", "size-groups", "size-shift", "task-popularity",
}  # fmt: skip
"""They count every model, base or author there is."""


@pytest.mark.parametrize("report", REPORTS, ids=by_name)
def test_plan_reads_no_more_than_it_must(
    sample_graph: Graph, driver: neo4j.Driver, report: Report
) -> None:
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        plan = session.run(f"EXPLAIN {report.cypher}", report.bind({})).consume().plan
    names = {step["operatorType"].split("@")[0] for step in steps(plan) if not is_of_the_gone(step)}
    assert names, "a plan"
    refused = {"AllNodesScan", "UndirectedAllRelationshipsScan", "DirectedAllRelationshipsScan"}
    if report.name not in WHOLE_GRAPH:
        refused |= {"NodeByLabelScan"}
    if report.name not in ONE_BY_ONE:
        refused |= {"CartesianProduct"}
    assert not names & refused


def is_of_the_gone(step: dict[str, Any]) -> bool:
    """Whether it finds the models that are gone, which are few, by their label."""
    found = str(step["operatorType"]).startswith("NodeByLabelScan")
    return found and str(step["args"]["Details"]).endswith(":Gone")


def steps(plan: object) -> Iterator[dict[str, Any]]:
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
    dated = [row for row in growth if row["month"] != "no date"]
    assert dated[-1]["total"] == sum(row["models"] for row in dated)
    assert sum(row["models"] for row in growth) == 24269
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


@pytest.mark.parametrize(
    "report", [r for r in REPORTS if r.precomputed and most_rows(r)], ids=by_name
)
def test_a_limit_does_not_change_how_many_rows_there_are(
    sample_graph: Graph, report: Report
) -> None:
    first = reports.run(sample_graph, report)
    whole = reports.run(sample_graph, report, {"limit": most_rows(report)})
    count = counted(reader(sample_graph), report, report.bind({}), first)
    assert count.total == len(whole.rows)


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
