"""The network on graphs that are hard to draw."""

import gzip

import pytest
from flask.testing import FlaskClient

from graph.settings import Settings
from graph.store.connection import Graph, Statement
from tests.integration.test_network import network
from webapp import create_app

MOST_BYTES = 60_000
"""Of 2,000 models, compressed."""


@pytest.fixture
def blank(empty_graph: Graph, settings: Settings) -> FlaskClient:
    """A client of the web app on an empty graph."""
    app = create_app(settings, graph=empty_graph)
    app.testing = True
    return app.test_client()


def test_hostile_names_stay_text(empty_graph: Graph, blank: FlaskClient) -> None:
    evil = "evil/<img src=x onerror=alert(1)></script>"
    _write(empty_graph, [(evil, "FINETUNE", "good/base")])
    assert "<img src=x" not in blank.get("/graph", query_string={"m": evil}).text
    page = blank.get("/graph/table?m=good/base").text
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 1
    assert evil in network(blank, m="good/base")["nodes"]["id"]


def test_a_former_name_leads_to_the_model(empty_graph: Graph, blank: FlaskClient) -> None:
    _write(empty_graph, [("new/child", "FINETUNE", "new/base")])
    empty_graph.write("MATCH (m:Model {id: 'new/base'}) SET m.aliases = ['old/base']")
    answer = blank.get("/graph?m=old/base&up=1")
    assert (answer.status_code, answer.location) == (302, "/graph?m=new%2Fbase&up=1")


def test_rings_loops_and_what_is_gone(empty_graph: Graph, blank: FlaskClient) -> None:
    finetunes = [("a/one", "a/two"), ("a/two", "a/one"), ("a/old", "a/one")]
    links = [(child, "FINETUNE", base) for child, base in finetunes]
    _write(empty_graph, [*links, ("a/one", "MERGE", "a/one")])
    empty_graph.write(
        "MATCH (:Model {id: 'a/old'})-[r]->() SET r.gone_since = datetime() "
        "WITH r MATCH (:Model {id: 'a/two'})-[c]->() SET c.cut = 'cycle'"
    )
    data = network(blank, m="a/one", up=10, down=10)
    assert sorted(data["nodes"]["id"]) == ["a/one", "a/two"]
    assert len(data["edges"]["s"]) == 3
    assert data["edges"]["cut"].count("cycle") == 1
    assert data["aggregates"]["count"] == []


def test_an_empty_graph_says_what_to_do(blank: FlaskClient) -> None:
    answer = blank.get("/graph")
    assert answer.status_code == 200
    assert "No model has a score yet" in answer.text


def test_a_base_of_thousands_stays_small_and_exact(empty_graph: Graph, blank: FlaskClient) -> None:
    _write(empty_graph, [(f"u{i % 90}/model-{i}", "QUANTIZE", "big/base") for i in range(4_000)])
    counted = "MATCH (m:Model) WHERE m.id <> 'big/base' SET m.downloads = size(m.id) * 1000"
    empty_graph.write(counted)
    answer = blank.get("/api/v1/graph?m=big/base&n=1000&down=1&limit=20000")
    data = answer.get_json()["data"]
    assert len(data["nodes"]["id"]) == 1_001
    assert data["aggregates"]["count"] == [3_000]
    assert len(gzip.compress(answer.data)) < MOST_BYTES / 2


def _write(graph: Graph, links: list[tuple[str, str, str]]) -> None:
    names = sorted({name for child, _, base in links for name in (child, base)})
    nodes = "UNWIND $names AS n CREATE (:Model {id: n, id_folded: toLower(n), known: true})"
    edges = (
        "UNWIND $links AS l MATCH (c:Model {id: l[0]}), (b:Model {id: l[2]}) "
        "CREATE (c)-[:$(l[1])]->(b)"
    )
    given = {"links": [list(link) for link in links]}
    graph.write(Statement(nodes, {"names": names}), Statement(edges, given))
