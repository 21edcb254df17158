"""The coverage page and its twin: crawls by state, derivatives missing, what is known."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from parsel import Selector

from graph.answers import reports
from graph.answers.coverage import STATES
from graph.settings import Settings
from graph.store.connection import Graph
from webapp import create_app

HUB = "https://huggingface.co"
FACTS = {
    "requests": 14, "answers": {"api 200": 13, "api 404": 1}, "records": 1200, "bytes": 2_400_000,
    "found": 12, "announced": 48,
    "outcomes": {"models new": 20, "models unchanged": 1180, "issues rejected": 2},
    "waited_s": {"api": 201.5}, "asked_again": 9, "refused": 1, "elapsed_s": 95.0, "failures": 1,
}  # fmt: skip
RUNS = [
    ("old", f"models of {HUB}", "complete", 90, None),
    ("new", f"models of {HUB}", "running", 0, None),
    ("tree", f"tree model=acme/root of {HUB}", "failed", 2, "it found <12> of the 48"),
    ("part", f"models author=acme of {HUB}", "capped", 31, "the Hub shows 3,000"),
    ("solo", f"models author=solo of {HUB}", "complete", 29, None),
]
CRAWLS = """
UNWIND $runs AS run
CREATE (r:Run {id: run[0], kind: 'crawl', source: run[1], status: run[2], message: run[4],
  started_at: datetime(run[3]), counts: $facts})
SET r.ended_at = CASE WHEN run[2] <> 'running' THEN r.started_at + duration({minutes: 5}) END
"""
MODELS = """
CREATE (base:Model {id: 'acme/root', id_folded: 'acme/root', known: true, children_finetune: 4,
  children_adapter: 2, children_merge: 0})
CREATE (full:Model {id: 'acme/full', id_folded: 'acme/full', known: true, children_quantized: 1})
CREATE (none:Model {id: 'acme/none', id_folded: 'acme/none', known: true, children_adapter: 3})
CREATE (:Model:Gone {id: 'acme/gone', id_folded: 'acme/gone', known: true, children_adapter: 9,
  gone_since: datetime()})
CREATE (:Model {id: 'acme/unknown', id_folded: 'acme/unknown', known: false})
CREATE (a:Model {id: 'x/a', id_folded: 'x/a', known: true})-[:FINETUNE]->(base)
CREATE (b:Model {id: 'x/b', id_folded: 'x/b', known: true})
CREATE (b)-[:FINETUNE {gone_since: datetime()}]->(base), (b)-[:ADAPTER]->(base),
  (a)-[:ADAPTER]->(base), (a)-[:MERGE]->(base), (b)-[:QUANTIZE]->(full)
CREATE (:Author {name: 'acme', name_folded: 'acme', kind: 'organization'}),
  (:Author {name: 'x', name_folded: 'x'}),
  (:Dataset {id: 'x/d', id_folded: 'x/d', known: true}),
  (:Dataset {id: 'x/e', id_folded: 'x/e', known: false})
