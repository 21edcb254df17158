"""Every page and its twin on the sample: answers, rows, redirects, errors, headers."""

import csv
import io
import re
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from parsel import Selector
from pydantic import SecretStr
from werkzeug.test import TestResponse

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


def get(client: FlaskClient, url: str, status: int = 200) -> TestResponse:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer


def data(client: FlaskClient, url: str) -> Any:
    """What the twin of a page holds."""
    return get(client, f"/api/v1{url}").get_json()["data"]


def error(client: FlaskClient, url: str, status: int) -> Any:
    return get(client, f"/api/v1{url}", status).get_json()["error"]


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_one_heading_landmarks_and_its_twin(client: FlaskClient, url: str) -> None:
    outline = Selector(get(client, url).text)
    assert len(outline.css("h1")) == 1
    assert all(outline.css(tag) for tag in ("header", "main", "footer", "nav"))
    assert outline.css("a::attr(class)").get() == "skip"
    twin = outline.css('link[type="application/json"]::attr(href)').get()
    assert twin in outline.css("a::attr(href)").getall(), "the twin is not linked visibly"
    body = get(client, twin).get_json()
    assert list(body) == ["data", "page", "meta", "links"]
    get(client, body["links"]["html"])
    assert get(client, body["links"]["self"]).get_json()["data"] == body["data"]
    assert body["meta"]["data_version"]
    ids = [i for i in outline.css("input::attr(id), section::attr(id)").getall() if i]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("made", declared(), ids=lambda made: made.endpoint)
def test_what_the_api_answers_is_what_it_declares(client: FlaskClient, made: Declared) -> None:
    schema = answer_schema(made)
    for url in made.examples:
        body = client.get(f"/api/v1{url}").get_json()
        jsonschema.validate(body, schema)
        if made.template:
            csv_url = f"/api/v1{url}{'&' if '?' in url else '?'}format=csv"
            assert client.get(csv_url).status_code in ((200,) if made.table else (200, 400))


@pytest.mark.parametrize(("url", "table"), [
    ("/models", "models"), ("/models?sort=created&license=mit", "models"),
    ("/search?q=llama", "models"), (f"/model/{TOP}", "children"), ("/author/meta-llama", "models"),
])  # fmt: skip
def test_page_twin_and_csv_hold_the_same_rows(client: FlaskClient, url: str, table: str) -> None:
    names = [row["id"] for row in data(client, url)[table]]
    assert len(names) > 1
    links = Selector(get(client, url).text).css("td.lead-cell a.id::attr(href)").getall()
    assert [link.removeprefix("/model/") for link in links] == names
    glue = "&" if "?" in url else "?"
    exported = client.get(f"/api/v1{url}{glue}format=csv")
    assert exported.mimetype == "text/csv"
    assert "attachment" in exported.headers["Content-Disposition"]
    read = list(csv.DictReader(io.StringIO(exported.text)))
    assert [row["id"] for row in read] == names
    assert {"scores.influence.rank", "downloads"} <= set(read[0])


def test_the_home_page_counts_what_the_sample_holds(client: FlaskClient) -> None:
    found = data(client, "/")
    assert found["numbers"]["links"] == 6_321
    assert found["numbers"]["models"] >= 20_000
    assert found["numbers"]["families"] > 0
    assert (found["models"][0]["id"], found["models"][0]["influence_rank"]) == (TOP, 1)
    descendants = [family["descendants"] for family in found["families"]]
    assert descendants == sorted(descendants, reverse=True)
    assert len(found["starters"]) == 6


def test_a_model_page_says_what_it_is_and_what_was_made_from_it(client: FlaskClient) -> None:
    body = get(client, f"/api/v1/model/{TOP}").get_json()
    found = body["data"]
    facts = found["model"]
    assert (facts["license"], facts["scores"]["influence"]["rank"]) == ("gemma", 1)
    direct = sum(kind["direct"] for kind in found["counts"].values())
    assert direct == body["page"]["total"] == 3_367
    assert found["ancestry"]["paths"] == []
    assert found["name_says"][0] == {"text": "gemma", "says": "family", "meaning": "gemma"}
    assert "Its name says" in client.get(f"/model/{TOP}").text
    for relation, kind in found["counts"].items():
        part = get(client, f"/api/v1/model/{TOP}?relation={relation}").get_json()
        assert part["page"]["total"] == kind["direct"]
        assert all(row["relations"] == [relation] for row in part["data"]["children"])


