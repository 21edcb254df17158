"""The local Hub's addresses answer as the real ones are known to."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from parsel import Selector

from tests.hub import Content, Hub, serve

ACME = {
    "record": "author/1", "name": "acme", "kind": "organization", "full_name": "Acme & Sons",
    "organization_type": "company", "enterprise": True, "followers": 12,
}  # fmt: skip
BASE = {
    "record": "model/1", "id": "acme/base", "task": "text-generation", "library": "transformers",
    "license": "mit", "languages": ["en"], "gated": "manual", "downloads": 90, "likes": 5,
    "architecture": "LlamaForCausalLM", "parameters": 7_000_000_000,
    "parameters_source": "safetensors", "tensor_types": ["BF16"], "children_adapter": 1_951,
}  # fmt: skip
DERIVED = [f"jane/derived-{number}" for number in range(7)]
RECORDS: list[dict[str, object]] = [
    ACME,
    BASE,
    *(
        {"record": "model/1", "id": name, "relation": "quantized", "bases": ["acme/base"],
         "downloads": number % 3, "library": "gguf"}
        for number, name in enumerate(DERIVED)
    ),
    {"record": "model/1", "id": "gpt2", "likes": 9},
    {"record": "dataset/1", "id": "acme/data", "downloads": 3, "tags": ["language:en"]},
    {"record": "space/1", "id": "jane/demo", "models": ["acme/base"], "sdk": "gradio"},
]  # fmt: skip


class Client(requests.Session):
    """Asks a Hub on one connection."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub

    def __call__(self, target: str) -> requests.Response:
        return self.get(f"{self.hub.url}{target}", allow_redirects=False, timeout=10)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Content(RECORDS)) as hub:
        yield hub


@pytest.fixture
def ask(hub: Hub) -> Iterator[Client]:
    with Client(hub) as client:
        yield client


def ids(answer: requests.Response) -> list[str]:
    return [item["id"] for item in answer.json()]


@pytest.mark.parametrize(("query", "found"), [
    ("filter=base_model:quantized:acme/base", DERIVED),
    ("filter=base_model:acme/base&filter=gguf", DERIVED),
    ("filter=base_model:adapter:acme/base", []), ("filter=no-such-tag", []),
    ("filter=text-generation&filter=transformers", ["acme/base"]),
    ("author=jane&limit=1000", DERIVED), ("search=ACME", ["acme/base"]),
    ("search=derived-3", ["jane/derived-3"]), ("pipeline_tag=text-generation", ["acme/base"]),
    ("library=gguf", DERIVED),
    ("other=base_model:quantized:acme/base", ["acme/base", "gpt2", *DERIVED]),
    ("limit=nonsense", ["acme/base", "gpt2", *DERIVED]),
])  # fmt: skip
def test_a_listing_is_filtered(ask: Client, query: str, found: list[str]) -> None:
    answer = ask(f"/api/models?{query}")
    assert sorted(ids(answer)) == found
    assert "Link" not in answer.headers


@pytest.mark.parametrize("sort", ["createdAt", "lastModified", "downloads", "likes", None])
@pytest.mark.parametrize("direction", ["-1", "1", None])
def test_pages_follow_in_the_order_asked(
    ask: Client, sort: str | None, direction: str | None
) -> None:
    fields = {"limit": "2", "sort": sort, "direction": direction, "filter": "gguf"}
    query = "&".join(f"{name}={value}" for name, value in fields.items() if value)
    answer = ask(f"/api/models?{query}&expand[]=downloads&expand[]=createdAt")
    items = answer.json()
    while "next" in answer.links:
        following = answer.links["next"]["url"]
        asked = str(answer.request.url).partition("&cursor=")[0]
        assert following.startswith(f"{asked}&cursor=")
        assert following.count("cursor=") == 1
        answer = ask.get(following, timeout=10)
        items += answer.json()
    assert sorted(item["id"] for item in items) == DERIVED
    if sort in ("downloads", "createdAt"):
        values = [item[sort] for item in items]
        assert values == sorted(values, reverse=direction == "-1")


def test_a_listing_has_a_thousand_items_and_the_website_thirty_on_a_hundred_pages() -> None:
    models = ({"record": "model/1", "id": f"a/{number}"} for number in range(3_100))
    with serve(Content(models)) as hub, Client(hub) as ask:
        for limit, size in ((7, 7), (9_999, 1_000)):
            assert len(ask(f"/api/models?limit={limit}").json()) == size
        for page, size in ((0, 30), (99, 30), (100, 0), (103, 0)):
            answer = ask(f"/models-json?p={page}").json()
            assert (answer["numTotalItems"], answer["pageIndex"]) == (3_100, page)
            assert len(answer["models"]) == size


def test_expand_replaces_the_fields_of_its_own_accord(ask: Client) -> None:
    (item,) = ask("/api/models?search=acme&expand[]=sha&expand[]=baseModels").json()
    assert item.keys() == {"_id", "id", "sha"}
    (item,) = ask("/api/models?search=acme&sort=likes").json()
    assert item.keys() == {
        "_id", "id", "likes", "private", "downloads", "tags", "pipeline_tag", "library_name",
        "createdAt",
    }  # fmt: skip
    (item,) = ask("/api/models?search=acme&full=true").json()
    assert {"author", "gated", "lastModified", "sha", "siblings"} <= item.keys()


