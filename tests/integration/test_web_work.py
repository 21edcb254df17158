"""The pages of defects and of an author's work, beside counts of our own."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from graph.answers.hygiene import HygieneAnswer, PastCounts
from graph.answers.reports import run
from graph.store.connection import Graph, Row
from webapp.pages.hygiene import trend

_MODELS = """
MATCH (m:Model) WHERE m.known AND m.gone_since IS NULL
RETURN m.id AS id, m.author AS author, m.base_count AS bases, m.descendants AS descendants,
  m.created_at AS created
"""
_QUANTIZED = """
MATCH (m:Model)-[r:QUANTIZE]->(b:Model) WHERE r.gone_since IS NULL AND m.gone_since IS NULL
RETURN m.id AS id, m.author AS author, b.id AS base
"""


@pytest.mark.parametrize("name", ["google", "LoneStriker", "bartowski", "QuantFactory"])
def test_an_authors_work_is_what_their_models_add_up_to(
    sample_graph: Graph, client: FlaskClient, name: str
) -> None:
    mine = [row for row in _all(sample_graph, _MODELS) if row["author"] == name]
    data = client.get(f"/api/v1/author/{name.upper()}/work", follow_redirects=True)
    found = data.get_json()["data"]
    rooted = {m["id"]: m["descendants"] for m in mine if m["bases"] == 0 and m["descendants"]}
    assert found["all_families"] == len(rooted)
    assert {f["root"]: f["descendants"] for f in found["families"]} == rooted
    months = Counter(m["created"].strftime("%Y-%m") for m in mine if m["created"])
    assert {m["month"]: m["models"] for m in found["months"] if m["month"] in months} == months
    assert sum(month["models"] for month in found["months"]) == len(mine)
    made = defaultdict(set)
    for link in _all(sample_graph, _QUANTIZED):
        made[link["base"]].add((link["id"], link["author"]))
    supplied = {}
    for base, models in made.items():
        own = sum(author == name for _, author in models)
        if own >= 3 and own > 0.3 * len(models):
            supplied[base] = (own, len(models))
    listed = {s["base"]: (s["own"], s["quantizations"]) for s in found["supplied"]}
    assert found["all_supplied"] == len(supplied)
    assert len(listed) == min(len(supplied), 20)
    assert listed.items() <= supplied.items()
    card = found["licences"]
    assert card["links"] == sum(count for verdict, count in card.items() if verdict != "links")
    checks = client.get(f"/api/v1/hygiene?author={name}").get_json()["data"]
    assert checks["checks"] == found["hygiene"]
    assert (checks["author"], checks["author_models"]) == (name, len(mine))
    page = client.get(f"/author/{name}/work").text
    for row in found["hygiene"]:
        assert f"/hygiene?author={name}&amp;check={row['check']}#found" in page


def test_the_page_of_defects_has_the_rows_of_its_reports(
    sample_graph: Graph, client: FlaskClient
) -> None:
    overview = run(sample_graph, "hygiene").rows
    data = client.get("/api/v1/hygiene").get_json()["data"]
    assert data["checks"] == overview
    assert data["models"] == []
    row = max(overview, key=lambda each: each["models"])
    data = client.get(f"/api/v1/hygiene?check={row['check']}&limit=7").get_json()["data"]
    listed = run(sample_graph, "hygiene-of-check", {"check": row["check"], "limit": 7}).rows
    assert (data["models"], data["total"]) == (listed, row["models"])
    assert sum(month["defective"] for month in data["months"]) == row["models"]
    page = client.get(f"/hygiene?check={row['check']}&limit=7")
    assert f"the 7 most downloaded of {row['models']}" in page.text
    whole = f"/api/v1/hygiene?check={row['check']}&limit=10000&format=csv"
    assert len(client.get(whole).text.splitlines()) == row["models"] + 1
    assert client.get("/hygiene?check=nothing").status_code == 400
    assert client.get("/hygiene?author=nobody-at-all").status_code == 404


def test_counts_over_time_are_bars_and_a_check_that_was_not_there_has_no_bar() -> None:
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
    counts = [{"own-base": 4}, {"own-base": 2, "circle": 1}, {"own-base": 0, "circle": 0}]
    past = [PastCounts(day, models) for day, models in zip(days, counts, strict=True)]
    found = HygieneAnswer([], None, [], 0, [], history=past)
    assert [mark.value for mark in trend(found, "own-base")] == [4, 2, 0]
    assert [mark.label for mark in trend(found, "circle")] == ["2026-02-01", "2026-03-01"]
    assert trend(found, "no-licence") == []


def _all(graph: Graph, cypher: str) -> list[Row]:
    return graph.read(cypher, row_limit=1_000_000).rows
