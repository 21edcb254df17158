"""The website's pages give the records that the interface gives, or a reason why not."""

import json
import time
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import DataError
from graph.observe.normalise import Normaliser
from spiders.hub import pages
from spiders.hub.pages import (
    LARGEST_PAGE,
    ModelsPage,
    account_page,
    model_page,
    models_json,
    models_page,
    moved_to,
)
from tests.strategies import JSON

NOW = "2026-10-02T00:00:00Z"

ITEM = {
    "author": "acme",
    "authorData": {"name": "acme", "type": "org", "fullname": "Acme", "followerCount": 5},
    "downloads": 12, "gated": False, "id": "acme/base", "lastModified": "2025-03-01T12:00:00.000Z",
    "likes": 3, "pipeline_tag": "text-generation", "private": False, "repoType": "model",
    "numParameters": 7_000_000_000,
}  # fmt: skip
INFO = {
    "id": "acme/base", "likes": 3, "downloads": 12,
    "tags": ["peft", "base_model:adapter:jane/root", "license:mit"], "gated": "manual",
    "safetensors": {"parameters": {"BF16": 7}, "total": 7},
}  # fmt: skip


def hydrated(target: str, props: object) -> str:
    data = escape(props if isinstance(props, str) else json.dumps(props))
    return f'<div class="SVELTE_HYDRATER" data-target="{target}" data-props="{data}"></div>'


def html(*parts: str, title: str = "") -> bytes:
    head = f"<title>{title}</title>"
    return f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>".encode()


def of_model(*parts: str, **fields: object) -> bytes:
    return html(hydrated("ModelHeader", {"model": {**INFO, **fields}}), *parts)


def row(label: str, relation: str, target: str, text: str, *more: str) -> str:
    href = f"/models?other=base_model:{relation}:{target}"
    return (
        f'<div class="flex"><div class="font-semibold">{label}</div>'
        f'<a href="{href}">{text}</a>{"".join(more)}</div>'
    )


HERE = "<div><span> this model\n</span></div>"
ABOVE = (
    '<div class="text-smd"><p>Base model</p><a href="/jane/seed">jane/seed</a></div>'
    + row("Finetuned", "finetune", "jane/seed", "(<b>88</b>)", '<a href="/jane/root">root</a>')
    + row("Adapter", "adapter", "jane/root", "(12)", HERE)
)
BELOW = (
    row("Adapters", "adapter", "acme/base", "\n 1,951\n models ")
    + row("Merges", "merge", "Acme/Base", "1 model")
    + row("Quantizations", "quantized", "acme/base", "<span>1234567</span> <b>models</b>")
)
TREE = f"<section><h2>Model tree for acme/base</h2>{ABOVE}{BELOW}</section>"


def test_the_interface_and_the_website_list_the_same_records() -> None:
    other = {"id": "gpt2", "likes": 1}
    answer = {"models": [ITEM, other], "numItemsPerPage": 30, "numTotalItems": 1951, "pageIndex": 0}
    found = models_json(json.dumps(answer).encode(), NOW)
    seen = {"observed_at": NOW}
    base = {
        "record": "model/1", "id": "acme/base", "likes": 3, "downloads": 12, "gated": "no",
        "last_modified": "2025-03-01T12:00:00.000Z", "task": "text-generation", **seen,
    }  # fmt: skip
    acme = {"record": "author/1", "name": "acme", "kind": "organization", "full_name": "Acme"}
    assert found == ModelsPage(
        models=[base, {"record": "model/1", "id": "gpt2", "likes": 1, **seen}],
        authors=[acme | {"followers": 5, **seen}],
        total=1951,
    )
    initial = {"models": [ITEM, other]}
    for props in (
        {"initialValues": initial, "numTotalItems": 1951},
        {"initialValues": {**initial, "numTotalItems": 1951}},
    ):
        assert models_page(html(hydrated("ModelList", props)), NOW) == found


