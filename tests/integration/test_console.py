"""The console: what it refuses, what it stops, and what it answers."""

from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import TypeAdapter

from graph.answers.console import asking
from graph.answers.console.asking import ask_console
from graph.answers.reports import catalogue
from graph.errors import QueryError, RefusedQueryError
from graph.settings import Settings
from graph.store.connection import Graph
from tests.hostile_cypher import REFUSED, RUNAWAY
from webapp import create_app
from webapp.pages.console import ConsoleResult
from webapp.turns import turn

CYPHER = "/api/v1/cypher"
PATIENT_S = 60.0


def _contents(graph: Graph) -> list[Any]:
    asked = (
        "MATCH (n) RETURN count(n), sum(size(keys(n))), sum(size(labels(n)))",
        "MATCH ()-[r]->() RETURN count(r), sum(size(keys(r)))",
        "SHOW INDEXES YIELD name RETURN count(*)",
        "SHOW CONSTRAINTS YIELD name RETURN count(*)",
    )
    return [graph.read(text).rows for text in asked]


def test_hostile_queries_are_refused_before_they_run_and_runaways_are_stopped(
    sample_graph: Graph,
) -> None:
    before = _contents(sample_graph)
    for text in REFUSED:
        with pytest.raises(RefusedQueryError):
            pytest.fail(f"{text} → {ask_console(sample_graph, text, {'x': 'x'}, PATIENT_S)}")
    for text in RUNAWAY:
        with pytest.raises(QueryError):
            pytest.fail(f"{text} → {ask_console(sample_graph, text, {}, 0.7)}")
    assert _contents(sample_graph) == before
    assert len({*REFUSED, *RUNAWAY}) >= 80


@pytest.mark.parametrize(("text", "parameters"), [
    ("RETURN 'CREATE (n) // gds.list()' AS a, \"LOAD CSV\" AS `dbms.x(`", {}),
    ("MATCH (m:Model) WHERE m.id = $x RETURN m.author + '/' + m.name", {"x": "google/gemma-7b"}),
    ("MATCH p = (m:Model)-[:FINETUNE*1..3]->(b) RETURN [x IN nodes(p) | x.id] LIMIT 3", {}),
    ("MATCH (m:Model) WHERE any(t IN m.tags WHERE t STARTS WITH 'a') RETURN count(*)", {}),
    ("MATCH (m:Model) CALL (m) { MATCH (m)<--(x) RETURN count(x) AS n } "
     "RETURN m.id, n ORDER BY n DESC LIMIT 3", {}),
    ("MATCH (a:Model) WHERE EXISTS { (a)-[:MERGE]->() } RETURN COUNT { (a)--() } LIMIT 3", {}),
    ("UNWIND range(1, 10) AS x WITH x, date() AS d RETURN d.year, collect(x), avg(x)", {}),
    ("RETURN 1 AS a UNION ALL RETURN 2 AS a", {}),
    ("CYPHER 25 MATCH (m:Model) RETURN m.id LIMIT 1", {}),
])  # fmt: skip
def test_what_only_reads_is_answered(
    sample_graph: Graph, text: str, parameters: dict[str, object]
) -> None:
    assert ask_console(sample_graph, text, parameters, PATIENT_S).rows


def test_a_report_runs_as_it_is_though_no_other_text_like_it_does(sample_graph: Graph) -> None:
    text = catalogue()["paths-between"].cypher
    given: dict[str, object] = {"model": "google/gemma-7b-it", "base": "google/gemma-7b"}
    given = {p.name: given.get(p.name) for p in catalogue()["paths-between"].parameters}
    assert ask_console(sample_graph, text, given, PATIENT_S).columns
    with pytest.raises(RefusedQueryError):
        ask_console(sample_graph, f"{text} // mine", given, PATIENT_S)


