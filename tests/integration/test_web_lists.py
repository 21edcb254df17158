"""Paging through lists: every row once, ties and all, forwards and back."""

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from graph.settings import Settings
from graph.store.connection import Graph, Statement
from graph.ways.load import load
from tests.remembered import MIDDLE, NEW, OLD, change, model
from webapp import create_app

MODELS = 160
CREATE = """
UNWIND range(1, $count) AS n
CREATE (m:Model {
  id: "owner" + toString(n % 3) + "/m" + toString(n),
  id_folded: "owner" + toString(n % 3) + "/m" + toString(n),
  name: "m" + toString(n), author: "owner" + toString(n % 3), known: true,
  task: CASE n % 4 WHEN 0 THEN null WHEN 2 THEN "rare" ELSE "common" END,
  license: CASE n % 2 WHEN 0 THEN "mit" ELSE "other" END,
  likes: n % 3, downloads: CASE WHEN n % 10 = 0 THEN null ELSE n * 1000 END,
  created_at: datetime({epochSeconds: 1700000000 + (n % 5) * 86400}),
  influence: CASE WHEN n % 2 = 0 THEN 0.15 * (n % 7) + 0.1 END,
  descendants: CASE WHEN n % 2 = 0 THEN n % 7 + 1 END})
WITH m, n
MERGE (a:Author {name: m.author, name_folded: m.author, kind: "user"})
CREATE (a)-[:PUBLISHED]->(m)
"""
GONE = """
CREATE (:Model:Gone {id: "owner0/gone", id_folded: "owner0/gone", author: "owner0", likes: 1,
  downloads: 5, influence: 9.0, descendants: 9, created_at: datetime(), gone_since: datetime()})
"""
CHILDREN = """
MATCH (base:Model {id: "owner1/m1"})
MATCH (m:Model) WHERE m.id <> base.id AND m.gone_since IS NULL
FOREACH (_ IN CASE WHEN m.likes = 0 THEN [1] ELSE [] END | CREATE (m)-[:ADAPTER]->(base))
FOREACH (_ IN CASE WHEN m.likes > 0 THEN [1] ELSE [] END | CREATE (m)-[:FINETUNE]->(base))
WITH base, m LIMIT 3
CREATE (m)-[:MERGE]->(base)
"""
SCORED = (
    "MATCH (m:Model) WHERE m.influence IS NOT NULL "
    "SET m:Base, m.effective_descendants = m.influence"
)
GONE_CHILD = """
MATCH (base:Model {id: "owner1/m1"}), (m:Model {id: "owner0/gone"})
CREATE (m)-[:MERGE {gone_since: datetime()}]->(base)
"""


@pytest.fixture
def client(empty_graph: Graph, settings: Settings) -> FlaskClient:
    return create_app(settings, graph=empty_graph).test_client()


@pytest.fixture
def lists(empty_graph: Graph, client: FlaskClient) -> FlaskClient:
    """A client on many models that share their values."""
    empty_graph.write(Statement(CREATE, {"count": MODELS}), GONE, SCORED, CHILDREN, GONE_CHILD)
    return client


def _walk(client: FlaskClient, path: str, table: str, step: str = "next") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    address: str | None = path
    for _ in range(20):
        assert address is not None
        body = client.get(address).get_json()
        rows += body["data"][table]
        shown = len(body["data"][table])
        first, last = body["page"]["first"], body["page"]["last"]
        assert (first, last) == (len(rows) - shown + 1, len(rows)) if shown else (0, 0)
        address = body["links"][step]
        if address is None:
            return rows
    raise AssertionError("paging does not end")


@pytest.mark.parametrize("sort", ["influence", "downloads", "likes", "descendants", "created"])
def test_paging_shows_every_model_once_in_order(lists: FlaskClient, sort: str) -> None:
    for order in ("desc", "asc"):
        for query in ("", "&author=owner1", "&task=rare", "&task=common&license=mit"):
            _check_list(lists, sort, order, query)


