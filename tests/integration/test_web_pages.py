"""Every page and its twin on the sample: answers, rows, redirects, errors, headers."""

import csv
import html
import io
import json
import re
from html.parser import HTMLParser

import jsonschema
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from graph.answers.reports import catalogue
from graph.settings import Settings
from webapp import create_app
from webapp.app import CONTENT_SECURITY_POLICY
from webapp.openapi import answer_schema
from webapp.page import Declared
from webapp.pages import declared

TOP = "google/gemma-7b"
MERGE = "GianlucaMondillo/BioTakuya"
PAGES = [url for made in declared() if made.template for url in made.examples]
ROUTES = [url for made in declared() if not made.template for url in made.examples]


class _Outline(HTMLParser):
    """What of a page the tests look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(found == tag for found, _ in self.tags)

    def all(self, tag: str, attribute: str) -> list[str]:
        return [a[attribute] or "" for found, a in self.tags if found == tag and attribute in a]


def _model_links(text: str) -> list[str]:
    """Names in the order of the page's rows."""
    rows = re.findall(r'<td role="cell" class="lead-cell">(.*?)</td>', text, re.DOTALL)
    found = []
    for row in rows:
        link = re.search(r'<a class="id" href="([^"]+)"', row)
        assert link is not None
        found.append(link[1].removeprefix("/model/"))
    return found


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_one_heading_landmarks_and_its_twin(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    outline = _Outline(answer.text)
    assert outline.count("h1") == 1
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in outline.tags}
    assert outline.all("a", "class")[0] == "skip"
    twin = next(
        str(attributes["href"])
        for tag, attributes in outline.tags
        if tag == "link" and attributes.get("type") == "application/json"
    )
    assert twin in outline.all("a", "href"), "the twin is not linked visibly"
    found = client.get(twin)
    assert found.status_code == 200
    body = found.get_json()
    assert list(body) == ["data", "page", "meta", "links"]
    assert client.get(body["links"]["html"]).status_code == 200
    assert client.get(body["links"]["self"]).get_json()["data"] == body["data"]
    assert body["meta"]["data_version"]
    ids = [i for i in outline.all("input", "id") + outline.all("section", "id") if i]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("made", declared(), ids=lambda made: made.endpoint)
def test_what_the_api_answers_is_what_it_declares(client: FlaskClient, made: Declared) -> None:
    schema = answer_schema(made)
    for url in made.examples:
        body = client.get(f"/api/v1{url}").get_json()
        jsonschema.validate(body, schema)
        if made.template:
            assert client.get(
                f"/api/v1{url}{'&' if '?' in url else '?'}format=csv"
            ).status_code in ((200,) if made.table else (200, 400))


@pytest.mark.parametrize(("url", "table"), [
    ("/models", "models"), ("/models?sort=created&license=mit", "models"),
    ("/search?q=llama", "models"), (f"/model/{TOP}", "children"), ("/author/meta-llama", "models"),
])  # fmt: skip
def test_page_twin_and_csv_hold_the_same_rows(client: FlaskClient, url: str, table: str) -> None:
    rows = client.get(f"/api/v1{url}").get_json()["data"][table]
    names = [row["id"] for row in rows]
    assert len(names) > 1
    assert _model_links(client.get(url).text) == names
    glue = "&" if "?" in url else "?"
    exported = client.get(f"/api/v1{url}{glue}format=csv")
    assert exported.mimetype == "text/csv"
    assert "attachment" in exported.headers["Content-Disposition"]
    read = list(csv.DictReader(io.StringIO(exported.text)))
    assert [row["id"] for row in read] == names
    assert {"scores.influence.rank", "downloads"} <= set(read[0])


def test_the_home_page_counts_what_the_sample_holds(client: FlaskClient) -> None:
    data = client.get("/api/v1/").get_json()["data"]
    assert data["numbers"]["links"] == 6_321
    assert data["numbers"]["models"] >= 20_000
    assert data["numbers"]["families"] > 0
    assert data["models"][0]["id"] == TOP
    assert data["models"][0]["influence_rank"] == 1
    descendants = [family["descendants"] for family in data["families"]]
    assert descendants == sorted(descendants, reverse=True)
    assert len(data["starters"]) == 6