def test_a_merge_shows_every_parent_in_words_and_in_the_drawing(client: FlaskClient) -> None:
    text = client.get(f"/model/{MERGE}").text
    paths = data(client, f"/model/{MERGE}")["ancestry"]["paths"]
    assert [step["id"] for step in paths[0]] == ["meta-llama/Llama-2-7b-chat-hf"]
    assert [step["id"] for step in paths[1]] == ["epfl-llm/meditron-7b", "meta-llama/Llama-2-7b"]
    assert text.count('class="link merge"') == 2
    assert text.count('class="link finetune"') == 1
    assert text.count('class="box') == 4


def test_a_base_without_a_record_has_a_page(client: FlaskClient) -> None:
    unknown = next(one["id"] for one in data(client, "/")["families"] if not one["known"])
    assert "No record describes this model" in get(client, f"/model/{unknown}").text
    found = data(client, f"/model/{unknown}")
    assert found["model"]["known"] is False
    assert found["children"]


def test_an_author_page_adds_up(client: FlaskClient) -> None:
    found = data(client, "/author/google")
    assert found["author"]["influence_rank"] == 1
    assert found["totals"]["models"] > 100
    assert all(row["author"] == "google" for row in found["models"])
    assert found["downstream"][0]["models"] >= found["downstream"][-1]["models"]
    assert len(found["downstream"]) == 20
    assert {row["author"] for row in found["upstream"] if row["itself"]} <= {"google"}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_report_has_a_page_with_its_cypher(client: FlaskClient, name: str) -> None:
    page = get(client, f"/reports/{name}")
    shown = Selector(page.text).xpath("string(//pre[@id='cypher-1'])").get()
    assert shown == catalogue()[name].pasted({})
    found = data(client, f"/reports/{name}")
    columns = [column.name for column in catalogue()[name].data_columns]
    assert [column["name"] for column in found["columns"]] == columns
    assert all(list(row) == columns for row in found["rows"])


def test_a_report_takes_parameters_and_is_exported_with_its_types(client: FlaskClient) -> None:
    asked = "/reports/top-models?limit=3&task=text-to-image"
    rows = data(client, asked)["rows"]
    assert [row["task"] for row in rows] == ["text-to-image"] * 3
    exported = get(client, f"/api/v1{asked}&format=parquet")
    table = pq.read_table(io.BytesIO(exported.data))
    assert table.column("model").to_pylist() == [row["model"] for row in rows]
    assert str(table.schema.field("downloads").type) == "int64"


def test_a_bad_parameter_of_a_report_is_told_beside_its_field(client: FlaskClient) -> None:
    url = "/reports/top-models?limit=many"
    (field,) = Selector(get(client, url, 400).text).css('input[name="limit"]')
    assert (field.attrib["aria-invalid"], field.attrib["value"]) == ("true", "many")
    assert error(client, url, 400)["parameter"] == "limit"


@pytest.mark.parametrize(("url", "target"), [
    ("/model/GOOGLE/Gemma-7B", f"/model/{TOP}"), ("/author/GOOGLE", "/author/google"),
    (f"/search?q=https://huggingface.co/{TOP}", f"/model/{TOP}"),
    (f"/search?q={TOP}", f"/model/{TOP}"), ("/search?q=Google/GEMMA-7b", f"/model/{TOP}"),
])  # fmt: skip
def test_other_spellings_are_redirected(client: FlaskClient, url: str, target: str) -> None:
    for prefix in ("", "/api/v1"):
        answer = client.get(prefix + url)
        assert (answer.status_code, answer.location) == (302, prefix + target)


@pytest.mark.parametrize(("url", "suggestion"), [
    ("/model/google/gema-7b", TOP), ("/model/nobody/nothing-like-it", None),
    ("/author/gogle", "google"), ("/author/%20", None), ("/reports/no-such", "All reports"),
    ("/reports/model-facts", "All reports"), ("/nowhere", None), ("/model/", None),
    ("/model/a%00b", None), ("/model/" + "x" * 5_000, None),
])  # fmt: skip
def test_a_404_has_suggestions(client: FlaskClient, url: str, suggestion: str | None) -> None:
    page = get(client, url, 404)
    assert len(Selector(page.text).css("h1")) == 1
    told = error(client, url, 404)
    assert {"code", "message", "hint", "request_id"} <= set(told)
    assert told["code"] == "not_found"
    if suggestion:
        assert told["suggestions"][0]["name"] == suggestion
        assert suggestion in page.text
        if suggestion == TOP:
            get(client, told["suggestions"][0]["html"])