@pytest.fixture
def console(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_answer_has_columns_rows_and_the_models_in_it(console: FlaskClient) -> None:
    query = "MATCH (m:Model {id: $id}) RETURN m, m.id AS id, datetime('2025-01-01') AS at"
    sent = {"query": query, "params": {"id": "google/gemma-7b"}}
    data = console.post(CYPHER, json=sent).get_json()["data"]
    assert data["columns"] == ["m", "id", "at"]
    assert data["rows"][0][1:] == ["google/gemma-7b", "2025-01-01T00:00:00Z"]
    assert (data["models"], data["cut"], data["plan"]) == (["google/gemma-7b"], None, None)
    plan = console.post(CYPHER, json={**sent, "plan": True}).get_json()["data"]
    assert "NodeUniqueIndexSeek" in plan["plan"] or "NodeIndexSeek" in plan["plan"]
    assert plan["rows"] == []


def test_what_can_be_drawn_of_an_answer_is_a_graph(
    console: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def graph(query: str) -> Any:
        data = console.post(CYPHER, json={"query": query}).get_json()["data"]
        jsonschema.validate(data, TypeAdapter(ConsoleResult).json_schema())
        return data["graph"]

    made = (
        "MATCH (a:Author)-[o:PUBLISHED]->(m:Model)-[r:FINETUNE]->(b:Model {id: 'google/gemma-7b'})"
    )
    whole = graph(f"{made} RETURN {{a: a, of: [[o, m]], r: r}} AS x, b ORDER BY m.id LIMIT 3")
    names, edges = whole["nodes"]["id"], whole["edges"]
    assert sorted(set(whole["nodes"]["kind"])) == ["author", "model"]
    assert len(edges["s"]) == 6
    for start, end, relation in zip(edges["s"], edges["t"], edges["relation"], strict=True):
        assert relation in ("PUBLISHED", "finetune")
        assert (names[end] == "google/gemma-7b") == (relation == "finetune")
        if relation == "PUBLISHED":
            assert names[end].startswith(f"{names[start]}/")
    assert [names[place] for place in whole["roots"]] == ["google/gemma-7b"]
    spots = zip(whole["nodes"]["x"], whole["nodes"]["y"], strict=True)
    assert len(set(spots)) == len(names)
    alone = graph(f"{made} RETURN r ORDER BY m.id LIMIT 3")
    assert set(alone["nodes"]["id"]) == {n for n in names if "/" in n}  # its ends are read, too
    assert graph("RETURN 1 AS a, [1, 'x'] AS b, {c: 2} AS c") is None
    monkeypatch.setattr(asking, "MOST_NODES", 2)
    cut = graph(f"MATCH p = {made[21:].partition('->')[2]} RETURN p ORDER BY m.id LIMIT 3")
    assert (len(cut["nodes"]["id"]), len(cut["edges"]["s"])) == (2, 1)
    assert cut["left_out"] == {"nodes": 2, "links": 2}


def test_beside_a_property_stands_how_many_models_have_it(console: FlaskClient) -> None:
    labels = console.get("/api/v1/cypher").get_json()["data"]["labels"]
    found = {p["name"]: p["filled"] for p in labels[0]["properties"]}
    assert labels[0]["name"] == "Model"
    assert 0 < found["license"] < 1
    assert found["hub_id"] is None


@pytest.mark.parametrize(("query", "line", "column"), [
    ("MATCH (m:Model)\nRETURN m,", 2, 10),
    ("MATCH (m:Model)\n  RETURN gds.version()", 2, 10),
    ("// CREATE\nMATCH (m) WHERE m.id = 'CREATE'\nCREATE (n)", 3, 1),
    ("MATCH (m:Model)\nMATCH (m)-[*]->(b) RETURN b", 2, 12),
])  # fmt: skip
def test_what_is_refused_has_its_place(
    console: FlaskClient, query: str, line: int, column: int
) -> None:
    answer = console.post(CYPHER, json={"query": query})
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"]) == (400, "refused")
    assert (error["line"], error["column"]) == (line, column)


def test_a_long_answer_is_cut_and_says_so(
    console: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {"query": "UNWIND range(1, 20) AS x RETURN x"}
    monkeypatch.setattr(asking, "MOST_ROWS", 7)
    data = console.post(CYPHER, json=many).get_json()["data"]
    assert (len(data["rows"]), data["cut"]) == (7, "rows")
    monkeypatch.setattr(asking, "MOST_BYTES", 15)
    data = console.post(CYPHER, json=many).get_json()["data"]
    assert (len(data["rows"]), data["cut"]) == (5, "bytes")


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200), ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
    ({"Origin": "http://localhost"}, 200), ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403), ({"Sec-Fetch-Site": "none"}, 403),
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403),
    ({"Origin": "http://localhost:81"}, 403),
])  # fmt: skip
def test_no_page_of_another_site_can_ask(
    console: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = console.post(CYPHER, json={"query": "RETURN 1 AS a"}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(("body", "kind"), [
    ("query=RETURN+1", "application/x-www-form-urlencoded"), ("RETURN 1", "text/plain"),
    ("{", "application/json"), ("[1]", "application/json"), ('{"query": ""}', "application/json"),
    ('{"query": "RETURN 1", "more": 1}', "application/json"),
    ('{"query": "RETURN $x"}', "application/json"), ("[" * 50_000, "application/json"),
    ('{"query": "RETURN ' + "1" * 20_000 + '"}', "application/json"),
])  # fmt: skip
def test_what_is_no_question_is_refused(console: FlaskClient, body: str, kind: str) -> None:
    assert console.post(CYPHER, data=body, content_type=kind).status_code == 400


def test_a_body_without_bounds_is_refused(console: FlaskClient) -> None:
    assert console.post(CYPHER, json={"query": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(("settings", "status"), [
    ({}, 200), ({"web_host": "192.0.2.7"}, 404), ({"web_hosts": "localhost,hub.example"}, 404),
    ({"web_hosts": "*"}, 404), ({"web_console": "off"}, 404),
    ({"web_hosts": "*", "web_console": "on"}, 200),
])  # fmt: skip
def test_it_is_off_where_others_can_reach_it(
    sample_graph: Graph, sample_settings: Settings, settings: dict[str, object], status: int
) -> None:
    client = create_app(sample_settings.model_copy(update=settings), sample_graph).test_client()
    assert client.post(CYPHER, json={"query": "RETURN 1 AS a"}).status_code == status
    shown = client.get("/api/v1/cypher").get_json()["data"]
    assert shown["enabled"] == (status == 200)


def test_a_client_has_two_queries_at_a_time(console: FlaskClient, app: Flask) -> None:
    folder = app.extensions["store"].settings.data_dir / "console"
    sent = {"query": "RETURN 1 AS a"}
    with turn(folder, "127.0.0.1", 2), turn(folder, "127.0.0.1", 2):
        assert console.post(CYPHER, json=sent).status_code == 503
        assert (
            console.post(CYPHER, json=sent, environ_base={"REMOTE_ADDR": "::2"}).status_code == 200
        )
    assert console.post(CYPHER, json=sent).status_code == 200


def test_reports_lead_to_the_console_with_their_values(console: FlaskClient) -> None:
    page = console.get("/reports/top-models?limit=3")
    assert "/cypher?report=top-models&amp;p.limit=3" in page.text
    shown = console.get(f"{CYPHER}?report=top-models&p.limit=3").get_json()["data"]
    assert shown["query"] == catalogue()["top-models"].cypher
    assert shown["parameters"]["limit"] == "3"
    assert console.get(f"{CYPHER}?limit=3").status_code == 400
    assert console.get(f"{CYPHER}?report=nothing").status_code == 404