@pytest.mark.parametrize(
    "query",
    ["expand[]=nonsense", "expand[]=childrenModelCount", "sort=nonsense", "cursor=x",
     "sort=likes&cursor=bnVsbA%3D%3D", "sort=likes&cursor=eyIkb3IiOltdfQ%3D%3D"],
)  # fmt: skip
def test_a_bad_listing_is_refused(ask: Client, query: str) -> None:
    answer = ask(f"/api/models?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == answer.headers["X-Error-Message"]


def test_what_is_private_looks_like_what_is_missing(ask: Client) -> None:
    ask.hub.content.models.hide("acme/base")
    private, missing = (ask(f"/api/models/acme/{n}") for n in ("base", "none"))
    assert private.status_code == missing.status_code == 401
    assert private.json() == missing.json()
    ask.headers["Authorization"] = "Bearer hf_test"
    assert ask("/api/models/acme/none").status_code == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [("/nobody", 404), ("/acme/none", 401), ("/api/nothing", 404), ("/a/b/c", 404), ("/", 404),
     ("/robots.txt", 200), ("/api/models/%ff%00/%2e%2e", 401), ("/api/models/a/b/c", 404)],
)  # fmt: skip
def test_other_addresses_answer(ask: Client, target: str, status: int) -> None:
    assert ask(target).status_code == status


def capture(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(path.read_text())
    return held


@pytest.mark.parametrize(("name", "target"), [
    ("model-llama-3.1-8b", "/api/models/acme/base?{query}"),
    ("model-llama-2-7b-gguf", "/api/models/jane/derived-1?{query}"),
    ("model-not-found", "/api/models/acme/none"), ("user-not-found", "/api/users/acme/overview"),
    ("org-not-found", "/api/organizations/nobody/overview"),
    ("user-thebloke", "/api/users/jane/overview"),
    ("org-openai-community", "/api/organizations/plain/overview"),
])  # fmt: skip
def test_answers_are_shaped_as_captured(
    ask: Client, captures: Path, name: str, target: str
) -> None:
    seen = capture(captures / f"{name}.json")
    ask.hub.content.add({"record": "author/1", "name": "plain", "kind": "organization"})
    ask.hub.content.models.change("jane/derived-1", task="text-generation")
    query = str(seen["request"]).partition("?")[2]
    answer = ask(target.format(query=query))
    assert answer.status_code == seen["status"]
    body = seen["body"]
    assert answer.json().keys() == body.keys()
    for key, value in body.items():
        assert type(answer.json()[key]) is type(value), key
        if isinstance(value, dict):
            assert answer.json()[key].keys() == value.keys()
    if "error" in body:
        assert answer.json() == body
    headers = seen["headers"]
    assert headers.keys() <= {header.lower() for header in answer.headers}
    assert answer.headers["Content-Type"] == headers["content-type"]
    assert answer.headers["RateLimit-Policy"] == headers["ratelimit-policy"]
    assert answer.headers.get("X-Error-Message") == headers.get("x-error-message")


def test_a_redirect_is_as_captured(ask: Client, captures: Path) -> None:
    seen = capture(captures / "redirect-meta-llama-3.1-8b.json")
    ask.hub.content.models.rename("acme/base", "meta-llama/Meta-Llama-3.1-8B")
    ask.hub.content.models.rename("meta-llama/Meta-Llama-3.1-8B", "meta-llama/Llama-3.1-8B")
    answer = ask(str(seen["request"]))
    assert answer.status_code == seen["status"]
    assert (answer.headers["Location"], answer.content) == (seen["headers"]["location"], b"")


def test_cursors_are_as_captured(ask: Client, captures: Path) -> None:
    seen = json.loads((captures / "link-headers.json").read_text())[3]
    link = ask("/api/models?limit=1&sort=downloads").headers["Link"]
    start = f"<{ask.hub.url}/api/models?limit=1&sort=downloads&cursor="
    assert link.startswith(start)
    assert link.endswith('>; rel="next"')
    ours = json.loads(b64decode(unquote(link.removeprefix(start).partition(">")[0])))
    hub_id = ask("/api/models?limit=1&sort=downloads").json()[0]["_id"]
    assert ours == json.loads(seen["cursor_decoded"].replace("625fc063d47e3dbae32a4c49", hub_id))


def test_a_page_is_as_captured(ask: Client, captures: Path) -> None:
    def props(text: str) -> dict[str, dict[str, object]]:
        data = Selector(text).css('div[data-target="ModelHeader"]::attr(data-props)').get()
        held: dict[str, dict[str, object]] = json.loads(data or "")
        return held

    seen = props((captures / "page-modelheader.html").read_text())
    ours = props(ask("/acme/base").text)
    assert ours.keys() == seen.keys()
    assert ours["author"].keys() == seen["author"].keys()
    assert ours["model"].keys() == seen["model"].keys()


def test_items_of_pages_are_as_captured(ask: Client, captures: Path) -> None:
    trending = capture(captures / "trending-models.json")["body"]["recentlyTrending"]
    assert isinstance(trending, list)
    seen = trending[1]["repoData"]
    (ours,) = ask("/models-json?author=acme").json()["models"]
    assert seen.keys() - {"authorData"} <= ours.keys()
    assert {"_id", "fullname", "name", "type", "followerCount"} <= ours["authorData"].keys()
