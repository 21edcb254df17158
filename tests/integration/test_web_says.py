"""What pages say about what they do not know, and where they stop counting."""

import csv
import io
import re
import time
from typing import Any

import networkx as nx
import pytest
from flask.testing import FlaskClient
from parsel import Selector

from graph.answers.precomputing import precompute_answers
from graph.answers.query import Query, reader
from graph.answers.reports import catalogue
from graph.errors import QueryTimeoutError
from graph.settings import Settings
from graph.store.connection import Graph, Result, Statement
from graph.store.identity import identity, renew_identity
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.missing import undo_losses
from graph.store.runs import Run, end_run, save_run
from webapp import create_app
from webapp.pages import declared
from webapp.store import VERSION_AGE_S, Store

MADE = """
CREATE (google:Author {name: 'google', name_folded: 'google'})
CREATE (base:Model {id: 'google/base', id_folded: 'google/base', name: 'base', author: 'google',
  known: true, license: 'mit', created_at: datetime('2024-01-01')})
CREATE (google)-[:PUBLISHED]->(base)
WITH base
UNWIND range(1, $children) AS n
CREATE (child:Model {id: 'a/m' + n, id_folded: 'a/m' + n, name: 'm' + n, author: 'a', known: true,
  license: CASE WHEN n % 3 = 0 THEN 'Weird-1.0' END, task: 'text', relation: 'finetune',
  base_count: 1})
CREATE (child)-[:FINETUNE {since: datetime('2024-02-01')}]->(base)
FOREACH (_ IN CASE WHEN n % 4 = 0 THEN [1] ELSE [] END |
  CREATE (child)-[:MERGE {since: datetime('2024-02-01')}]->(base))
MERGE (author:Author {name: 'a', name_folded: 'a'})
CREATE (author)-[:PUBLISHED]->(child)
"""
CHILDREN = 131


@pytest.fixture
def client(empty_graph: Graph, settings: Settings) -> FlaskClient:
    """A client on models that were loaded and not scored; nobody knows their downloads."""
    empty_graph.write(Statement(MADE, {"children": CHILDREN}))
    return create_app(settings, graph=empty_graph).test_client()


def words(client: FlaskClient, url: str, status: int = 200) -> str:
    """The text of a page, without its Cypher and its scripts."""
    answer = client.get(url)
    assert answer.status_code == status, url
    shown = Selector(answer.text)
    shown.css("pre, script, style").drop()
    texts = shown.css("main ::text, title::text, *::attr(title), *::attr(aria-label)").getall()
    return " ".join(" ".join(texts).split()).replace("\N{EN DASH}", "-")


def data(client: FlaskClient, url: str) -> Any:
    return client.get(f"/api/v1{url}").get_json()["data"]


def test_a_sum_of_what_nobody_knows_is_unknown(client: FlaskClient) -> None:
    assert data(client, "/author/google")["totals"]["downloads"] is None
    assert data(client, "/author/google")["totals"]["likes"] is None
    assert "Downloads - unknown" in words(client, "/author/google")
    assert "Name their base - no record says it" in words(client, "/author/google")
    assert "google / base bases not read" in words(client, "/model/google/base")
    rows = data(client, "/reports/models-per-author")["rows"]
    made = {row["author"]: row["derivatives"] for row in rows}
    assert made == {"a": CHILDREN, "google": None}
    assert f"100 % {CHILDREN} of {CHILDREN}; of 1 more no record says it" in words(client, "/")
    for report, names in {
        "models-per-author": ("downloads", "likes"),
        "author-dependents?author=google": ("downloads",),
        "downloads-by-task": ("downloads", "likes", "share"),
        "downloads-by-licence": ("downloads", "share"),
    }.items():
        rows = data(client, f"/reports/{report}")["rows"]
        assert rows
        assert {row[name] for row in rows for name in names} == {None}, report


def test_a_sum_adds_what_is_known(client: FlaskClient, empty_graph: Graph) -> None:
    empty_graph.write("MATCH (m:Model) WHERE m.id IN ['a/m1', 'a/m2'] SET m.downloads = 4")
    rows = data(client, "/reports/models-per-author")["rows"]
    assert [(row["author"], row["downloads"]) for row in rows] == [("a", 8), ("google", None)]


