"""What is counted over columns is what Neo4j counts: each question in SQL and in Cypher."""

import json
import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.answers.census import Census
from graph.answers.census_file import load_census, save_census
from graph.answers.cypher_text import expanded
from graph.answers.facets import FACETS, OWNER
from graph.answers.filters import Filters
from graph.answers.precomputing import precomputable
from graph.answers.query import Query
from graph.answers.selection_counts import Selection
from graph.settings import Settings
from graph.store.connection import Graph, Result
from graph.ways.load import load
from tests.remembered import model
from webapp import create_app

COUNTED = [query for query in precomputable() if query.counted]
ORDERED = {"dashboard-growth", "dashboard-spreads"}
"""Questions whose rows come in an order that means something."""

ODD: list[dict[str, Any]] = [
    model("a/nothing"),
    model("a/gone", likes=3, task="text-generation"),
    model("b/Quote'd", task="text-generation", license="mit", languages=["en", "en", "fr"]),
    model("b/-1", downloads=0, likes=0, created_at="2022-03-02T23:29:04Z", tags=["gguf", "onnx"]),
    model("C/x", downloads=2**40, created_at="2025-12-29T00:00:00Z", relation="merge",
          bases=["a/nothing", "never/read"]),
    model("c/y", downloads=7, likes=1, created_at="2026-01-04T23:59:59Z", library="gguf"),
    {"record": "change/1", "id": "a/gone", "kind": "gone", "after": "removed",
     "observed_at": "2026-02-01T00:00:00Z"},
]  # fmt: skip


def test_the_large_questions_are_counted() -> None:
    assert len(COUNTED) == 12


@pytest.mark.parametrize("query", COUNTED, ids=lambda query: query.name)
def test_the_sample_is_counted_alike(sample_graph: Graph, query: Query) -> None:
    check(sample_graph, Census.read(sample_graph), query)


def test_odd_models_are_counted_alike(empty_graph: Graph, settings: Settings) -> None:
    for query in COUNTED:
        check(empty_graph, Census.read(empty_graph), query)
    load(empty_graph, iter(ODD), settings=settings, source="odd")
    census = Census.read(empty_graph)
    for query in COUNTED:
        check(empty_graph, census, query)


def test_a_request_ends_a_reading_that_takes_too_long(
    sample_graph: Graph,
    sample_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("graph.answers.census.PAGE", 50)
    hasty = sample_settings.model_copy(update={"query_timeout_s": 0.2})
    client = create_app(hasty, graph=sample_graph).test_client()
    answer = client.get("/api/v1/dashboard")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (504, "timeout")
    assert "dropped" not in caplog.text


SELECTIONS = [
    Filters({"task": ["text-generation"]}),
    Filters({"license": ["mit", "not-stated"], "files": ["gguf", "safetensors"]}),
    Filters({"language": ["en", "not-stated"], "mirror": ["no"], "author": ["google", "unsloth"]}),
    Filters({"relation": ["adapter"]}, created_from=datetime(2024, 6, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize("filters", SELECTIONS, ids=lambda filters: "-".join(filters.facets))
def test_a_selection_is_counted_as_neo4j_counts_it(
    sample_graph: Graph, selection: Selection, filters: Filters
) -> None:
    counted = selection.counts(filters)
    assert counted is not None
    for count in counted:
        facet = FACETS[count.name]
        others = {name: v for name, v in filters.facets.items() if name != facet.name}
        asked = Filters(others, created_from=filters.created_from).conditions()
        value = facet.value if facet.many else f"[{facet.value}]"
        where = " AND ".join(["here(model)", *(condition.test for condition in asked)])
        text = f"""
MATCH (model:Model) WHERE {where}
OPTIONAL MATCH {OWNER}
WITH {value} AS found
UNWIND CASE WHEN size(found) = 0 THEN [null] ELSE found END AS value
RETURN value, count(*) AS models
"""
        given = {name: value for condition in asked for name, value in condition.given.items()}
        rows = sample_graph.read(expanded(text), given).rows
        expected = Counter({row["value"]: row["models"] for row in rows})
        missing = expected.pop(None, 0)
        assert count.not_stated in ({None} if facet.is_stated else {missing}), facet.name
        shown = {item.value: item.models for item in count.values if item.models}
        assert len(shown) >= min(count.distinct, 5) or facet.choices
        assert shown.items() <= expected.items(), facet.name
        assert len(expected) <= 60 or count.distinct == len(expected)
        assert len(expected) > 60 or shown == expected


@pytest.fixture(scope="module")
def selection(request: pytest.FixtureRequest) -> Selection:
    """The sample's, read once."""
    return Selection(Census.read(request.getfixturevalue("_sample_database").graph))


def test_a_stored_census_serves_until_a_run_has_written(
    sample_graph: Graph, sample_settings: Settings, tmp_path: Path
) -> None:
    settings = sample_settings.model_copy(update={"data_dir": tmp_path})
    assert load_census(settings, sample_graph) is None
    census = Census.read(sample_graph)
    save_census(settings, sample_graph, census, datetime.now(UTC))
    found = load_census(settings, sample_graph)
    assert found is not None
    assert Selection(found).counts(SELECTIONS[0]) == Selection(census).counts(SELECTIONS[0])
    save_census(settings, sample_graph, census, datetime(2020, 1, 1, tzinfo=UTC))
    assert load_census(settings, sample_graph) is None
    (tmp_path / "census.arrow").write_bytes(b"half a file")
    assert load_census(settings, sample_graph) is None


def test_the_leaderboard_counts_within_its_filters(client: FlaskClient) -> None:
    whole = client.get("/api/v1/models").get_json()["data"]
    part = client.get("/api/v1/models?task=text-to-image&mirror=no").get_json()["data"]
    assert (whole["facets_of_selection"], part["facets_of_selection"]) == (False, True)
    tasks, gated = (
        {facet["name"]: facet for facet in part["facets"]}[name] for name in ("task", "gated")
    )
    of = {item["value"]: item["models"] for item in tasks["values"]}
    assert (
        sum(item["models"] for item in gated["values"]) + gated["not_stated"]
        == (of["text-to-image"])
    )
    assert len(of) > 5
    page = client.get("/models?task=text-to-image&q=lora").text
    assert "a text in the name is not counted" in page


def check(graph: Graph, census: Census, query: Query) -> None:
    asked = graph.read(query.cypher, query.defaults)
    counted = census.answer(query.counted, query.defaults)
    assert counted.columns == asked.columns
    found, expected = (plain(result, query.name in ORDERED) for result in (counted, asked))
    assert alike(found, expected), (found, expected)


def plain(result: Result, is_ordered: bool) -> Any:
    """Rows as they are stored; what has no order in one."""
    rows = json.loads(json.dumps(result.rows))
    return rows if is_ordered else _in_order(rows)


def _in_order(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_in_order, value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {name: _in_order(item) for name, item in value.items()}
    return value


def alike(one: Any, other: Any) -> bool:
    """Whether two values are equal, but for the order in which numbers were added."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, float):
        return isinstance(other, float | int) and math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
