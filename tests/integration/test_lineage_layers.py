"""What cards declare and the Hub does not resolve is in the graph, on pages and in their JSON."""

import re

import pytest
from flask.testing import FlaskClient

from graph.answers.ancestry import ancestry
from graph.answers.query import reader
from graph.answers.reports import run
from graph.observe.hub.records import model_record
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from webapp import create_app

OLD, NEW = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
MERGED = {"relation": "finetune", "models": [{"id": "x/one"}]}
ANSWERS: list[dict[str, object]] = [
    {"id": "a/lost", "tags": ["en"], "cardData": {"base_model": "x/hidden"}},
    {"id": "a/merge", "tags": [], "baseModels": MERGED,
     "cardData": {"base_model": ["x/one", "x/gone", "x/former", "x/off", "x/lost"]}},
    {"id": "a/old", "tags": ["peft", "base_model:a/lost"]},
    {"id": "a/local", "tags": [], "cardData": {"base_model": "./out/checkpoint-5"}},
    {"id": "a/root", "tags": [], "cardData": {"license": "mit"}},
    {"id": "a/unread", "tags": []},
]  # fmt: skip
HAPPENED: list[dict[str, object]] = [
    {"record": "model/1", "id": "x/gone", "observed_at": OLD},
    {"record": "model/1", "id": "x/former", "observed_at": OLD},
    {"record": "model/1", "id": "x/off", "observed_at": OLD, "disabled": True},
    {"record": "change/1", "id": "x/gone", "kind": "gone", "observed_at": NEW},
    {"record": "change/1", "id": "x/former", "kind": "renamed", "after": "x/now",
     "observed_at": NEW},
]  # fmt: skip


@pytest.fixture
def pages(empty_graph: Graph, settings: Settings) -> FlaskClient:
    records = [*HAPPENED, *(model_record(answer, NEW) for answer in ANSWERS)]
    load(empty_graph, iter(records), settings=settings, source="test")
    ancestry(reader(empty_graph), "a/root", None)  # planned once, which a page has no time for
    return create_app(settings, graph=empty_graph).test_client()


@pytest.mark.parametrize(("model_id", "count", "said"), [
    ("a/lost", 1, "Its card names 1 base; the Hub resolves none. Only declared: x/hidden "
     "(the Hub does not link it). Scores count what the Hub resolves."),
    ("a/merge", 5, "Its card names 5 bases; the Hub resolves 1. Only declared: x/gone (deleted "
     "from the Hub), x/lost (the Hub does not link it), x/now (has another name now), x/off "
     "(disabled by the Hub)."),
    ("a/old", 1, "Its tags name 1 base without a usable relation; the Hub resolves none. Only "
     "declared: a/lost (the Hub does not link it)."),
    ("a/local", 1, "Its card names 1 base; the Hub resolves none. Not ids: ./out/checkpoint-5."),
    ("a/root", 0, "Neither its card nor the Hub names a base: it is a root."),
    ("a/unread", 0, "The Hub names no base of it, and its card was not read"),
])  # fmt: skip
def test_a_page_says_what_only_the_card_names(
    pages: FlaskClient, model_id: str, count: int, said: str
) -> None:
    text = re.sub(r"<[^>]+>", "", pages.get(f"/model/{model_id}").text)
    assert said in " ".join(text.split())
    assert ("it is a root" in text) is (model_id == "a/root")
    facts = pages.get(f"/api/v1/model/{model_id}").get_json()["data"]["facts"]
    assert facts["base_count"] == count


def test_ancestry_follows_the_layers_that_are_asked_for(pages: FlaskClient) -> None:
    def found(model_id: str, **asked: str) -> set[tuple[str, str, str, str]]:
        address = f"/api/v1/model/{model_id}"
        links = pages.get(address, query_string=asked).get_json()["data"]["ancestry"]["links"]
        return {(link["base"], str(link["relation"]), link["source"], link["state"])
                for link in links}  # fmt: skip

    resolved = ("x/one", "finetune", "base_models", "resolved")
    declared = {
        ("x/gone", "None", "card", "deleted"), ("x/lost", "None", "card", "lost"),
        ("x/now", "None", "card", "renamed"), ("x/off", "None", "card", "disabled"),
    }  # fmt: skip
    assert found("a/merge") == declared | {resolved}
    assert found("a/merge", layers="resolved") == {resolved}
    assert found("a/merge", layers="declared") == declared | {("x/one", "None", "card", "resolved")}
    assert found("a/old") == {
        ("a/lost", "None", "tags", "lost"), ("x/hidden", "None", "card", "lost"),
    }  # fmt: skip
    assert pages.get("/api/v1/model/a/old?layers=odd").status_code == 400


def test_the_page_of_a_base_lists_who_only_declares_it(pages: FlaskClient) -> None:
    def declaring(model_id: str, **asked: str) -> tuple[int, list[str]]:
        found = pages.get(f"/api/v1/model/{model_id}", query_string=asked).get_json()["data"]
        return found["declared_by"]["total"], [m["id"] for m in found["declared_by"]["models"]]

    assert declaring("x/one") == (0, [])
    assert declaring("x/off") == declaring("x/lost") == (1, ["a/merge"])
    assert declaring("a/lost") == (1, ["a/old"])
    assert declaring("a/lost", layers="resolved") == (0, [])
    text = " ".join(re.sub(r"<[^>]+>", " ", pages.get("/model/x/hidden").text).split())
    assert "It is known only because 1 model names it as its base" in text
    assert "Only declared 1 Their cards or tags name it as their base" in text
    assert "base declared only" in pages.get("/model/a/old").text


