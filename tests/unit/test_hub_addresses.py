"""Every address says what was asked for, and none that the Hub names leads away from it."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from graph.errors import DataError
from graph.observe.hub.records import model_record
from graph.schema import DATASET, SPACE
from spiders.hub import addresses

HUB = "https://hub.example"
LISTING = f"{HUB}/api/models?limit=5&sort=likes&direction=-1"
SEGMENTS = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1)
PARTS = SEGMENTS.filter(lambda part: part not in (".", ".."))
IDS = st.lists(PARTS, min_size=1, max_size=2).map("/".join)


def asked(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)


@pytest.mark.parametrize(
    ("address", "path", "fields"),
    [
        (addresses.listing(HUB, expand=()), "/api/models", [("limit", "1000")]),
        (
            addresses.listing(HUB, sort="createdAt", ascending=True, expand=["likes", "tags"]),
            "/api/models",
            [("limit", "1000"), ("sort", "createdAt"), ("direction", "1"),
             ("expand[]", "likes"), ("expand[]", "tags")],
        ),
        (
            addresses.listing(
                HUB, limit=7, sort="likes", author="a&b=c", search="two words", task="fill-mask",
                library="peft", filters=("base_model:merge:a/b", "gguf"), expand=(),
            ),
            "/api/models",
            [("limit", "7"), ("sort", "likes"), ("direction", "-1"), ("author", "a&b=c"),
             ("search", "two words"), ("filter", "base_model:merge:a/b"), ("filter", "gguf"),
             ("filter", "fill-mask"), ("filter", "peft")],
        ),
        (addresses.listing(HUB, DATASET, author="a", expand=["tags"]), "/api/datasets",
         [("limit", "1000"), ("author", "a"), ("expand[]", "tags")]),
        (addresses.listing(HUB, SPACE, filters=["gradio"], expand=["sdk"]), "/api/spaces",
         [("limit", "1000"), ("filter", "gradio"), ("expand[]", "sdk")]),
        (addresses.model(HUB, "gpt2", expand=["sha"]), "/api/models/gpt2", [("expand[]", "sha")]),
        (addresses.models_json(HUB, 0), "/models-json", [("p", "0"), ("withCount", "true")]),
        (
            addresses.models_json(
                HUB, 99, sort="likes", task="fill-mask", library="peft", search="x", author="a",
                filters=["base_model:adapter:a/b", "en"],
            ),
            "/models-json",
            [("p", "99"), ("sort", "likes"), ("pipeline_tag", "fill-mask"), ("library", "peft"),
             ("other", "base_model:adapter:a/b,en"), ("search", "x"), ("author", "a"),
             ("withCount", "true")],
        ),
        (addresses.models_page(HUB, 3, author="a"), "/models", [("p", "3"), ("author", "a")]),
    ],
)  # fmt: skip
def test_addresses_tell_what_is_asked(
    address: str, path: str, fields: list[tuple[str, str]]
) -> None:
    assert address.startswith(HUB)
    assert urlsplit(address).path == path
    assert asked(address) == fields
    assert Request(address).url == address


@pytest.mark.parametrize(("address", "expected"), [
    (addresses.user(HUB, "jane"), "/api/users/jane/overview"),
    (addresses.organization(HUB, "a b"), "/api/organizations/a%20b/overview"),
    (addresses.model_page(HUB, "a/b?c#d"), "/a/b%3Fc%23d"),
    (addresses.account_page(HUB, "ä%"), "/%C3%A4%25"),
    (addresses.model("http://127.0.0.1:80/mirror", "a/b", expand=()), "/mirror/api/models/a/b"),
])  # fmt: skip
def test_names_are_percent_encoded(address: str, expected: str) -> None:
    parts = urlsplit(address)
    assert (parts.path, parts.query, parts.fragment) == (expected, "", "")


@pytest.mark.parametrize(
    "name", ["", "/", "a/", "/a", "a/b/c", "..", "../x", "a/..", "a/.", "a\ud800", "a" * 1001]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    accounts = (addresses.user, addresses.organization, addresses.account_page)
    for build in (addresses.model, addresses.model_page, *accounts):
        with pytest.raises(DataError):
            build(HUB, name)


def test_an_account_is_one_segment() -> None:
    with pytest.raises(DataError, match="a/b"):
        addresses.user(HUB, "a/b")


@given(IDS)
def test_an_id_comes_back_from_its_address(model_id: str) -> None:
    address = addresses.model(HUB, model_id)
    assert addresses.model_of(address, address) == model_id


STARTS = st.sampled_from(["", "/api/models/", HUB, "//", "@", "?cursor="])


@given(st.builds(str.__add__, STARTS, st.text()))
def test_a_redirect_leads_to_a_model_of_this_hub_or_is_refused(location: str) -> None:
    try:
        found = addresses.model_of(location, addresses.model(HUB, "old/name"))
    except DataError:
        return
    assert addresses.model(HUB, found).startswith(f"{HUB}/api/models/")


@pytest.mark.parametrize(("location", "model_id"), [
    ("/api/models/new/name", "new/name"), ("/api/models/new/name?expand[]=tags", "new/name"),
    (f"{HUB}:443/api/models/new/name", "new/name"), ("../new/name", "new/name"),
    ("https://huggingface.co/api/models/new/name", "new/name"),
    ("http://hub.example/api/models/new/name", "new/name"),
    ("https://upstream.example/artifactory/api/hf/r/api/models/new/name", "new/name"),
    ("https://hub.example/repository/hf/api/models/api/models", "api/models"),
])  # fmt: skip
def test_a_redirect_names_the_model(location: str, model_id: str) -> None:
    for hub in (HUB, f"{HUB}/repository/hf", f"{HUB}/artifactory/api/hf/r"):
        assert addresses.model_of(location, addresses.model(hub, "old/name")) == model_id


@pytest.mark.parametrize("location", [
    "https://elsewhere.example/login", "https://elsewhere.example/a/b",
    "https://hub.example@elsewhere.example/api/models/a/b", "https://x@hub.example/api/models/a/b",
    "https://hub.example:x/api/models/a/b", "//elsewhere.example/api/spaces/a/b",
    "/login?next=/api/models/a/b", "/api/models/a%2Fb/c", "/api/models/", "/api/models/a/b c", "",
    "https://[", "/api/models/" + "a" * 20_000,
])  # fmt: skip
def test_a_redirect_elsewhere_is_refused(location: str) -> None:
    with pytest.raises(DataError):
        addresses.model_of(location, addresses.model(HUB, "old/name"))


def test_captured_redirects_name_the_model(captures: Path) -> None:
    capture = json.loads((captures / "redirect-meta-llama-3.1-8b.json").read_text())
    location, address = capture["headers"]["location"], HUB + capture["request"]
    assert addresses.model_of(location, address) == "meta-llama/Llama-3.1-8B"


def test_captured_links_lead_to_the_next_page(captures: Path) -> None:
    found = json.loads((captures / "link-headers.json").read_text())
    links = [capture["header"] for capture in found]
    here = "https://huggingface.co/api/models?limit=1000&expand%5B%5D=tags"
    assert links
    for link in links:
        following = addresses.next_page(link, here)
        cursor = link.partition("cursor=")[2].partition(">")[0]
        assert following == f"{here}&cursor={cursor}"


@pytest.mark.parametrize(("link", "cursor"), [
    (f'<{LISTING}&cursor=a%3D%3D>; rel="next"', "a%3D%3D"),
    ('</api/models?cursor=x+y>; rel="next"', "x+y"), ("<?cursor=x>;rel=next", "x"),
    ('<?cursor=x>; title="a, <b>; c"; rel="prev next"', "x"),
    ('</c.json>; rel="ai-catalog"; type="x", <?cursor=x>; rel="next"', "x"),
    ('<https://HUB.example:443/api/models?cursor=>; REL="Next"', ""),
    ('<https://huggingface.co/api/models?limit=9&cursor=x>; rel="next"', "x"),
    ('<http://hub.example/api/models/?cursor=x>; rel="next"', "x"),
    ('<https://elsewhere.example/artifactory/api/hf/r/api/models?cursor=x>; rel="next"', "x"),
    ('<https://mirror.example/v1/models?cursor=x>; rel="next"', "x"),
    ('<//mirror.example/API/Models/?cursor=x>; rel=next; title="a, b"', "x"),
])  # fmt: skip
def test_the_next_page_keeps_what_was_asked(link: str, cursor: str) -> None:
    assert addresses.next_page(link, LISTING) == f"{LISTING}&cursor={cursor}"
    assert addresses.next_page(link, f"{LISTING}&cursor=old") == f"{LISTING}&cursor={cursor}"


@pytest.mark.parametrize(
    "link", ["", "nonsense", '<?cursor=x>; rel="prev"', '<?cursor=x>; rel="nextish"', "<?cursor=x>"]
)
def test_the_last_page_names_no_next(link: str) -> None:
    assert addresses.next_page(link, LISTING) is None


@pytest.mark.parametrize(("target", "reason"), [
    ("https://elsewhere.example/login?cursor=x", "outside"),
    ("https://hub.example@elsewhere.example/api/models?cursor=x", "cannot be read"),
    ("https://hub.example:token@hub.example/api/models?cursor=x", "cannot be read"),
    ("//elsewhere.example/spaces?cursor=x", "outside"), ("/api/datasets?cursor=x", "outside"),
    ("/api/models/../whoami?cursor=x", "outside"), ("javascript:alert(1)", "cannot be read"),
    ("https://hub.example:99999/api/models?cursor=x", "cannot be read"),
    ("/api/models?cursor=x\r\ny", "cannot be read"),
    ("/api/models?cursor=\N{SNOWMAN}", "cannot be read"), ("/api/models?p=2", "no cursor"),
    ("/api/models?cursor=now", "again"), ("?cursor=" + "x" * 20_000, "characters"),
])  # fmt: skip
def test_a_next_page_elsewhere_is_refused(target: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as refused:
        addresses.next_page(f'<{target}>; rel="next"', f"{LISTING}&cursor=now")
    assert len(str(refused.value)) < 200
    assert str(refused.value).isascii()


@given(st.text(st.sampled_from('<>;,="\t rel next?cursor/:@x')))
def test_no_header_leads_away(link: str) -> None:
    try:
        following = addresses.next_page(link, LISTING)
    except DataError:
        return
    assert following is None or following.startswith(f"{LISTING}&cursor=")


def test_what_is_asked_for_is_what_a_record_can_hold() -> None:
    answer: dict[str, object] = dict.fromkeys(addresses.EXPAND)
    bare = model_record({"id": "a/b"})
    without_bases = {"baseModels"}
    for field in answer.keys() - without_bases:
        assert len(model_record({"id": "a/b", field: None})) > len(bare), field
    card = model_record({"id": "a/b", "cardData": {"new_version": "a/c"}})
    assert card["new_version"] == "a/c"


def test_a_page_can_be_made_smaller() -> None:
    asked = f"{addresses.listing(HUB, search='limit=20', expand=['sha'])}&cursor=a%3D"
    smaller = addresses.smaller(asked)
    assert smaller == asked.replace("limit=1000", "limit=100", 1)
    assert addresses.smaller(addresses.smaller(smaller) or "") == asked.replace("=1000", "=1", 1)
    for address in (asked.replace("=1000", "=1"), addresses.model(HUB, "a/b"), f"{HUB}/api/models"):
        assert addresses.smaller(address) is None


def test_a_listing_is_the_same_on_all_its_pages() -> None:
    asked = addresses.listing(HUB, sort="likes", expand=["tags", "sha"])
    assert addresses.first_page(f"{asked}&cursor=a%3D") == asked
    assert addresses.first_page(asked) == asked
    assert addresses.expanded(f"{asked}&cursor=expand[]=x") == ["tags", "sha"]
    assert addresses.expanded(addresses.listing(HUB, expand=())) == []