def test_broken_items_and_authors_are_named_and_authors_come_once() -> None:
    values = [ITEM, None, {"id": "a/b", "authorData": {"fullname": "?"}}, {**ITEM, "id": "acme/c"}]
    found = models_json(json.dumps({"models": values, "numTotalItems": "many"}).encode())
    assert [record["id"] for record in found.models] == ["acme/base", "a/b", "acme/c"]
    assert [record["name"] for record in found.authors] == ["acme"]
    reasons = [broken.reason for broken in found.broken]
    assert reasons == ["is not an object", "has an author without a name"]
    assert found.total is None


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"models": {}}', b'{"error": "x"}', b"<html>", b"", b'"models"']
)
def test_what_lists_no_models_is_refused(body: bytes) -> None:
    with pytest.raises(DataError):
        models_json(body)


def test_cards_stand_in_for_data_that_is_gone() -> None:
    card = '<article class="group overview-card-wrapper"><a class="x" href="{}"><h4>{}</h4></a>'
    cards = [("/acme/base", "acme/base"), ("/gpt2", "gpt2"), ("/a/b/c", "?"), ("https://x/a", "?")]
    body = html(*(card.format(*pair) + "</article>" for pair in cards))
    found = models_page(body, NOW)
    assert found.models == [
        {"record": "model/1", "id": "acme/base", "observed_at": NOW},
        {"record": "model/1", "id": "gpt2", "observed_at": NOW},
    ]
    assert [broken.shown for broken in found.broken] == ["/a/b/c", "https://x/a"]
    assert (found.authors, found.total) == ([], None)


def test_an_empty_listing_is_no_changed_markup() -> None:
    props = {"initialValues": {"models": []}, "numTotalItems": 0}
    assert models_page(html(hydrated("ModelList", props))) == ModelsPage(total=0)


@pytest.mark.parametrize("body", [
    html("<p>Just a moment…</p>"), html(hydrated("ModelList", {"initialValues": {"items": []}})),
    html('<article class="overview-card-wrapper"><a href="/acme/base">acme/base</a></article>'),
])  # fmt: skip
def test_a_listing_whose_markup_changed_says_what_was_looked_for(body: bytes) -> None:
    with pytest.raises(DataError, match=r'data-target="ModelList".*overview-card-wrapper'):
        models_page(body)


def test_a_captured_page_of_a_model(captures: Path) -> None:
    page = model_page((captures / "page-modelheader.html").read_bytes(), NOW)
    assert page.model == {
        "record": "model/1", "id": "Qwen/Qwen3-Coder-30B-A3B-Instruct", "likes": 471,
        "downloads": 196373, "downloads_all_time": 196373, "created_at": "2025-07-31T07:04:55.000Z",
        "last_modified": "2025-08-07T07:08:04.000Z", "task": "text-generation",
        "library": "transformers", "gated": "no", "license": "apache-2.0", "licenses": [],
        "license_name": None,
        "license_link":
            "https://huggingface.co/Qwen/Qwen3-Coder-30B-A3B-Instruct/blob/main/LICENSE",
        "languages": [],
        "tags": [
            "safetensors",
            "qwen3_moe",
            "conversational",
            "autotrain_compatible",
            "endpoints_compatible",
        ],
        "datasets": [], "papers": ["2505.09388"], "new_version": None, "relation": None,
        "bases": [], "card_bases": [], "tagged_bases": [], "unusable_bases": [],
        "parameters": 30532122624,
        "parameters_source": "safetensors", "tensor_types": ["BF16"],
        "architecture": "Qwen3MoeForCausalLM", "observed_at": NOW,
    }  # fmt: skip
    assert page.author == {
        "record": "author/1", "name": "Qwen", "kind": "organization", "full_name": "Qwen",
        "enterprise": True, "followers": 44431,
        "avatar_url": "https://cdn-avatars.huggingface.co/v1/production/uploads/"
        "620760a26e3b7210c2ff1943/-s1gyJfvbE1RgO5iBeNOi.png",
        "observed_at": NOW,
    }  # fmt: skip
    assert page.tree is None
    assert Normaliser()(page.model)[1] == Normaliser()(page.author)[1] == []


