"""Raw records become records that the graph can take, whatever they hold."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import schema
from graph.observe.fields import LARGEST, MOST_ITEMS
from graph.observe.issues import Issue, Outcome
from graph.observe.normalise import AUTHOR_FORM, CHANGE_FORM, FORMS, Normaliser, Record
from graph.schema import Source
from tests.remembered import model
from tests.strategies import JSON

NOW = datetime(2025, 6, 1, tzinfo=UTC)
normalise = Normaliser(NOW)


def accepted(raw: object) -> tuple[Record, list[Issue]]:
    record, issues = normalise(raw)
    assert record is not None, issues
    return record, issues


def rejected(raw: object) -> list[Issue]:
    record, issues = normalise(raw)
    assert record is None
    assert issues[0].outcome is Outcome.REJECTED
    return issues


def based(*bases: str, relation: str = "finetune") -> tuple[tuple[str | None, ...], list[Issue]]:
    """Relation and bases of a model, as they are taken."""
    record, issues = accepted(model(relation=relation, bases=list(bases)))
    assert record.lineage is not None
    return (record.lineage.relation, *record.lineage.bases), issues


def test_a_whole_record_is_taken_as_it_is() -> None:
    stated: dict[str, object] = {
        "task": "text-generation", "tags": ["gguf", "arxiv:2307.09288"], "likes": 3,
        "trending_score": 1.5, "gated": "manual", "created_at": "2024-07-14T22:20:15.000Z",
    }  # fmt: skip
    lineage = {"relation": "merge", "bases": ["acme/one", "acme/two"]}
    record, issues = accepted(model(**stated, **lineage, observed_at="2025-05-01T00:00:00.000Z"))
    assert issues == []
    assert (record.key, record.properties) == ("acme/base", stated)
    assert record.lineage is not None
    assert (record.lineage.relation, record.lineage.bases) == ("merge", ("acme/one", "acme/two"))


def test_an_author_is_taken_as_it_is() -> None:
    stated = {"kind": "organization", "verified": True}
    record, issues = accepted({"record": "author/1", "name": "Acme", **stated})
    assert issues == []
    assert (record.node, record.key, record.properties) == (schema.AUTHOR, "acme", stated)


@pytest.mark.parametrize("model_id", [
    "gpt2", "acme/base", "a/b", "0x/1", "acme/_hidden", "acme/trailing_", "x" * 96 + "/" + "y" * 96,
])  # fmt: skip
def test_real_ids_are_accepted(model_id: str) -> None:
    assert accepted(model(id=model_id))[0].spelling == model_id


@pytest.mark.parametrize("model_id", [
    None, "", " ", 7, ["acme/base"], "acme/", "/base", "a/b/c", "..", "../x", "acme/..", "acme/.",
    ".hidden/x", "acme/ba se", "acme/base\n", "acme/b\u00e4se", "acme/\ud800", "acme/base\x00",
    "https://example.org/acme/base", "x" * 500, "acme/" + "x" * 500,
])  # fmt: skip
def test_malformed_ids_reject_the_record(model_id: object) -> None:
    assert [issue.field for issue in rejected(model(id=model_id))] == ["id"]


def test_a_missing_id_rejects_the_record() -> None:
    issue = Issue("id", Outcome.REJECTED, "is missing", None)
    assert rejected({"record": "model/1", "likes": 3}) == [issue]


@pytest.mark.parametrize("name", [None, "", "a/b", "\ud800", "x" * 97, 7])
def test_malformed_author_names_reject_the_record(name: object) -> None:
    assert rejected({"record": "author/1", "name": name})[0].field == "name"


@pytest.mark.parametrize("raw", [None, 7, "text", ["list"], [], True])
def test_what_is_not_an_object_is_rejected(raw: object) -> None:
    assert rejected(raw)[0].reason == "is not a JSON object"


@pytest.mark.parametrize(("form", "reason"), [
    ("model/2", "written by a newer hubgraph"), ("collection/1", "written by a newer hubgraph"),
    ("author/99999999999999999999", "written by a newer hubgraph"), (None, "is missing"),
    ("model", "is none of"), (1, "is none of"), ({"a": 1}, "is none of"),
])  # fmt: skip
def test_unknown_forms_are_rejected(form: object, reason: str) -> None:
    assert reason in rejected({"record": form, "id": "acme/base"})[0].reason


@pytest.mark.parametrize(("field", "value", "kept", "reason"), [
    ("likes", "12", 12, "written as text"),
    ("likes", 12.0, 12, None),
    ("likes", LARGEST, LARGEST, None),
    ("likes", True, ..., "not a whole number"),
    ("likes", -1, ..., "negative"),
    ("likes", LARGEST + 1, ..., "too large"),
    ("likes", 10**30, ..., "too large"),
    ("likes", "1,234", ..., "not a whole number"),
    ("likes", "12k", ..., "not a whole number"),
    ("likes", "-3", ..., "not a whole number"),
    ("likes", "\u0663", ..., "not a whole number"),
    ("likes", 1.5, ..., "not a whole number"),
    ("likes", float("nan"), ..., "not a whole number"),
    ("likes", [1], ..., "not a whole number"),
    ("trending_score", 3, 3.0, None),
    ("trending_score", "3.5", 3.5, "written as text"),
    ("trending_score", float("inf"), ..., "not finite"),
    ("trending_score", float("nan"), ..., "not finite"),
    ("trending_score", 1e300, ..., "too large"),
    ("trending_score", False, ..., "not a number"),
    ("task", "text\x00-\x1bgeneration", "text-generation", "control characters"),
    ("task", "a\tb\r\nc", "a b c", "control characters"),
    ("task", "ab\u202ecd", "abcd", "control characters"),
    ("task", "half \ud83d pair", "half \N{REPLACEMENT CHARACTER} pair", "half a character"),
    ("task", "\x00", None, "control characters"),
    ("task", "", None, None),
    ("task", "  ", None, None),
    ("task", "x" * 2000, "x" * 1000, "cut to 1000"),
    ("task", "Gr\u00f6\u00dfe", "Gr\u00f6\u00dfe", None),
    ("task", 5, ..., "not text"),
    ("task", {"a": 1}, ..., "not text"),
    ("gated", "maybe", ..., "none of no, auto, manual"),
    ("gated", False, ..., "none of"),
    ("created_at", "2024-07-14 22:20:15+00:00", "2024-07-14T22:20:15.000Z", None),
    ("created_at", "2024-07-14 22:20:15 UTC", "2024-07-14T22:20:15.000Z", None),
    ("created_at", "2024-07-14 22:20:15.5 GMT", "2024-07-14T22:20:15.500Z", None),
    ("created_at", "2024-07-14 22:20 PST", ..., "is not a readable time"),
    ("created_at", "2024-07-14T22:20:15", "2024-07-14T22:20:15.000Z", None),
    ("created_at", "2024-07-15T00:20:15+02:00", "2024-07-14T22:20:15.000Z", None),
    ("created_at", "2025-06-01T20:00:00Z", "2025-06-01T20:00:00.000Z", None),
    ("created_at", "2025-06-02T00:00:01Z", ..., "in the future"),
    ("created_at", "9999-12-31T23:59:59Z", ..., "in the future"),
    ("created_at", "1969-12-31T23:59:59Z", ..., "readable time"),
    ("created_at", "0001-01-01T00:00:00+14:00", ..., "readable time"),
    ("created_at", "yesterday", ..., "readable time"),
    ("created_at", "2024-13-45", ..., "readable time"),
    ("created_at", 1720995615, ..., "readable time"),
    ("tags", ["a", "b", "a"], ["a", "b"], None),
    ("tags", [], None, None),
    ("tags", "gguf", ["gguf"], "one text"),
    ("tags", ["a", 7, None, "b"], ["a", "b"], "not text"),
    ("tags", ["a", "x" * 300], ["a"], "too long"),
    ("tags", ["a\x00b", "ok"], ["ab", "ok"], "control characters"),
    ("tags", {"a": 1}, ..., "list of texts"),
    ("tags", 7, ..., "list of texts"),
    ("parameters_source", "safetensors", ..., "without a usable count"),
    ("nonsense", 1, ..., "not a known field"),
    ("influence", 1.0, ..., "not a known field"),
])  # fmt: skip
def test_one_field_at_a_time(field: str, value: object, kept: object, reason: str | None) -> None:
    record, issues = accepted(model(**{field: value}, license="mit"))
    assert record.properties.get(field, ...) == kept
    assert type(record.properties.get(field, ...)) is type(kept)
    assert record.properties["license"] == "mit"
    assert bool(issues) == bool(reason)
    assert all(issue.field == field and str(reason) in issue.reason for issue in issues)


def test_ten_thousand_tags_are_cut() -> None:
    record, issues = accepted(model(tags=[f"tag-{n}" for n in range(10_000)]))
    assert record.properties["tags"] == [f"tag-{n}" for n in range(MOST_ITEMS)]
    assert [issue.reason for issue in issues] == ["has 10,000 items; the first 500 were kept"]
    assert len(accepted(model(tags=[7] * 10_000))[1]) <= MOST_ITEMS + 1


def test_null_states_absence_and_a_missing_key_nothing() -> None:
    record, issues = accepted(model(task=None))
    assert record.properties == {"task": None}
    assert record.lineage is None
    assert issues == []


@pytest.mark.parametrize(("stated", "expected", "reasons"), [
    ({"relation": "merge", "bases": ["a/b", "c/d"]}, ("merge", ("a/b", "c/d")), []),
    ({"relation": "merge", "bases": "a/b"}, ("merge", ("a/b",)), ["one text"]),
    ({"relation": "merge", "bases": ["a/b", "A/B", "a/b"]}, ("merge", ("a/b",)), []),
    ({"bases": []}, (None, ()), []),
    ({"bases": None}, (None, ()), []),
    ({"bases": None, "relation": None}, (None, ()), []),
    ({"relation": "merge", "bases": []}, (None, ()), ["without bases"]),
    ({"relation": "merge"}, None, ["without bases"]),
    ({"relation": None}, None, []),
    ({"relation": "distilled", "bases": ["a/b"]}, None, ["is none of finetune"]),
    ({"relation": ["merge"], "bases": ["a/b"]}, None, ["is none of finetune"]),
    ({"bases": ["a/b"]}, None, ["is none of finetune"]),
    ({"relation": "merge", "bases": 7}, None, ["not a list of model ids"]),
    ({"relation": "merge", "bases": [None, 7, "a/b"]}, ("merge", ("a/b",)), ["item"] * 2),
    ({"relation": "adapter", "bases": ["gpt2"]}, ("adapter", ("gpt2",)), []),
])  # fmt: skip
def test_lineage(
    stated: dict[str, object], expected: tuple[object, object] | None, reasons: list[str]
) -> None:
    record, issues = accepted(model(**stated))
    assert (record.lineage and (record.lineage.relation, record.lineage.bases)) == expected
    assert len(issues) == len(reasons)
    assert all(part in issue.reason for part, issue in zip(reasons, issues, strict=True))


@pytest.mark.parametrize(("written", "base"), [
    ("https://huggingface.co/Acme/Base-7B", "Acme/Base-7B"),
    ("http://www.huggingface.co/Acme/Base-7B/tree/main", "Acme/Base-7B"),
    ("https://hf.co/Acme/Base-7B?x=1#top", "Acme/Base-7B"),
])  # fmt: skip
def test_the_address_of_a_model_becomes_its_id(written: str, base: str) -> None:
    stated, issues = based(written)
    assert stated == ("finetune", base)
    assert [(issue.outcome, issue.value) for issue in issues] == [(Outcome.REPAIRED, written)]


@pytest.mark.parametrize("written", [
    "/home/me/model", "./model", "../model", "~/models/base", "C:\\models\\base", "a/b/c",
    "https://example.org/acme/base", "https://huggingface.co/datasets/acme",
    "https://huggingface.co/acme", "file:///tmp/model", "", "acme/base ", "x" * 500,
])  # fmt: skip
def test_paths_and_other_addresses_are_no_bases(written: str) -> None:
    stated, issues = based(written)
    assert stated == (None,)
    assert [(issue.field, issue.outcome) for issue in issues] == [("bases", Outcome.DROPPED)]


@pytest.mark.parametrize("base", ["acme/base", "ACME/Base"])
def test_a_base_equal_to_the_model_is_kept_and_noted(base: str) -> None:
    stated, issues = based(base, "a/b")
    assert stated == ("finetune", base, "a/b")
    assert [issue.outcome for issue in issues] == [Outcome.NOTED]


def test_sixty_five_bases_are_kept_and_thousands_cut() -> None:
    bases = [f"acme/parent-{n}" for n in range(5_000)]
    assert based(*bases[:65], relation="merge") == (("merge", *bases[:65]), [])
    stated, issues = based(*bases, relation="merge")
    assert stated == ("merge", *bases[:500])
    assert "5,000 items" in issues[0].reason


@pytest.mark.parametrize(("fields", "kept"), [
    ({"parameters": 7}, {"parameters": 7, "parameters_source": None}),
    (
        {"parameters": 7, "parameters_source": "gguf"},
        {"parameters": 7, "parameters_source": "gguf"},
    ),
    ({"parameters": None}, {"parameters": None, "parameters_source": None}),
    ({"parameters": 7, "parameters_source": "name"}, {}),
    ({"parameters": 7, "parameters_source": "name_mixture"}, {}),
    ({"parameters": -7, "parameters_source": "gguf"}, {}),
])  # fmt: skip
def test_parameters_have_a_source(fields: dict[str, object], kept: dict[str, object]) -> None:
    assert accepted(model(**fields))[0].properties == kept


def test_versions_order_by_modification_then_observation_then_content() -> None:
    early, late = "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z"
    ordered = [
        model(), model(observed_at=early), model(observed_at=late),
        model(last_modified=early, observed_at=early), model(last_modified=early, observed_at=late),
        model(last_modified=late),
    ]  # fmt: skip
    versions = [accepted(raw)[0].version for raw in ordered]
    assert versions == sorted(versions)
    assert accepted(model(likes=1))[0].version != accepted(model(likes=2))[0].version


def test_a_bad_observation_time_counts_as_not_stated() -> None:
    record, issues = accepted(model(observed_at="3000-01-01T00:00:00Z"))
    assert record.observed_at is None
    assert issues[0].field == "observed_at"


def test_every_property_that_records_state_can_be_stated() -> None:
    values: dict[schema.Type, object] = {
        schema.Type.STRING: "text", schema.Type.INTEGER: 1, schema.Type.FLOAT: 1.5,
        schema.Type.BOOLEAN: True, schema.Type.DATETIME: "2024-07-14T22:20:15.000Z",
        schema.Type.STRINGS: ["2403.04652"],
    }  # fmt: skip
    starts = {form: {"record": form, "id": "acme/base"} for form in FORMS}
    starts[AUTHOR_FORM] = {"record": AUTHOR_FORM, "name": "a"}
    starts[CHANGE_FORM] |= {"observed_at": "2024-07-14T22:20:15.000Z"}
    for form, start in starts.items():
        node = FORMS[form]
        taken = {"id", "name", "relation"}
        names = [n for n in node.names(Source.RECORD) if n not in taken]
        stated = {n: (node.find(n).values or (values[node.find(n).type],))[0] for n in names}
        record, issues = accepted({**start, **stated})
        assert issues == []
        assert set(record.properties) == set(names)


KEYS = st.sampled_from(
    [
        *schema.MODEL.names(Source.RECORD),
        *schema.AUTHOR.names(Source.RECORD),
        *("record", "bases", "observed_at", "other"),
    ]
)


@given(st.dictionaries(KEYS, JSON, max_size=8), st.sampled_from(["model/1", "author/1", None]))
def test_nothing_that_json_can_hold_breaks_it(raw: dict[str, object], form: str | None) -> None:
    named = raw if form is None else {"id": "acme/base", "name": "acme", **raw, "record": form}
    record, issues = normalise(named)
    assert (record is None) == any(issue.outcome is Outcome.REJECTED for issue in issues)
    for issue in issues:
        assert issue.shown().isascii()
        assert issue.shown().isprintable()
        assert len(issue.shown()) <= 200
    if record is None:
        return
    for value in record.properties.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                assert text.encode("utf-8")
                assert not any(ord(c) < 32 for c in text)
            elif isinstance(text, int):
                assert 0 <= text <= LARGEST


@given(st.lists(st.sampled_from(["likes", "task", "tags", "license"]), unique=True))
def test_the_order_of_keys_does_not_matter(names: list[str]) -> None:
    values = {"likes": 1, "task": "x", "tags": ["a", "b"], "license": None}
    orders = list(itertools.permutations(names))[:6]
    versions = {accepted(model(**{name: values[name] for name in o}))[0].version for o in orders}
    assert len(versions) == 1


def test_a_record_of_a_million_fields_is_one_issue() -> None:
    raw = model("a/b", **{f"x{n}": n for n in range(10_000)})
    record, issues = Normaliser()(raw)
    assert (record, len(issues)) == (None, 1)
    assert issues[0].reason == "has more than 1,000 fields"


@pytest.mark.parametrize(("written", "kept"), [
    ("mi\u200bt", "mit"), ("\ufeffmit", "mit"), ("mit\u00ad", "mit"),
    ("apache\u2060-2.0", "apache-2.0"),
    ("mit\u200d", "mit"), ("\u200emit\u00a0", "mit"), ("\u200b", None),
    ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ("\U0001f468\u200d\U0001f467", "\U0001f468\u200d\U0001f467"),
])  # fmt: skip
def test_what_nobody_sees_does_not_make_another_text(written: str, kept: str | None) -> None:
    record, _ = Normaliser()({"record": "model/1", "id": "a/x", "license": written})
    assert record is not None
    assert record.properties["license"] == kept
