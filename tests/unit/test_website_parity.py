"""Whatever the Hub holds, its website and its interface give one record of it."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

import sample
from graph.observe.hub.records import model_record
from graph.observe.record_files import read_file
from graph.schema import RELATIONS
from spiders.hub import pages
from spiders.hub.author_info import author_record
from spiders.hub.facets import TASKS
from tests.hub import Content, website
from tests.hub.model_info import DETAIL, LISTED
from tests.hub.repository import Raw

NOW = "2026-10-02T00:00:00Z"
NOT_SHOWN = {"hub_id", "sha", "trending_score", "disabled"}
"""Fields that no page of the website has."""
LISTED_BY_BOTH = {"id", "record", "likes", "downloads", "last_modified", "gated", "observed_at"}

KINDS = ("user", "organization")

NAMES = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
COUNTS = st.integers(0, 10**12)
MODEL_IDS = st.builds("{}/{}".format, NAMES, NAMES)
TIMES = st.integers(0, 60 * 24 * 3_000).map(
    lambda n: f"20{20 + n // 525_600:02}-0{n % 9 + 1}-1{n % 10}T0{n % 8}:1{n % 7}:00.000Z"
)
MODELS = st.fixed_dictionaries(
    {"record": st.just("model/1"), "id": MODEL_IDS},
    optional={
        "likes": COUNTS,
        "downloads": COUNTS,
        "task": st.sampled_from(TASKS),
        "library": st.sampled_from(["transformers", "peft", "gguf"]),
        "license": st.sampled_from(["mit", "apache-2.0", "other"]),
        "gated": st.sampled_from(["no", "auto", "manual"]),
        "languages": st.lists(st.sampled_from(["en", "zh", "de"]), unique=True),
        "tags": st.lists(TEXTS.filter(lambda tag: ":" not in tag), unique=True, max_size=4),
        "created_at": TIMES,
        "last_modified": TIMES,
        "architecture": TEXTS,
        "parameters": st.integers(1, 10**12),
        "parameters_source": st.sampled_from(["safetensors", "gguf"]),
        "tensor_types": st.lists(st.sampled_from(["BF16", "F32", "I32"]), unique=True, min_size=1),
        "relation": st.sampled_from(RELATIONS),
        "bases": st.lists(MODEL_IDS, unique_by=str.lower, max_size=3),
        "new_version": MODEL_IDS,
        "datasets": st.lists(MODEL_IDS, unique_by=str.lower, max_size=2),
        **{f"children_{relation}": st.integers(0, 3_000) for relation in RELATIONS},
    },
)
ACCOUNTS = st.fixed_dictionaries(
    {"record": st.just("author/1"), "name": NAMES, "kind": st.sampled_from(KINDS)},
    optional={
        "full_name": TEXTS,
        "followers": COUNTS,
        "enterprise": st.booleans(),
        "verified": st.booleans(),
        "organization_type": st.sampled_from(pages.ORGANIZATION_TYPES),
    },
)


def check_model(content: Content, name: str) -> None:
    """One model on its page, in a listing of the website, and by the interface."""
    held = content.models[name]
    full = model_record(content.model(held, DETAIL), NOW)
    shown = pages.model_page(website.model_page(content, held).encode(), NOW)
    zeros = {key for key, value in full.items() if key.startswith("children_") and not value}
    expected = {key: value for key, value in full.items() if key not in NOT_SHOWN | zeros}
    if "bases_source" in expected:
        expected["bases_source"] = "tags"
    assert shown.model == expected
    partial = model_record(content.model(held, LISTED), NOW)
    listing = website.listing(content, [held], 1, 0)
    listed = pages.models_json(json.dumps(listing).encode(), NOW)
    assert listed == pages.models_page(website.models_page(content, [held], 1, 0).encode(), NOW)
    (record,) = listed.models
    assert record.items() <= partial.items()
    assert record.keys() >= LISTED_BY_BOTH
    assert listed.authors == ([shown.author] if shown.author else [])


def check_account(content: Content, name: str) -> None:
    """One account beside its models, on its page, and by the interface."""
    overview = author_record(content.account_overview(name), NOW)
    beside = author_record(content.account_summary(name), NOW)
    common = overview.keys() & beside.keys()
    assert {"name", "full_name", "followers", "avatar_url", "kind"} <= common
    assert {key: overview[key] for key in common} == {key: beside[key] for key in common}
    account = content.account(name)
    assert account is not None
    page = pages.account_page(website.account_page(account).encode(), name, NOW)
    if overview["kind"] == "organization":
        assert page.get("organization_type") == account.get("organization_type")
    assert {**overview, **page, "kind": overview["kind"]} == {**page, **overview}


@given(MODELS)
@example({"record": "model/1", "id": "a/b", "bases": ["a/c"]})
def test_a_model_is_the_same_on_every_page(record: Raw) -> None:
    check_model(Content([record]), str(record["id"]))


@given(ACCOUNTS)
def test_an_account_is_the_same_on_every_page(record: Raw) -> None:
    check_account(Content([record]), str(record["name"]))


def test_the_sample_is_the_same_on_every_page() -> None:
    with sample.path() as path:
        records = [line.raw for line in read_file(path) if isinstance(line.raw, dict)]
    content = Content(records)
    described = [record for record in records if record.get("hub_id") or record.get("bases")]
    for record in described[::80]:
        check_model(content, str(record["id"]))
    for name in list(content.authors)[::20]:
        check_account(content, name)