def test_loaded_and_not_scored_is_neither_no_descendant_nor_unknown_to_all(
    client: FlaskClient,
) -> None:
    page = words(client, "/model/google/base")
    assert f"Descendants - not computed yet; {CHILDREN} direct" in page
    assert "Influence - not scored yet" in page
    then = words(client, "/model/google/base?as_of=2022-06-01")
    assert "Influence - not scored yet" in then
    assert "nothing is known to be made from it" not in page + then
    assert data(client, "/model/google/base")["descendants"] is None
    leaf = words(client, "/model/a/m1")
    assert "Influence - nothing is known to be made from it" in leaf
    assert data(client, "/model/a/m1")["descendants"] == 0
    author = words(client, "/author/google")
    assert "not scored yet" in author
    assert "nobody else" not in author
    home = words(client, "/")
    assert data(client, "/")["numbers"]["families"] is None
    assert "Families - not scored yet" in home
    assert "No model is known to be made from another" not in home
    for report in ("top-models", "top-authors", "largest-families"):
        assert "Nothing is scored yet" in words(client, f"/reports/{report}")
    rows = data(client, "/reports/lineage-down?model=google/base")["rows"]
    assert {row["effective_descendants"] for row in rows} == {None}


def test_a_count_that_ended_early_is_not_exact(
    client: FlaskClient, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_graph.write("MATCH (m:Model) WHERE m.id IN ['a/m1', 'a/m2', 'a/m3'] SET m.likes = 4")
    url = "/models?task=text&sort=likes"
    assert f"{CHILDREN - 3} more models are not in this list" in words(client, url)
    monkeypatch.setattr("graph.answers.lists.MOST_COUNTED", 20)
    for exact, total in ((url, 3), ("/models?author=a&sort=created", 0)):
        found = client.get(f"/api/v1{exact}").get_json()["page"]
        assert (found["total"], found["total_is_exact"]) == (total, True)
    page = words(client, f"{url}&license=Weird-1.0&limit=25")
    assert not re.search(r"\d more models? (is|are) not", page)
    assert "Models are not in this list if their likes are unknown" in page


@pytest.mark.parametrize("report", ["licence-differs", "lineage-down?model=google/base"])
def test_a_limit_that_cuts_is_said_with_the_whole(client: FlaskClient, report: str) -> None:
    whole = len(data(client, f"/reports/{report}{_glue(report)}limit=1000")["rows"])
    found = data(client, f"/reports/{report}{_glue(report)}limit=20")
    assert (found["truncated"], found["total"], found["total_is_exact"]) == (True, whole, True)
    page = words(client, f"/reports/{report}{_glue(report)}limit=20")
    assert f"{len(found['rows'])} of {whole} rows" in page
    assert "The limit of 20 cut the result" in page
    file = client.get(f"/api/v1/reports/{report}{_glue(report)}limit=20&format=csv")
    named = file.headers["Content-Disposition"]
    assert f"-first-{len(found['rows'])}-of-{whole}.csv" in named
    uncut = data(client, f"/reports/{report}{_glue(report)}limit=1000")
    assert (uncut["truncated"], uncut["total"]) == (False, whole)


def _glue(url: str) -> str:
    return "&" if "?" in url else "?"


def test_a_limit_that_cuts_more_than_is_counted(client: FlaskClient, empty_graph: Graph) -> None:
    empty_graph.write(
        "UNWIND range(1, 60) AS n CREATE (:Author {name: 'x' + n, name_folded: 'x' + n})"
        "-[:PUBLISHED]->(:Model {id: 'x' + n + '/m', known: true})"
    )
    found = data(client, "/reports/models-per-author?limit=10")
    assert (len(found["rows"]), found["total"], found["total_is_exact"]) == (10, 62, True)
    found = data(client, "/reports/models-per-author")
    assert (len(found["rows"]), found["total"]) == (50, 62)


def test_a_past_time_says_how_many_models_have_no_date(client: FlaskClient) -> None:
    for url in (
        "/reports/hub-size?as_of=2024-06-01",
        "/reports/relation-mix?as_of=2024-06-01",
        "/model/google/base?as_of=2024-06-01",
        "/graph?m=google/base&as_of=2024-06-01",
    ):
        page = words(client, url)
        assert "at least" in page, url
        assert f"{CHILDREN} models have no date of creation" in page
        assert data(client, url)["undated"] == CHILDREN
    for url in ("/reports/hub-size", "/model/google/base"):
        assert data(client, url)["undated"] is None
        assert "date of creation" not in words(client, url)


def test_rank_is_among_all_and_position_is_in_the_list(client: FlaskClient) -> None:
    table = Selector(client.get("/models?sort=created").text).css("thead th::text").getall()
    assert table[0].strip() == "Position"
    assert "Rank among all" in table


def test_a_filter_by_relation_says_what_it_leaves_out(client: FlaskClient) -> None:
    merged = CHILDREN // 4
    page = words(client, "/model/google/base?relation=merge")
    assert f"Only merges: {merged} of {CHILDREN} derivatives; {CHILDREN - merged} made" in page
    drawn = words(client, "/graph?m=google/base&rel=M")
    assert f"Left out by the choice of relations: {CHILDREN} fine-tunes" in drawn


def test_the_last_relation_can_be_switched_off(client: FlaskClient) -> None:
    page = Selector(client.get("/graph?m=google/base&rel=M").text)
    (last,) = page.css('button[name=rel][aria-pressed="true"]::attr(value)').getall()
    found = data(client, f"/graph?m=google/base&rel={last}")
    assert found["query"]["relations"] == []
    assert found["nodes"]["id"] == ["google/base"]
    assert found["totals"]["finetune"]["filtered"] == CHILDREN
    page = Selector(client.get(f"/graph?m=google/base&rel={last}").text)
    assert not page.css('button[name=rel][aria-pressed="true"]')
    assert set(page.css("button[name=rel]::attr(value)").getall()) == {"F", "A", "M", "Q"}
    applied = page.css('form.controls input[name="rel"]::attr(value)').getall()
    assert applied == [last]


@pytest.mark.parametrize(("url", "found"), [
    ("/models?sort=created&author=Google", 1), ("/models?sort=created&author=GOOGLE", 1),
    ("/models?sort=created&license=MIT", 1), ("/models?sort=created&author=nobody", 0),
    ("/models?sort=likes&license=Weird-1.0", 0),
])  # fmt: skip
def test_a_filter_finds_other_spellings(client: FlaskClient, url: str, found: int) -> None:
    assert len(data(client, url)["models"]) == found


def test_a_filter_in_the_graph_s_own_spelling_is_kept(
    client: FlaskClient, empty_graph: Graph
) -> None:
    empty_graph.write("MATCH (m:Model {license: 'Weird-1.0'}) SET m.likes = 1")
    assert len(data(client, "/models?sort=likes&license=Weird-1.0")["models"]) == CHILDREN // 3


def test_a_licence_filter_names_what_it_leaves_out(client: FlaskClient) -> None:
    left = CHILDREN - CHILDREN // 3
    page = words(client, "/models?sort=created&license=mit")
    assert f"{left} models of unknown licence cannot be in this list" in page
    assert "unknown task" not in page
    assert "1 model of unknown task cannot" in words(client, "/models?sort=created&task=text")
    assert "cannot be in this list" not in words(client, "/models?sort=created")


def test_no_backtick_reaches_a_page(client: FlaskClient) -> None:
    urls = ["/models?limit=1", "/models?after=x", "/reports/top-models?limit=many", "/nowhere?x=1"]
    urls += ["/reports/top-models?limit=", "/models?foo=1", "/graph?m=a/b&up=99", "/model/no/model"]
    for url in urls:
        assert "`" not in words(client, url, client.get(url).status_code), url
    refused = Selector(client.get("/models?limit=1").text)
    assert refused.css("h1 code::text").get() == "limit"


@pytest.mark.parametrize(
    "url",
    ["/?x=1", "/about?x=", "/models?x=1", "/reports/top-models?x=", "/graph?y=1", "/search?x=1",
     "/coverage?x=1", "/changes?x=1", "/reports?x=1", "/author/google?x=1",
     "/model/google/base?x=1"],
)  # fmt: skip
def test_an_unknown_parameter_is_refused_alike(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == client.get(f"/api/v1{url}").status_code == 400
    assert client.get(f"/api/v1{url}").get_json()["error"]["parameter"] in ("x", "y")


TABLES = [made for made in declared() if made.table and "<" not in made.rule]
NOTHING = {"/search": "?q=nothing-fits", "/changes": "?kind=gone"}


@pytest.mark.parametrize("made", TABLES, ids=lambda made: made.endpoint)
def test_csv_of_nothing_has_its_header(empty_graph: Graph, settings: Settings, made: Any) -> None:
    client = create_app(settings, graph=empty_graph).test_client()
    url = f"/api/v1{made.rule}{NOTHING.get(made.rule, '')}"
    rows = list(csv.reader(io.StringIO(client.get(f"{url}{_glue(url)}format=csv").text)))
    assert len(rows[0]) > 1
    assert len(rows) == 1 or made.rule == "/reports"


def test_the_header_is_the_same_with_rows_and_without(client: FlaskClient) -> None:
    for some, none in (
        ("/models?sort=created", "/models?sort=likes"),
        ("/model/google/base", "/model/a/m1"),
        ("/reports/lineage-up?model=a/m1", "/reports/lineage-up?model=google/base"),
        ("/author/google?sort=created", "/author/google?sort=likes"),
    ):
        texts = [client.get(f"/api/v1{u}{_glue(u)}format=csv").text for u in (some, none)]
        heads = [text.splitlines()[0] for text in texts]
        assert heads[0] == heads[1]
        assert len(texts[1].splitlines()) == 1 < len(texts[0].splitlines())


def test_crawls_with_different_counts_are_one_table(empty_graph: Graph, settings: Settings) -> None:
    for number, counts in enumerate(('{"answers": {"a 200": 1}}', '{"answers": {"b 404": 2}}')):
        empty_graph.write(
            Statement(
                "CREATE (:Run {id: $id, kind: 'crawl', source: $id, status: 'complete', "
                "started_at: datetime(), ended_at: datetime(), counts: $counts})",
                {"id": str(number), "counts": counts},
            )
        )
    client = create_app(settings, graph=empty_graph).test_client()
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/coverage?format=csv").text)))
    assert {row["answers.a 200"] for row in rows} == {"1", ""}
    assert {row["answers.b 404"] for row in rows} == {"2", ""}


def test_the_download_link_is_for_excel_and_the_address_for_scripts(
    client: FlaskClient, empty_graph: Graph
) -> None:
    empty_graph.write("MATCH (m:Model {id: 'google/base'}) SET m.task = '智源研究院'")
    page = Selector(client.get("/models?sort=created").text)
    (link,) = set(page.css('a[href*="format=csv"]::attr(href)').getall())
    marked = client.get(link).data
    assert marked.startswith(b"\xef\xbb\xbfid,")
    plain = client.get("/api/v1/models?sort=created&format=csv").data
    assert plain.startswith(b"id,")
    assert marked[3:] == plain
    assert "智源研究院" in marked.decode("utf-8-sig")


@pytest.mark.parametrize("keeps", [True, False])
def test_every_address_works_under_a_path(client: FlaskClient, keeps: bool) -> None:
    """Behind a proxy that shows the app under /hub, and passes that on or not."""
    headers = {"X-Forwarded-Prefix": "/hub"}

    def get(address: str) -> Any:
        assert address.startswith("/hub/"), address
        answer = client.get(address if keeps else address.removeprefix("/hub"), headers=headers)
        answer.close()
        if answer.status_code == 302:
            return get(answer.location)
        assert answer.status_code == 200, address
        return answer

    body = get("/hub/api/v1/model/google/base?limit=25").get_json()
    assert get(body["links"]["self"]).get_json()["data"] == body["data"]
    assert get(body["links"]["next"]).get_json()["page"]["first"] == 26
    get(body["links"]["html"])
    moved = get("/hub/api/v1/model/GOOGLE/Base").get_json()
    assert moved["data"]["model"]["id"] == "google/base"
    for item in get("/hub/api/v1/suggest?q=google").get_json()["data"]["suggestions"]:
        get(item["html"])
    seen = set()
    for url in ("/hub/", "/hub/models?sort=created", "/hub/model/google/base", "/hub/graph?m=a/m1"):
        page = Selector(get(url).text)
        seen |= {link for link in page.css("a::attr(href), link::attr(href)").getall()
                 if link.startswith("/")}  # fmt: skip
    for address in sorted(seen):
        get(address)
    assert len(seen) > 60


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_the_lineage_of_a_model_is_a_file(client: FlaskClient, form: str) -> None:
    page = Selector(client.get("/graph?m=google/base&n=1000").text)
    link = page.css(f'a[href*="format={form}"]::attr(href)').get()
    assert link
    answer = client.get(link)
    assert f'.{form}"' in answer.headers["Content-Disposition"]
    read = nx.read_gexf if form == "gexf" else nx.read_graphml
    found = read(io.BytesIO(answer.data))
    assert len(found) == CHILDREN + 1
    assert found.number_of_edges() == CHILDREN + CHILDREN // 4
    assert found.nodes["google/base"]["license"] == "mit"
    assert "task" not in found.nodes["google/base"]


def test_a_page_that_is_missing_is_missing_whatever_is_cached(client: FlaskClient) -> None:
    for url in ("/model/no/model", "/api/v1/model/no/model", "/nowhere", "/author/nobody"):
        assert client.get(url, headers={"If-None-Match": "*"}).status_code == 404
    assert client.get("/models?limit=1", headers={"If-None-Match": "*"}).status_code == 400


def test_a_precomputed_answer_never_outlives_a_write(
    client: FlaskClient, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.answers.precomputing.SMALL", 0)
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", -1)
    precompute_answers(empty_graph)
    monkeypatch.setattr("webapp.store.VERSION_AGE_S", 0)
    page = words(client, "/reports/hub-size")
    assert "as computed on" in page
    assert data(client, "/reports/hub-size")["computed_at"]
    assert client.get("/api/v1/").get_json()["meta"]["computed_at"]
    assert "numbers computed on" in client.get("/").text
    run = Run.begin("load")
    with writing(empty_graph, "load"):
        save_run(empty_graph, run, status="running")
        empty_graph.write("CREATE (:Model {id: 'b/new', known: true, created_at: datetime()})")
        assert "numbers computed on" in client.get("/").text
    assert data(client, "/reports/hub-size")["computed_at"] is None, "it was killed"
    end_run(empty_graph, run, "complete", {})
    found = data(client, "/reports/hub-size")
    assert (found["rows"][0]["models"], found["computed_at"]) == (2, None)
    assert data(client, "/")["numbers"]["models"] == CHILDREN + 2
    assert "numbers computed on" not in client.get("/").text
    precompute_answers(empty_graph)
    assert reader(empty_graph)(catalogue()["hub-size"]).computed_at
    undo_losses(empty_graph, run.id)
    assert reader(empty_graph)(catalogue()["hub-size"]).computed_at is None


def test_until_new_answers_are_there_the_earlier_ones_serve_and_it_is_said(
    client: FlaskClient, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.answers.precomputing.SMALL", 0)
    monkeypatch.setattr("graph.answers.precomputing.LONG_S", -1)
    monkeypatch.setattr("webapp.store.VERSION_AGE_S", 0)
    precompute_answers(empty_graph)
    before = data(client, "/reports/hub-size")["rows"][0]["models"]
    run = Run.begin("load")
    with writing(empty_graph, "load"):
        save_run(empty_graph, run, status="running")
        empty_graph.write("CREATE (:Model {id: 'b/new', known: true, created_at: datetime()})")
    end_run(empty_graph, run, "complete", {})

    ask = Store._ask

    def too_slow(store: Store, query: Query, *given: Any) -> Result:
        if query.precomputed:
            raise QueryTimeoutError("It took too long.")
        return ask(store, query, *given)

    with monkeypatch.context() as slow:
        slow.setattr(Store, "_ask", too_slow)
        found = client.get("/api/v1/reports/hub-size").get_json()
        assert found["data"]["rows"][0]["models"] == before
        assert (found["meta"]["outdated"], bool(found["meta"]["computed_at"])) == (True, True)
        assert "before the newest data came" in words(client, "/reports/hub-size")
        assert "before the newest data came" in client.get("/").text
    precompute_answers(empty_graph)
    found = client.get("/api/v1/reports/hub-size").get_json()
    assert found["data"]["rows"][0]["models"] == before + 1
    assert (found["meta"]["outdated"], bool(found["meta"]["computed_at"])) == (False, True)
    assert "before the newest data came" not in client.get("/").text


def test_a_graph_that_was_never_loaded_has_no_500(empty_graph: Graph, settings: Settings) -> None:
    for name in ("model_text", "author_text"):
        empty_graph.command(f"DROP INDEX {name} IF EXISTS")
    try:
        client = create_app(settings, graph=empty_graph).test_client()
        for url, status in (
            ("/search?q=gemma", 200), ("/search?q=a/b", 200), ("/api/v1/suggest?q=gem", 200),
            ("/model/a/b", 404), ("/author/a", 404), ("/graph?m=a/b", 404),
            ("/changes?model=a/b", 404), ("/api/v1/history/a/b", 404), ("/", 200),
            ("/coverage", 200), ("/models?license=mit&author=A", 200),
        ):  # fmt: skip
            answer = client.get(url)
            assert answer.status_code == status, url
            said = answer.text if url.startswith("/api/") else words(client, url, status)
            assert "fulltext" not in said, url
    finally:
        apply_schema(empty_graph)


def test_what_neo4j_says_stays_in_the_log(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        "webapp.store.Store.answer", lambda self, *_, **__: self.read("RETURN nothing AS secret")
    )
    for url in ("/", "/api/v1/"):
        answer = client.get(url)
        assert answer.status_code == 500
        assert "Neo4j" not in answer.text
        assert "nothing" not in answer.text
    assert "nothing" in caplog.text


def test_what_was_cached_of_a_graph_is_not_shown_of_another(
    client: FlaskClient, empty_graph: Graph
) -> None:
    identity(empty_graph)
    store = client.application.extensions["store"]
    first = store.version().key
    time.sleep(VERSION_AGE_S)
    assert store.version().key == first
    renew_identity(empty_graph)  # as a restore does
    time.sleep(VERSION_AGE_S)
    assert store.version().key != first