def test_the_model_tree() -> None:
    tree = model_page(of_model(TREE)).tree
    assert tree is not None
    assert (tree.relation, tree.bases) == ("adapter", ("jane/root",))
    assert tree.children == {"adapter": 1951, "merge": 1, "quantized": 1234567}


@pytest.mark.parametrize(
    "location",
    ["/new-org/base", "https://hub.example/new-org/base", "https://huggingface.co/new-org/base"],
)
def test_the_page_of_a_renamed_model_leads_to_another(location: str) -> None:
    hub = "https://hub.example"
    assert moved_to(location, hub, f"{hub}/acme/base") == "new-org/base"
    assert moved_to("/hub/a/b", f"{hub}/hub", f"{hub}/hub/acme/base") == "a/b"


@pytest.mark.parametrize(
    "location",
    ["/login", "/login?next=%2Facme%2Fbase", "/a/b/c", "/a/%2e%2e", "https://elsewhere.example/a/b",
     "//elsewhere.example/a/b", "http://[/a/b", "/datasets/a/b", "https://user@hub.example/a/b"],
)  # fmt: skip
def test_a_page_that_leads_elsewhere_than_to_a_model_is_refused(location: str) -> None:
    with pytest.raises(DataError, match="leads to no page of a model"):
        moved_to(location, "https://hub.example", "https://hub.example/acme/base")


def without_tags(*parts: str) -> bytes:
    info = {key: value for key, value in INFO.items() if key != "tags"}
    return html(hydrated("ModelHeader", {"model": info}), *parts)


def test_without_tags_the_bases_come_from_the_model_tree() -> None:
    model = model_page(without_tags(TREE)).model
    assert (model["relation"], model["bases"]) == ("adapter", ["jane/root"])
    assert "bases" not in model_page(without_tags(BELOW)).model


def test_tags_are_believed_before_the_model_tree() -> None:
    model = model_page(of_model(TREE, tags=["base_model:merge:x/y"])).model
    assert (model["relation"], model["bases"]) == ("merge", ["x/y"])
    assert model_page(of_model(TREE, tags=[])).model["bases"] == []


@pytest.mark.parametrize(("rows", "expected"), [
    ([("merge", "a/b"), ("merge", "c/d"), ("merge", "a/b")], ("merge", ("a/b", "c/d"))),
    ([("finetune", "a/b"), ("adapter", "c/d")], (None, ())),
    ([("finetune", "a/b"), ("finetune", "c/d")], (None, ())),
])  # fmt: skip
def test_merged_bases_share_a_row(
    rows: list[tuple[str, str]], expected: tuple[object, object]
) -> None:
    links = [f'<a href="/models?other=base_model:{kind}:{base}">x</a>' for kind, base in rows]
    page = model_page(without_tags("<div>", *links, HERE, "</div>"))
    assert page.tree is not None
    assert (page.tree.relation, page.tree.bases) == expected
    assert ("bases" in page.model) is bool(expected[1])


def test_what_an_author_wrote_is_not_believed() -> None:
    liar = row("Adapters", "adapter", "acme/base", "999 models") + HERE
    other = hydrated("ModelHeader", {"model": {"id": "acme/other"}})
    for kind in ("prose", "x model-card-content", "hf-sanitized y"):
        card = f'<div class="{kind}"><div>{other}{liar}<p>Base model</p></div></div>'
        page = model_page(html(card, hydrated("ModelHeader", {"model": INFO}), TREE))
        assert (page.model["id"], page.model["children_adapter"]) == ("acme/base", 1951)
        assert model_page(of_model(card)).tree is None