@pytest.mark.parametrize(("url", "parameter"), [
    ("/models?sort=beauty", "sort"), ("/models?order=up", "order"), ("/models?limit=1", "limit"),
    ("/models?after=xyz", "after"), ("/models?before=xyz", "before"),
    ("/models?task=" + "x" * 301, "task"), ("/models?task=a%00b", "task"),
    (f"/model/{TOP}?relation=cousin", "relation"), (f"/model/{TOP}?after=xyz", "after"),
    ("/author/google?sort=x", "sort"), ("/search?q=a&limit=0", "limit"), ("/search?q=a%01b", "q"),
])  # fmt: skip
def test_a_bad_parameter_is_named(client: FlaskClient, url: str, parameter: str) -> None:
    assert f"<code>{parameter}</code>" in get(client, url, 400).text
    told = error(client, url, 400)
    assert (told["code"], told["parameter"]) == ("bad_parameter", parameter)
    assert parameter in told["message"]


def test_a_parameter_that_is_not_known_is_refused_everywhere(client: FlaskClient) -> None:
    for url in ("/models?tsak=x", "/?q=x", f"/model/{TOP}?depth=1", "/models?utm_source=x"):
        name = re.split(r"[?=]", url)[1]
        assert f"<code>{name}</code>" in get(client, url, 400).text
        assert error(client, url, 400)["parameter"] == name
    for url, name in (("/suggest?x=1", "x"), ("/models?format=xml", "format")):
        told = error(client, url, 400)
        assert (told["code"], told["parameter"]) == ("bad_parameter", name)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("url", ["/", "/api/v1/models", f"/model/{TOP}", "/healthz"])
def test_nothing_can_be_sent(client: FlaskClient, method: str, url: str) -> None:
    answer = client.open(url, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("url", [
    *PAGES, *(f"/api/v1{url}" for url in PAGES + ROUTES), "/healthz", "/avatar/x",
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
        for element in Selector(get(client, url).text).css("*"):
            for name, value in element.attrib.items():
                if re.match(r"(?:[a-z]+:)?//", value):
                    assert (element.root.tag, name) == ("a", "href")
                    assert element.attrib["rel"] == "noreferrer"


def test_suggestions_are_few_and_the_best_come_first(client: FlaskClient) -> None:
    def suggested(text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = data(client, f"/suggest?q={text}")["suggestions"]
        return found

    found = suggested("gemma-7b")
    assert 0 < len(found) <= 10
    assert found[0]["id"] == TOP
    kinds = [item["type"] for item in found]
    assert kinds == sorted(kinds, key=("model", "author", "report").index)
    for item in found:
        get(client, item["html"])
    assert suggested("g") == []
    assert ("author", "google") in {(item["type"], item["id"]) for item in suggested("googl")}
    assert any(item["type"] == "report" for item in suggested("influential"))


@pytest.mark.parametrize(
    "text",
    ['"', "\\", "id:*", "* OR *", "a/b/c", "(((", "AND", "~", "é", "🦙", "'; DROP", "a" * 300],
)
def test_any_text_can_be_searched(client: FlaskClient, text: str) -> None:
    for url in ("/search", "/api/v1/search", "/api/v1/suggest"):
        assert client.get(url, query_string={"q": text}).status_code in (200, 302)


def test_a_prefix_ranks_before_words_inside_and_ties_by_influence(client: FlaskClient) -> None:
    rows = data(client, "/search?q=llama-2")["models"]
    matches = [row["match"] for row in rows]
    assert matches == sorted(matches)
    best = [row["scores"]["influence"] for row in rows if row["match"] == matches[0]]
    influence = [score["value"] or 0 for score in best]
    assert influence == sorted(influence, reverse=True)


def test_health_says_yes(client: FlaskClient) -> None:
    assert get(client, "/healthz").get_json()["status"] == "ok"


def test_without_a_database_every_page_says_so_and_stays_usable() -> None:
    settings = Settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password=SecretStr("hidden-words"))
    client = create_app(settings).test_client()
    for url in ("/", "/models", f"/model/{TOP}", "/reports", "/nowhere"):
        page = get(client, url, 404 if url == "/nowhere" else 503)
        assert 'role="search"' in page.text
        assert "hidden-words" not in page.text
        assert "Traceback" not in page.text
        assert client.get(f"/api/v1{url}").headers["Content-Type"] == "application/json"
    answer = client.get("/api/v1/models")
    assert answer.get_json()["error"]["code"] == "database_unavailable"
    assert answer.headers["Retry-After"]
    assert "hidden-words" not in get(client, "/healthz", 503).text
    get(client, "/avatar/x")
    with client.get("/static/app.css") as style:
        assert style.status_code == 200