def test_a_model_page_says_what_it_is_and_what_was_made_from_it(client: FlaskClient) -> None:
    body = client.get(f"/api/v1/model/{TOP}").get_json()
    data = body["data"]
    assert data["model"]["license"] == "gemma"
    assert data["model"]["scores"]["influence"]["rank"] == 1
    assert sum(kind["direct"] for kind in data["counts"].values()) == body["page"]["total"] == 3_367
    assert data["ancestry"]["paths"] == []
    for relation, kind in data["counts"].items():
        found = client.get(f"/api/v1/model/{TOP}?relation={relation}").get_json()
        assert found["page"]["total"] == kind["direct"]
        assert all(row["relations"] == [relation] for row in found["data"]["children"])


def test_a_merge_shows_every_parent_in_words_and_in_the_drawing(client: FlaskClient) -> None:
    text = client.get(f"/model/{MERGE}").text
    paths = client.get(f"/api/v1/model/{MERGE}").get_json()["data"]["ancestry"]["paths"]
    assert [step["id"] for step in paths[0]] == ["meta-llama/Llama-2-7b-chat-hf"]
    assert [step["id"] for step in paths[1]] == ["epfl-llm/meditron-7b", "meta-llama/Llama-2-7b"]
    assert text.count('class="link merge"') == 2
    assert text.count('class="link finetune"') == 1
    assert text.count('class="box') == 4


def test_a_base_without_a_record_has_a_page_of_those_who_name_it(
    client: FlaskClient,
) -> None:
    families = client.get("/api/v1/").get_json()["data"]["families"]
    unknown = next(family["id"] for family in families if not family["known"])
    text = client.get(f"/model/{unknown}").text
    assert "No record describes this model" in text
    data = client.get(f"/api/v1/model/{unknown}").get_json()["data"]
    assert data["model"]["known"] is False
    assert data["children"]


def test_an_author_page_adds_up(client: FlaskClient) -> None:
    body = client.get("/api/v1/author/google").get_json()
    data = body["data"]
    assert data["author"]["influence_rank"] == 1
    assert data["totals"]["models"] > 100
    assert all(row["author"] == "google" for row in data["models"])
    assert data["downstream"][0]["models"] >= data["downstream"][-1]["models"]
    assert len(data["downstream"]) == 20
    assert {row["author"] for row in data["upstream"] if row["itself"]} <= {"google"}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_report_has_a_page_with_its_cypher(client: FlaskClient, name: str) -> None:
    page = client.get(f"/reports/{name}")
    assert page.status_code == 200
    assert catalogue()[name].pasted({}) in html.unescape(page.text)
    data = client.get(f"/api/v1/reports/{name}").get_json()["data"]
    declared = [column.name for column in catalogue()[name].data_columns]
    assert [column["name"] for column in data["columns"]] == declared
    for row in data["rows"]:
        assert list(row) == declared


def test_a_report_takes_parameters_and_is_exported_with_its_types(client: FlaskClient) -> None:
    body = client.get("/api/v1/reports/top-models?limit=3&task=text-to-image").get_json()
    rows = body["data"]["rows"]
    assert len(rows) == 3
    assert {row["task"] for row in rows} == {"text-to-image"}
    exported = client.get("/api/v1/reports/top-models?limit=3&task=text-to-image&format=parquet")
    table = pq.read_table(io.BytesIO(exported.data))
    assert table.column("model").to_pylist() == [row["model"] for row in rows]
    assert str(table.schema.field("downloads").type) == "int64"