@pytest.mark.parametrize("link", [
    '<a href="https://elsewhere.example/models?other=base_model:adapter:acme/base">x</a>',
    '<a href="/datasets?other=base_model:adapter:acme/base">x</a>',
    '<a href="/models?search=base_model:adapter:acme/base">x</a>',
    '<a href="/models?other=base_model:acme/base">x</a>',
    '<a href="/models?other=base_model:distilled:acme/base">x</a>',
    f'<a href="/models?other=base_model:adapter:acme/base&amp;x={"x" * 5000}">x</a>',
    '<a href="http://[base_model:">x</a>',
])  # fmt: skip
def test_links_that_are_none_of_the_tree_are_left_alone(link: str) -> None:
    assert model_page(of_model(link)).tree is None


def test_a_base_without_a_relation_has_no_listing_to_link_to() -> None:
    above = '<div class="text-smd"><p>Base model</p><a href="/jane/root">jane/root</a></div>'
    page = model_page(of_model(above, tags=["base_model:jane/root"]))
    assert (page.model["bases"], page.model["relation"]) == ([], None)
    assert page.model["tagged_bases"] == ["jane/root"]
    with pytest.raises(DataError, match="no link to base_model"):
        model_page(without_tags(above))


def test_a_model_that_names_itself_as_its_base_has_a_page() -> None:
    own = row("Adapter", "adapter", "acme/base", "acme/base", HERE)
    page = model_page(of_model(own, tags=["base_model:adapter:acme/base"]))
    assert page.model["bases"] == ["acme/base"]
    assert "children_adapter" not in page.model