def _check_list(lists: FlaskClient, sort: str, order: str, query: str) -> None:
    path = f"/api/v1/models?sort={sort}&order={order}&limit=25{query}"
    rows = _walk(lists, path, "models")
    ids = [str(row["id"]) for row in rows]
    assert len(set(ids)) == len(ids)
    assert "owner0/gone" not in ids
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    page = lists.get(path).get_json()["page"]
    assert page["total"] == len(rows)
    assert page["total_is_exact"]

    def value(row: dict[str, Any]) -> tuple[object, object]:
        if sort == "influence":
            return row["scores"]["influence"]["effective_descendants"], row["id"]
        return row["created_at" if sort == "created" else sort], row["id"]

    keys = [value(row) for row in rows]
    assert keys == sorted(keys, reverse=order == "desc")
    if "task=rare" in query:
        assert {row["task"] for row in rows} == {"rare"}
    if "author" in query:
        assert {row["author"] for row in rows} == {"owner1"}


def test_going_back_shows_the_page_before_exactly(lists: FlaskClient) -> None:
    for query in ("sort=likes", "sort=likes&order=asc", "sort=created&task=rare"):
        _check_back(lists, f"/api/v1/models?limit=25&{query}")


def _check_back(lists: FlaskClient, base: str) -> None:
    one = lists.get(base).get_json()
    two = lists.get(one["links"]["next"]).get_json()
    back = lists.get(f"{base}&before={two['page']['before']}").get_json()
    assert back["data"]["models"] == one["data"]["models"]
    assert back["page"]["before"] is None
    assert one["page"]["before"] is None
    assert back["page"]["first"] == 1
    assert lists.get(f"{base}&after={back['page']['after']}").get_json()["data"] == two["data"]