"""


@pytest.fixture
def crawled(empty_graph: Graph, settings: Settings) -> FlaskClient:
    now = datetime.now(UTC)
    runs = [[*run[:3], (now - timedelta(days=run[3])).isoformat(), run[4]] for run in RUNS]
    empty_graph.command(CRAWLS, {"runs": runs, "facts": json.dumps(FACTS)})
    empty_graph.command(MODELS)
    app = create_app(settings, graph=empty_graph)
    app.testing = True
    return app.test_client()


def test_each_crawl_stands_as_its_newest_run(crawled: FlaskClient) -> None:
    data = crawled.get("/api/v1/coverage").get_json()["data"]
    found = {crawl["run"]: crawl for crawl in data["crawls"]}
    states = {"new": "running", "tree": "failed", "part": "stale", "solo": "complete"}
    assert {run: crawl["state"] for run, crawl in found.items()} == states
    assert data["states"] == {state: [*states.values()].count(state) for state in STATES}
    assert found["new"]["runs"] == 2
    assert found["new"]["done_at"] < found["new"]["started_at"]
    tree = found["tree"]
    assert tree["answers"] == {"api 200": 13, "api 404": 1}
    assert tree["outcomes"] == {"models new": 20, "models unchanged": 1180}
    assert tree["issues"] == {"rejected": 2}
    assert (tree["found"], tree["announced"], tree["gone"]) == (12, 48, None)
    text = crawled.get("/coverage").text
    assert "it found &lt;12&gt; of the 48" in text
    assert text.index("tree model=acme/root") < text.index("models author=acme")


def test_a_crawl_gets_stale(crawled: FlaskClient, empty_graph: Graph, settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"crawl_stale_days": 28}), graph=empty_graph)
    data = app.test_client().get("/api/v1/coverage").get_json()["data"]
    assert (data["stale_days"], data["states"]["stale"], data["states"]["complete"]) == (28, 2, 0)


def test_derivatives_are_compared_with_the_hub(crawled: FlaskClient, empty_graph: Graph) -> None:
    data = crawled.get("/api/v1/coverage").get_json()["data"]
    rows = reports.run(empty_graph, "children-missing").rows
    assert [row["base"] for row in data["parents"]] == ["acme/none", "acme/root"]
    told = [(row["missing"], row["announced"], row["share"]) for row in rows]
    assert told == [(3, 3, 0.0), (3, 6, 0.5)]
    # One fine-tune is there and one is history; more merges than counted make up for nothing.
    assert (rows[1]["finetune"], rows[1]["adapter"], rows[1]["merge"]) == (3, 0, 0)
    assert data["children"] == {
        "parents": 3, "full": 1, "most": 1, "few": 0, "none": 1, "announced": 10, "missing": 6
    }  # fmt: skip
    assert "<b>4</b> of <b>10</b> derivatives" in crawled.get("/coverage").text


def test_what_is_known_is_counted(crawled: FlaskClient) -> None:
    numbers = crawled.get("/api/v1/coverage").get_json()["data"]["numbers"]
    assert numbers == {
        "models": 5, "placeholders": 1, "gone": 1, "suspected": 0, "suspected_placeholders": 0,
        "authors": 2, "authors_with_kind": 1,
        "datasets": 1, "datasets_named": 1, "spaces": 0, "links": 5,
    }  # fmt: skip


def test_what_is_suspected_to_be_gone_is_told_apart(
    crawled: FlaskClient, empty_graph: Graph
) -> None:
    empty_graph.command(
        "MATCH (m:Model) WHERE m.id IN ['x/a', 'acme/none', 'acme/unknown'] "
        "SET m.suspected_since = datetime('2026-01-03')"
    )
    numbers = crawled.get("/api/v1/coverage").get_json()["data"]["numbers"]
    found = {name: numbers[name] for name in ("models", "placeholders", "gone", "suspected")}
    assert found == {"models": 5, "placeholders": 1, "gone": 1, "suspected": 3}
    bar = Selector(crawled.get("/coverage").text).css('svg[aria-label^="Models:"]')
    assert bar.attrib["aria-label"] == (
        "Models: 3 described, 3 not seen at the last look, perhaps gone, 1 gone"
    )


def test_an_empty_graph_says_how_to_begin(empty_graph: Graph, settings: Settings) -> None:
    text = create_app(settings, graph=empty_graph).test_client().get("/coverage").text
    assert "hubgraph crawl plan models" in text
    assert "Derivatives found" not in text.split("<details")[0]


def test_counts_that_cannot_be_read_are_not_stated(empty_graph: Graph, settings: Settings) -> None:
    empty_graph.command(
        "UNWIND ['[1]', '{', '{\"requests\": \"many\", \"answers\": 3}', null] AS counts "
        "CREATE (:Run {id: toString(counts), kind: 'crawl', source: counts, status: 'failed', "
        "started_at: datetime(), ended_at: datetime(), counts: counts})"
    )
    client = create_app(settings, graph=empty_graph).test_client()
    crawls = client.get("/api/v1/coverage").get_json()["data"]["crawls"]
    assert {(crawl["requests"], len(crawl["answers"])) for crawl in crawls} == {(None, 0)}
    assert client.get("/coverage").status_code == 200