def test_a_bad_parameter_of_a_report_is_told_beside_its_field(client: FlaskClient) -> None:
    answer = client.get("/reports/top-models?limit=many")
    assert answer.status_code == 400
    field = re.search(r'<input name="limit"[^>]*>', answer.text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'value="many"' in field[0]
    error = client.get("/api/v1/reports/top-models?limit=many").get_json()["error"]
    assert error["parameter"] == "limit"


@pytest.mark.parametrize(("url", "target"), [
    ("/model/GOOGLE/Gemma-7B", f"/model/{TOP}"), ("/author/GOOGLE", "/author/google"),
    (f"/search?q=https://huggingface.co/{TOP}", f"/model/{TOP}"),
    (f"/search?q={TOP}", f"/model/{TOP}"), ("/search?q=Google/GEMMA-7b", f"/model/{TOP}"),
])  # fmt: skip
def test_other_spellings_are_redirected(client: FlaskClient, url: str, target: str) -> None:
    for prefix in ("", "/api/v1"):
        answer = client.get(prefix + url)
        assert answer.status_code == 302
        assert answer.location == prefix + target


@pytest.mark.parametrize(("url", "suggestion"), [
    ("/model/google/gema-7b", TOP), ("/model/nobody/nothing-like-it", None),
    ("/author/gogle", "google"), ("/author/%20", None), ("/reports/no-such", "All reports"),
    ("/reports/model-facts", "All reports"), ("/nowhere", None), ("/model/", None),
    ("/model/a%00b", None), ("/model/" + "x" * 5_000, None),
])  # fmt: skip
def test_a_404_has_suggestions(client: FlaskClient, url: str, suggestion: str | None) -> None:
    page = client.get(url)
    assert page.status_code == 404
    assert _Outline(page.text).count("h1") == 1
    twin = client.get(f"/api/v1{url}")
    assert twin.status_code == 404
    error = twin.get_json()["error"]
    assert {"code", "message", "hint", "request_id"} <= set(error)
    assert error["code"] == "not_found"
    if suggestion:
        assert error["suggestions"][0]["name"] == suggestion
        assert suggestion in page.text
        if suggestion == TOP:
            assert client.get(error["suggestions"][0]["html"]).status_code == 200


@pytest.mark.parametrize(("url", "parameter"), [
    ("/models?sort=beauty", "sort"), ("/models?order=up", "order"), ("/models?limit=1", "limit"),
    ("/models?after=xyz", "after"), ("/models?before=xyz", "before"),
    ("/models?task=" + "x" * 301, "task"), ("/models?task=a%00b", "task"),
    (f"/model/{TOP}?relation=cousin", "relation"), (f"/model/{TOP}?after=xyz", "after"),
    ("/author/google?sort=x", "sort"), ("/search?q=a&limit=0", "limit"), ("/search?q=a%01b", "q"),
])  # fmt: skip
def test_a_bad_parameter_is_named(client: FlaskClient, url: str, parameter: str) -> None:
    page = client.get(url)
    assert page.status_code == 400
    assert f"<code>{parameter}</code>" in page.text
    twin = client.get(f"/api/v1{url}")
    assert twin.status_code == 400
    error = twin.get_json()["error"]
    assert (error["code"], error["parameter"]) == ("bad_parameter", parameter)
    assert parameter in error["message"]


def test_a_parameter_that_is_not_known_is_refused_everywhere(client: FlaskClient) -> None:
    for url in ("/models?tsak=x", "/?q=x", f"/model/{TOP}?depth=1", "/models?utm_source=x"):
        name = re.split(r"[?=]", url)[1]
        page = client.get(url)
        assert page.status_code == 400
        assert f"<code>{name}</code>" in page.text
        assert client.get(f"/api/v1{url}").get_json()["error"]["parameter"] == name
    for url, name in (("/suggest?x=1", "x"), ("/models?format=xml", "format")):
        error = client.get(f"/api/v1{url}").get_json()["error"]
        assert (error["code"], error["parameter"]) == ("bad_parameter", name)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("url", ["/", "/api/v1/models", f"/model/{TOP}", "/healthz"])
def test_nothing_can_be_sent(client: FlaskClient, method: str, url: str) -> None:
    answer = client.open(url, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("url", [
    *PAGES, *(f"/api/v1{url}" for url in PAGES + ROUTES), "/healthz", "/avatar/x.svg",
    "/static/app.css", "/nowhere", "/models?sort=x", "/model/GOOGLE/gemma-7b",
])  # fmt: skip
def test_every_answer_carries_the_security_headers(client: FlaskClient, url: str) -> None:
    with client.get(url) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Cache-Control" in headers


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    for url in ("/models", "/api/v1/models", f"/model/{TOP}"):
        first = client.get(url)
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "no-cache"
        second = client.get(url, headers={"If-None-Match": tag})
        assert (second.status_code, second.data) == (304, b"")
        assert second.headers["ETag"] == tag
        other = client.get(url + "?limit=25", headers={"If-None-Match": tag})
        assert other.status_code == 200


def test_static_files_are_kept_for_good_under_their_versioned_address(client: FlaskClient) -> None:
    text = client.get("/").text
    addresses = re.findall(r'"(/static/[^"]+)"', text)
    assert len(addresses) >= 3
    for url in addresses:
        assert re.search(r"\?v=[0-9a-f]{12}$", url)
        with client.get(url) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
    with client.get("/static/app.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_points_to_another_host_but_plain_links(client: FlaskClient) -> None:
    for url in PAGES:
        for tag, attributes in _Outline(client.get(url).text).tags:
            for name, value in attributes.items():
                if value and re.match(r"(?:[a-z]+:)?//", value):
                    assert (tag, name) == ("a", "href")
                    assert attributes["rel"] == "noreferrer"


def test_suggestions_are_few_and_the_best_come_first(client: FlaskClient) -> None:
    found = client.get("/api/v1/suggest?q=gemma-7b").get_json()["data"]["suggestions"]
    assert 0 < len(found) <= 10
    assert found[0]["id"] == TOP
    kinds = [item["type"] for item in found]
    assert kinds == sorted(kinds, key=("model", "author", "report").index)
    for item in found:
        assert client.get(item["html"]).status_code == 200
    assert client.get("/api/v1/suggest?q=g").get_json()["data"]["suggestions"] == []
    authors = client.get("/api/v1/suggest?q=googl").get_json()["data"]["suggestions"]
    assert ("author", "google") in {(item["type"], item["id"]) for item in authors}
    reports = client.get("/api/v1/suggest?q=influential").get_json()["data"]["suggestions"]
    assert any(item["type"] == "report" for item in reports)


@pytest.mark.parametrize(
    "text",
    ['"', "\\", "id:*", "* OR *", "a/b/c", "(((", "AND", "~", "é", "🦙", "'; DROP", "a" * 300],
)
def test_any_text_can_be_searched(client: FlaskClient, text: str) -> None:
    for url in ("/search", "/api/v1/search", "/api/v1/suggest"):
        assert client.get(url, query_string={"q": text}).status_code in (200, 302)


def test_a_prefix_ranks_before_words_inside_and_ties_by_influence(
    client: FlaskClient,
) -> None:
    rows = client.get("/api/v1/search?q=llama-2").get_json()["data"]["models"]
    matches = [row["match"] for row in rows]
    assert matches == sorted(matches)
    influence = [
        row["scores"]["influence"]["value"] or 0 for row in rows if row["match"] == matches[0]
    ]
    assert influence == sorted(influence, reverse=True)


def test_health_says_yes(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "ok"


def test_without_a_database_every_page_says_so_and_stays_usable() -> None:
    settings = Settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password=SecretStr("hidden-words"))
    client = create_app(settings).test_client()
    for url in ("/", "/models", f"/model/{TOP}", "/reports", "/nowhere"):
        page = client.get(url)
        assert page.status_code == (404 if url == "/nowhere" else 503)
        assert 'role="search"' in page.text
        assert "hidden-words" not in page.text
        assert "Traceback" not in page.text
        assert client.get(f"/api/v1{url}").headers["Content-Type"] == "application/json"
    answer = client.get("/api/v1/models")
    assert answer.get_json()["error"]["code"] == "database_unavailable"
    assert answer.headers["Retry-After"]
    assert client.get("/healthz").status_code == 503
    assert client.get("/avatar/x.svg").status_code == 200
    with client.get("/static/app.css") as style:
        assert style.status_code == 200
    assert "hidden-words" not in json.dumps(client.get("/healthz").get_json())