def test_walks_and_selections_agree(lists: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v1/models?sort=created&limit=25&task=common"
    read = [row["id"] for row in _walk(lists, path, "models")]
    monkeypatch.setattr("graph.answers.lists.SMALL", 5)
    body = lists.get(path).get_json()
    assert "USING INDEX model:Model(created_at, id)" in body["meta"]["cypher"][0]["text"]
    assert [row["id"] for row in _walk(lists, path, "models")] == read


def test_a_walk_that_ends_early_goes_on_in_both_directions(
    lists: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/v1/models?sort=likes&limit=25&task=not-stated&q=M1"
    whole = [row["id"] for row in _walk(lists, path, "models")]
    assert whole
    monkeypatch.setattr("graph.answers.lists.LOOKS", 15)
    assert [row["id"] for row in _walk(lists, path, "models")] == whole
    page = lists.get(path).get_json()["page"]
    assert (page["total_is_exact"], page["last"] < len(whole)) == (False, True)
    text = lists.get(path.removeprefix("/api/v1")).text
    assert "15 models in this order were looked through for this page" in text
    body, shown = lists.get(path).get_json(), 0
    while body["links"]["next"]:
        body = lists.get(body["links"]["next"]).get_json()
        if body["page"]["before"]:
            before, shown = body["page"]["before"], body["page"]["first"]
    back: list[str] = []
    while before:
        body = lists.get(f"{path}&before={before}").get_json()
        back = [row["id"] for row in body["data"]["models"]] + back
        before = body["page"]["before"]
    assert back == whole[: shown - 1]
    assert back


def test_a_list_begins_where_asked(lists: FlaskClient) -> None:
    for query in ("sort=likes", "sort=created&task=common", "sort=likes&task=not-stated"):
        whole = [row["id"] for row in _walk(lists, f"/api/v1/models?limit=25&{query}", "models")]
        body = lists.get(f"/api/v1/models?limit=25&{query}&start=4").get_json()
        assert [row["id"] for row in body["data"]["models"]] == whole[3:28]
        assert (body["page"]["first"], body["page"]["before"] is None) == (4, False)


def test_a_file_holds_the_whole_list(lists: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.answers.whole_list.PART", 7)
    query = "sort=likes&task=common&task=not-stated&cols=reach"
    whole = [row["id"] for row in _walk(lists, f"/api/v1/models?limit=25&{query}", "models")]
    files = {}
    for form in ("csv", "json", "parquet"):
        file = lists.get(f"/export/models.{form}?{query}")
        files[form] = file.data
        assert f'"models-{len(whole)}.{form}"' in file.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == whole
    assert {"scores.influence.rank", "more.reach", "position"} <= rows[0].keys()
    table = pq.read_table(io.BytesIO(files["parquet"]))
    assert table.column("id").to_pylist() == whole
    body = json.loads(files["json"])
    assert [row["id"] for row in body["data"]["models"]] == whole
    assert (body["page"]["rows"], body["page"]["is_cut"]) == (len(whole), False)
    monkeypatch.setattr("graph.answers.whole_list.MOST", 10)
    cut = lists.get(f"/export/models.json?{query}")
    body = json.loads(cut.data)
    assert f"models-first-10-of-{len(whole)}.json" in cut.headers["Content-Disposition"]
    assert [row["id"] for row in body["data"]["models"]] == whole[:10]
    assert body["page"]["is_cut"]
    assert lists.get("/export/models.csv?sort=beauty").status_code == 400


def test_a_filter_of_unknown_value_is_an_empty_list_that_says_why(lists: FlaskClient) -> None:
    page = lists.get("/models?task=nothing")
    assert page.status_code == 200
    assert "No model fits" in page.text
    body = lists.get("/api/v1/models?task=nothing").get_json()
    assert (body["data"]["models"], body["page"]["total"]) == ([], 0)
    (header,) = lists.get("/api/v1/models?task=nothing&format=csv").text.splitlines()
    assert header.startswith("id,author,name,")


def test_a_list_too_long_to_count(lists: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/models?sort=likes&task=common&license=other"
    whole = lists.get(f"/api/v1{path}").get_json()["page"]
    assert whole["total_is_exact"]
    assert f"of {whole['total']} models" in lists.get(path).text
    monkeypatch.setattr("graph.answers.lists.MOST_COUNTED", 30)
    page = lists.get(f"/api/v1{path}&limit=25").get_json()["page"]
    assert (page["total"], page["total_is_exact"]) == (30, False)
    assert "of 30 or more models" in lists.get(f"{path}&limit=25").text


def test_models_that_cannot_be_sorted_are_counted(lists: FlaskClient) -> None:
    assert "80 more models are not in this list" in lists.get("/models").text
    assert "not scored" in lists.get("/models?sort=likes").text


def test_headers_say_how_the_table_is_sorted(lists: FlaskClient) -> None:
    assert lists.get("/models?sort=likes").text.count('aria-sort="descending"') == 1
    text = lists.get("/models?sort=likes&order=asc").text
    assert text.count('aria-sort="ascending"') == 1


def test_children_are_each_shown_once(lists: FlaskClient) -> None:
    for relation in ("all", "finetune", "adapter", "merge", "quantized"):
        _check_children(lists, relation)


def _check_children(lists: FlaskClient, relation: str) -> None:
    path = f"/api/v1/model/owner1/m1?limit=25&relation={relation}"
    rows = _walk(lists, path, "children")
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    assert "owner0/gone" not in ids
    assert len(ids) == lists.get(path).get_json()["page"]["total"]
    assert len(ids) == {"all": MODELS - 1, "merge": 3, "quantized": 0}.get(relation, len(ids))
    assert ids or relation == "quantized"
    if relation == "merge":
        assert all(len(row["relations"]) == 2 for row in rows)


def test_a_model_that_is_gone_says_since_when(lists: FlaskClient) -> None:
    text = lists.get("/model/owner0/gone").text
    assert "Gone from the Hub since" in text


def test_a_model_shows_what_it_refers_to(
    empty_graph: Graph, settings: Settings, client: FlaskClient
) -> None:
    refers = {"datasets": ["a/texts"], "papers": ["2403.04652"], "new_version": "a/next"}
    for record in (
        model("a/m", license="mit", observed_at=OLD),
        model("a/m", license="llama3", **refers, observed_at=MIDDLE),
        change("old/m", "renamed", before="old/m", after="a/m", observed_at=NEW),
    ):
        load(empty_graph, iter([record]), settings=settings, source="test")
    data = client.get("/api/v1/model/a/m").get_json()["data"]
    assert [(c["kind"], c["before"], c["after"]) for c in data["changes"]] == [
        ("renamed", "old/m", "a/m"),
        ("license", "mit", "llama3"),
    ]
    assert data["facts"]["datasets"] == ["a/texts"]
    text = client.get("/model/a/m").text
    for shown in ("a/texts", "2403.04652", "/model/a/next", "renamed", "What happened"):
        assert shown in text
    assert client.get("/model/old/m").location == "/model/a/m?was=old/m"


def test_new_data_is_seen(
    empty_graph: Graph, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.store.VERSION_AGE_S", 0)
    before = client.get("/api/v1/")
    assert before.get_json()["data"]["numbers"]["models"] == 0
    run = "CREATE (:Run {id: 'r', kind: 'load', status: $s, started_at: datetime()})"
    empty_graph.write(Statement(run, {"s": "running"}), Statement(CREATE, {"count": 3}))
    after = client.get("/api/v1/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["data"]["numbers"]["models"] == 3
    assert "being updated right now" not in client.get("/about").text
    assert "interrupted" in client.get("/about").text, "nobody holds the lease"
    empty_graph.write("CREATE (:Lease {id: 'writer', expires_at: datetime() + duration('PT1M')})")
    assert "being updated right now" in client.get("/about").text
    tag = client.get("/").headers["ETag"]
    empty_graph.write("MATCH (r:Run) SET r.status = 'complete', r.ended_at = datetime()")
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_a_former_name_leads_to_the_new_one(empty_graph: Graph, client: FlaskClient) -> None:
    empty_graph.write(
        "CREATE (:Model {id: 'new/name', id_folded: 'new/name', name: 'name', author: 'new', "
        "known: true, aliases: ['Old/Name-7B', 'older']})"
    )
    empty_graph.command("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    answer = client.get("/model/old/name-7b")
    assert answer.status_code == 302
    assert "now called" in client.get(answer.location).text
    assert client.get("/search?q=Old/name-7B").location == "/model/new/name"
    found = client.get("/api/v1/search?q=name-7b").get_json()["data"]["models"]
    assert [(row["id"], row["alias"]) for row in found] == [("new/name", "Old/Name-7B")]


def test_an_empty_graph_says_so_everywhere(client: FlaskClient) -> None:
    assert "The graph is empty" in client.get("/").text
    for path in ("/models", "/search?q=a", "/reports", "/reports/top-models", "/about", "/graph"):
        assert client.get(path).status_code == 200, path
        assert client.get(f"/api/v1{path}").status_code == 200, path
    assert client.get("/model/a/b").status_code == 404
    assert client.get("/author/a").status_code == 404
    assert "Nothing has been loaded yet" in client.get("/about").text


def test_a_query_that_takes_too_long_is_a_504(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "UNWIND range(1, 100000000) AS a WITH a WHERE a % 7 = 8 RETURN count(a) AS n"
    slow = settings.model_copy(update={"query_timeout_s": 0.2})
    with Graph(slow) as graph:
        client = create_app(slow, graph=graph).test_client()
        client.get("/about")
        monkeypatch.setattr("webapp.store.Store.answer", lambda self, *_, **__: self.read(endless))
        answer = client.get("/api/v1/")
        assert answer.status_code == 504
        assert answer.get_json()["error"]["code"] == "timeout"
        assert client.get("/").status_code == 504