@pytest.mark.parametrize(("part", "reason"), [
    (row("Adapters", "adapter", "acme/base", "lots"), "'lots' where a count such as"),
    (row("Adapters", "adapter", "acme/base", "1.9k models"), "a count such as"),
    (row("Adapters", "adapter", "acme/base", "1,95 models"), "a count such as"),
    (row("Adapters", "adapter", "acme/base", ""), "a count such as"),
    (BELOW + row("Adapters", "adapter", "acme/base", "7 models"), "two counts of adapter"),
    ("<div><p> Base model </p></div>", "no link to base_model"),
    ('<a href="/models?other=base_model:merge:a/b">x</a>' * 1_001, "1,001 links"),
])  # fmt: skip
def test_a_tree_whose_markup_changed_says_what_was_looked_for(part: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        model_page(of_model(part))


@pytest.mark.parametrize(("body", "reason"), [
    (b"", "it is empty"), (b'{"id": "acme/base"}', "no web page"),
    (html("<h1>404</h1>"), 'no div\\[data-target="ModelHeader"\\]'),
    (html(hydrated("ModelHeader", "{")), "data-props of ModelHeader cannot be read"),
    (html(hydrated("ModelHeader", "[" * 5000)), "data-props of ModelHeader cannot be read"),
    (html(hydrated("ModelHeader", "[]")), "no plain object"),
    (html(hydrated("ModelHeader", '{"a":' * 50 + "1" + "}" * 50)), "no plain object"),
    (html(hydrated("ModelHeader", {"repo": INFO})), "has no model"),
    (html(hydrated("ModelHeader", {"model": {"likes": 1}})), "has no model"),
    (html(hydrated("ModelHeader", {"model": INFO, "author": {"x": 1}})), "about an account"),
    (b"<" + b"p" * LARGEST_PAGE, "more than 8,388,608"),
])  # fmt: skip
def test_what_is_no_page_of_a_model_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        model_page(body)


@pytest.mark.parametrize(("part", "stated"), [
    ('<span class="capitalize">company</span>', "company"),
    ('<span class="text-sm capitalize"><b> Non-Profit </b>\n</span>', "non-profit"),
    ('<span class="capitalize">models</span><span class="capitalize">university</span>',
     "university"),
    ('<div class="prose"><span class="capitalize">company</span></div>', None),
    ('<span class="capitalize">corporation</span>', None), ("", None),
])  # fmt: skip
def test_the_page_of_an_account(part: str, stated: str | None) -> None:
    record = account_page(html(part, title="acme (Acme Inc.)"), "acme", NOW)
    kind = {"kind": "organization", "organization_type": stated} if stated else {}
    assert record == {"record": "author/1", "name": "acme", "observed_at": NOW, **kind}


@pytest.mark.parametrize("href", ["/acme", "/Acme/base"])
def test_the_page_of_an_account_that_states_no_kind_links_to_what_it_has(href: str) -> None:
    page = html(f'<a href="{href}">x</a>', title="Acme Incorporated")
    assert account_page(page, "acme") == {"record": "author/1", "name": "acme"}


@pytest.mark.parametrize(("body", "reason"), [
    (html("<p>Are you a robot?</p>", title="Just a moment"), "neither span.capitalize"),
    (html('<a href="/acme-two/base">x</a>', title="acme-two"), "neither span.capitalize"),
    (
        html(
            '<span class="capitalize">company</span><span class="capitalize">community</span>'
        ),
        "company, community",
    ),
    (b"[]", "no web page"),
])  # fmt: skip
def test_what_is_no_page_of_an_account_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        account_page(body, "acme")


def test_every_real_kind_of_organization_is_known(shared_data: Path) -> None:
    import gzip  # noqa: PLC0415 (only where the data are)

    path = shared_data / "organizations.json.gz"
    kinds = {item["nature"] for item in json.loads(gzip.decompress(path.read_bytes())).values()}
    for kind in kinds - {None}:
        page = html(f'<span class="capitalize">{kind}</span>')
        assert account_page(page, "acme")["organization_type"] == kind


@given(
    st.binary()
    | st.text().map(html)
    | JSON.map(lambda props: html(hydrated("ModelHeader", props), hydrated("ModelList", props)))
    | st.dictionaries(st.sampled_from(["model", "author"]), st.just(INFO) | JSON).map(
        lambda props: html(hydrated("ModelHeader", props))
    )
    | st.lists(st.dictionaries(st.sampled_from([*ITEM]), JSON)).map(
        lambda models: html(hydrated("ModelList", {"initialValues": {"models": models}}))
    )
    | st.lists(st.sampled_from([ABOVE, BELOW, HERE, "<div>", "</div>", "<a>", "<p>", "\0"])).map(
        lambda parts: of_model(*parts)
    )
)
def test_no_page_breaks_a_parser(body: bytes) -> None:
    said = ""
    for parse in (models_json, models_page, model_page, lambda body: account_page(body, "acme")):
        try:
            parse(body)
        except DataError as error:
            said += error.message
    assert said.isascii()
    assert not said or said.isprintable()


@pytest.mark.parametrize("part", ["<div>" * 5_000, f"<b title='{'x' * 10_000_001}'>"])
def test_a_page_nested_too_deep_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST_PAGE", 2 * LARGEST_PAGE)
    with pytest.raises(DataError, match="nested too deep"):
        model_page(of_model(part))


@pytest.mark.parametrize("part", [
    "<div>" * 200_000, '<a href="/models?other=base_model:merge:a/b">' * 1_000 + "x" * 5_000_000,
    '<div class="prose">' + "<p>Base model" * 60_000,
    "<b>" * 250 + '<i class="x">this model</i>' * 40_000,
    '<div data-target="ModelHeader" data-props="{}"></div>' * 20_000,
    '<span class="capitalize">' * 60_000,
], ids=["deep", "links", "labels", "here", "headers", "kinds"])  # fmt: skip
def test_hostile_pages_cost_little(part: str) -> None:
    start = time.process_time()
    for parse in (model_page, models_page, lambda body: account_page(body, "acme")):
        try:
            parse(of_model(part))
        except DataError:
            continue
    assert time.process_time() - start < 4