@pytest.mark.parametrize(("report", "given", "found"), [
    ("lineage-up", {"model": "a/old"}, {
        "all": [("a/lost", "declared"), ("x/hidden", "declared")],
        "declared": [("a/lost", "declared"), ("x/hidden", "declared")], "resolved": [],
    }),
    ("lineage-down", {"model": "x/one"}, {
        "all": [("x/one", "finetune")], "resolved": [("x/one", "finetune")],
        "declared": [("x/one", "declared")],
    }),
    ("lineage-down", {"model": "x/hidden"}, {
        "all": [("x/hidden", "declared"), ("a/lost", "declared")], "resolved": [],
    }),
    ("newest-derivatives", {"model": "x/one"}, {
        "all": [(None, "finetune")], "declared": [(None, "declared")],
    }),
    ("unknown-bases", {}, {
        "all": [("x/hidden", None), ("x/lost", None), ("x/one", None)],
        "resolved": [("x/one", None)],
    }),
    ("licence-differs", {}, {
        "all": [("x/hidden", "declared"), ("x/one", "finetune")],
        "resolved": [("x/one", "finetune")],
        "declared": [("x/hidden", "declared"), ("x/one", "declared")],
    }),
    ("gone-bases", {}, {"all": [("x/gone", None), ("x/off", None)], "resolved": []}),
])  # fmt: skip
def test_reports_take_the_layers_that_are_asked_for(
    pages: FlaskClient,
    empty_graph: Graph,
    report: str,
    given: dict[str, object],
    found: dict[str, list[tuple[str | None, str | None]]],
) -> None:
    empty_graph.command(
        "MATCH (m:Model) SET m.created_at = CASE WHEN m.known THEN datetime($at) END, "
        "m.license = CASE WHEN m.id IN ['a/lost', 'a/merge'] THEN 'mit' "
        "WHEN m.id IN ['x/hidden', 'x/one'] THEN 'gemma' END",
        {"at": OLD},
    )
    for layers, expected in found.items():
        rows = run(empty_graph, report, {**given, "layers": layers}).rows
        assert [(row.get("base"), row.get("relation")) for row in rows] == expected


def test_sizes_and_dependents_take_them_too(pages: FlaskClient, empty_graph: Graph) -> None:
    def rows(report: str, **given: object) -> list[list[object]]:
        return [[*row.values()][:2] for row in run(empty_graph, report, given).rows]

    def size(**given: object) -> tuple[object, ...]:
        row = run(empty_graph, "family-sizes", given).one()
        names = ("descendants", "direct", "finetune", "declared", "depth")
        return tuple(row[name] for name in names)

    assert size(models=["x/hidden"], layers="resolved") == (0, 0, 0, 0, None)
    assert size(models=["x/hidden"]) == (2, 1, 0, 2, 2)
    assert size(models=["x/one"]) == size(models=["x/one"], layers="resolved") == (1, 1, 1, 0, 1)
    assert size(models=["x/one"], layers="declared") == (1, 1, 0, 1, 1)
    assert rows("most-derivatives", layers="resolved") == [["x/one", 1]]
    most = run(empty_graph, "most-derivatives").rows
    declared = {row["model"]: (row["derivatives"], row["declared"]) for row in most}
    assert declared.pop("x/one") == (1, 0)
    assert set(declared.values()) == {(1, 1)}
    assert rows("author-dependents", author="x", layers="resolved") == [["a", 1]]
    empty_graph.command("MATCH ()-[link:FINETUNE]->() DELETE link")
    assert rows("author-dependents", author="x") == [["a", 1]]
    assert rows("author-dependents", author="x", layers="resolved") == []


def test_paths_and_common_ancestors_take_them_too(pages: FlaskClient, empty_graph: Graph) -> None:
    def rows(report: str, **given: object) -> list[list[object]]:
        return [list(row.values()) for row in run(empty_graph, report, given).rows]

    ends = {"model": "a/old", "base": "x/hidden"}
    assert rows("paths-between", **ends) == [
        [2, ["a/old", "a/lost", "x/hidden"], ["declared", "declared"]]
    ]
    assert rows("paths-between", **ends, layers="resolved") == []
    assert rows("paths-between", model="a/merge", base="x/one") == [
        [1, ["a/merge", "x/one"], ["finetune"]]
    ]
    two = {"model": "a/old", "other": "a/lost"}
    assert [row[0] for row in rows("common-ancestors", **two)] == ["a/lost", "x/hidden"]
    assert rows("common-ancestors", **two, layers="resolved") == []


def test_a_root_is_a_model_where_every_layer_agrees(pages: FlaskClient, empty_graph: Graph) -> None:
    scored = "MATCH (m:Model) WHERE m.id IN ['x/one', 'a/old'] SET m.descendants = 1"
    empty_graph.command(scored)
    for layers, roots in (("all", ["x/one"]), ("resolved", ["a/old", "x/one"])):
        rows = run(empty_graph, "largest-families", {"layers": layers}).rows
        assert [row["root"] for row in rows] == roots
