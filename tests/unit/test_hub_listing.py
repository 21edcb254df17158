"""A listing gives its good items, names its broken ones, and refuses what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import schema
from graph.errors import DataError
from graph.observe.hub.records import model_record, record_of
from spiders.hub import answers
from spiders.hub.addresses import EXPAND_ONE
from spiders.hub.answers import excerpt, is_shallow
from spiders.hub.listing import carries, items
from tests.strategies import JSON

FIELDS = [*EXPAND_ONE, *schema.SPACE.asked(), *("_id", "architectures", "authorData", "cardData")]


def nested(depth: int, value: object = None) -> object:
    for _ in range(depth):
        value = [value]
    return value


def test_items_keep_their_order_and_the_broken_are_named() -> None:
    good = [{"id": "a/b", "likes": 1}, {"id": "gpt2"}]
    body = json.dumps([good[0], None, {"likes": 2}, {"id": 3}, good[1], {"id": ""}, []])
    page = items(body.encode())
    assert page.items == good
    assert [broken.reason for broken in page.broken] == [
        "is not an object", "has no id", "has no id", "has no id", "is not an object",
    ]  # fmt: skip
    assert page.broken[1].shown == "{likes}"


def test_an_item_that_is_nested_too_deep_is_broken() -> None:
    deep = {"id": "a/b", "config": nested(answers.DEEPEST)}
    just = {"id": "a/b", "config": nested(answers.DEEPEST - 1)}
    page = items(json.dumps([deep, just]).encode())
    assert page.items == [just]
    assert len(page.broken) == 1


@pytest.mark.parametrize("body", [b"[]", b"\xef\xbb\xbf[ ]\n"])
def test_an_empty_listing_is_one(body: bytes) -> None:
    page = items(body)
    assert (page.items, page.broken) == ([], [])


@pytest.mark.parametrize(("body", "reason"), [
    (b"", "is empty"), (b" \n", "is empty"),
    (b"<!doctype html><title>Just a moment</title>", "is a web page where JSON was expected"),
    (b'[{"id": "a/b"}, {"id": "c', "is not JSON, or was cut off"), (b"\xff\xfe[", "is not JSON"),
    (b"[" * 100_000, "is nested too deep"), (b'{"a":' * 100_000, "is nested too deep"),
    (b"9" * 5_000, "is not JSON"),
    (b'{"error": "Repository not found"}', "with an error: Repository not found"),
    (b'{"models": []}', r"is no list of items: \{models\}"),
    (b'"text"', "is no list of items: text"), (b"null", "is no list of items: None"),
    (b"1e999", "is no list of items: inf"),
])  # fmt: skip
def test_what_is_no_listing_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        items(body)


def test_an_enormous_answer_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="2,000,000 values"):
        items(b"[" + b"{}," * 1_500_000 + b"{}]")
    monkeypatch.setattr(answers, "LARGEST", 10)
    with pytest.raises(DataError, match="11 bytes, more than 10"):
        items(b"[" + b" " * 9 + b"]")


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_answer_breaks_the_parser(body: bytes) -> None:
    said = ""
    try:
        page = items(body)
        assert len(page.items) + len(page.broken) == len(json.loads(body))
    except DataError as error:
        said = error.message
    assert len(said) < 200
    assert said.isascii()
    assert said.isprintable()


@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        JSON | st.lists(st.sampled_from(["base_model:merge:a/b", "en", "license:mit"])),
    )
)
def test_every_good_item_becomes_a_record(fields: dict[str, object]) -> None:
    body = json.dumps([{**fields, "id": "a/b"}])
    page = items(body.encode())
    for item in page.items:
        for record in (
            model_record(item),
            record_of(schema.DATASET, item),
            record_of(schema.SPACE, item),
        ):
            assert record["id"] == "a/b"


@given(JSON | st.integers(0, 80).map(nested))
def test_depth_is_told_as_a_walk_tells_it(value: object) -> None:
    def depth(value: object) -> int:
        if isinstance(value, dict):
            return 1 + max(map(depth, value.values()), default=0)
        return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0

    assert is_shallow(value) == (depth(value) <= answers.DEEPEST)


@given(JSON | st.binary() | st.text(min_size=200))
def test_an_excerpt_is_short_and_safe(value: object) -> None:
    shown = excerpt(value)
    assert len(shown) <= answers.SHOWN
    assert shown.isascii()
    assert shown.isprintable()


@pytest.mark.parametrize(("value", "shown"), [
    (b"  two\n\twords ", "two words"), ("a\x1b[31m\u202eb", r"a?[31m\u202eb"),
    ("x" * 81, "x" * 79 + "~"), (10**400, "an enormous number"), ([1, 2], "[a list of 2]"),
    ("token hf_abcDEF123 ok", "token *** ok"),
    (b'{"authorization": "Bearer secret", "x": 1}', '{"authorization": "*** "x": 1}'),
    (json.dumps({"sent": "HF_" + "a" * 5_000}), '{"sent": "***'),
])  # fmt: skip
def test_excerpts(value: object, shown: str) -> None:
    assert excerpt(value) == shown


@pytest.mark.parametrize(("tags", "tag", "expected"), [
    (["base_model:merge:A/b"], "base_model:merge:a/B", True),
    (["base_model:merge:a/b"], "base_model:adapter:a/b", False),
    (["base_model:merge:a/bc"], "base_model:merge:a/b", False),
    ([None, 3, "gguf"], "gguf", True),
    ("gguf", "gguf", False),
    (None, "gguf", False),
])  # fmt: skip
def test_an_item_carries_a_tag(tags: object, tag: str, expected: bool) -> None:
    assert carries({"id": "a/b", "tags": tags}, tag) is expected
    assert not carries({"id": "a/b"}, tag)


def test_a_task_and_a_library_are_tags() -> None:
    item = {"id": "a/b", "pipeline_tag": "fill-mask", "library_name": "PEFT", "tags": None}
    assert carries(item, "fill-mask")
    assert carries(item, "peft")
    assert not carries(item, "a/b")


def test_a_dataset() -> None:
    answer = {
        "_id": "621ffdd236468d709f181d58", "id": "acme/corpus", "likes": 3, "downloads": 40,
        "downloadsAllTime": 500, "tags": ["language:en", None],
        "createdAt": "2022-03-02T23:29:22.000Z", "lastModified": "2024-01-18T11:12:13.000Z",
        "description": "left out",
    }  # fmt: skip
    assert record_of(schema.DATASET, answer, "2026-01-01T00:00:00Z") == {
        "record": "dataset/1", "id": "acme/corpus", "hub_id": "621ffdd236468d709f181d58",
        "likes": 3, "downloads": 40, "downloads_all_time": 500, "tags": ["language:en"],
        "created_at": "2022-03-02T23:29:22.000Z", "last_modified": "2024-01-18T11:12:13.000Z",
        "observed_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert record_of(schema.DATASET, {"id": "squad"}) == {"record": "dataset/1", "id": "squad"}


def test_a_space() -> None:
    answer = {"id": "acme/demo", "sdk": "gradio", "models": ["a/b"], "datasets": None, "tags": "x"}
    assert record_of(schema.SPACE, answer) == {
        "record": "space/1", "id": "acme/demo", "sdk": "gradio", "models": ["a/b"], "datasets": [],
        "tags": [],
    }  # fmt: skip


@pytest.mark.parametrize("answer", [{}, {"id": 1}, [], None])
def test_what_is_no_dataset_or_space_is_refused(answer: object) -> None:
    with pytest.raises(DataError, match="about a dataset"):
        record_of(schema.DATASET, answer)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="about a Space"):
        record_of(schema.SPACE, answer)  # type: ignore[arg-type]
