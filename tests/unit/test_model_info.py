"""The Hub's answers become records that state what the answer states, and nothing more."""

import gzip
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from graph.errors import DataError
from graph.observe.digests import Lineage
from graph.observe.hub.records import model_record
from graph.observe.issues import Outcome
from graph.observe.normalise import Normaliser


@pytest.fixture
def answers(shared_data: Path) -> Iterator[dict[str, object]]:
    with gzip.open(shared_data / "trees-models.jsonl.gz", "rt", encoding="utf-8") as file:
        return iter([json.loads(line) for line in file])


def test_a_captured_answer_about_a_derivative(captures: Path) -> None:
    body = json.loads((captures / "model-llama-2-7b-gguf.json").read_text())["body"]
    assert model_record(body, "2026-10-02T00:00:00Z") == {
        "record": "model/1", "id": "TheBloke/Llama-2-7B-GGUF", "hub_id": "64f5fd954d3b1dd311d30e28",
        "sha": "b4e04e128f421c93a5f1e34ac4d7ca9b0af47b80", "likes": 207, "downloads": 18908,
        "downloads_all_time": 607644, "trending_score": 0, "created_at": "2023-09-04T15:53:57.000Z",
        "last_modified": "2023-10-24T07:32:45.000Z", "task": "text-generation", "gated": "no",
        "disabled": False, "license": "llama2", "licenses": [], "languages": ["en"],
        "tags": ["transformers", "gguf", "llama", "facebook", "meta", "pytorch", "llama-2"],
        "datasets": [], "papers": ["2307.09288"], "relation": "quantized",
        "bases": ["meta-llama/Llama-2-7b-hf"], "bases_source": "base_models", "tagged_bases": [],
        "children_finetune": 0, "children_adapter": 0, "children_merge": 0, "children_quantized": 0,
        "observed_at": "2026-10-02T00:00:00Z",
    }  # fmt: skip


def test_a_captured_answer_about_a_root(captures: Path) -> None:
    body = json.loads((captures / "model-llama-3.1-8b.json").read_text())["body"]
    record = model_record(body)
    assert record["gated"] == "manual"
    assert record["languages"] == ["en", "de", "fr", "it", "pt", "hi", "es", "th"]
    assert (record["relation"], record["bases"]) == (None, [])
    assert record["children_finetune"] == 1498
    assert "parameters" not in record
    assert "observed_at" not in record


def test_every_captured_answer_is_clean(answers: Iterator[dict[str, object]]) -> None:
    normalise = Normaliser()
    for answer in answers:
        record, issues = normalise(model_record(answer))
        assert record is not None
        assert issues == []
        assert record.lineage is not None


def info(**fields: object) -> dict[str, object]:
    return {"id": "acme/base", **fields}


def test_only_answers_are_stated() -> None:
    assert model_record(info()) == {"record": "model/1", "id": "acme/base"}


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"error": "Repository not found"}, [], "x"])
def test_what_is_no_answer_about_a_model_is_refused(answer: object) -> None:
    with pytest.raises(DataError, match="no id"):
        model_record(answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(("fields", "relation", "bases"), [
    ({"tags": []}, None, []),
    ({"tags": None}, None, []),
    ({"tags": ["base_model:a/b", "base_model:merge:a/b", "base_model:merge:c/d"]},
     "merge", ["a/b", "c/d"]),
    ({"tags": ["base_model:a/b"]}, None, []),
    ({"tags": ["base_model:merge:a/b", "base_model:adapter:c/d"]}, None, []),
    ({"tags": ["base_model:merge:a/b"],
      "baseModels": {"relation": "quantized", "models": [{"_id": "1", "id": "e/f"}]}},
     "quantized", ["e/f"]),
    ({"baseModels": {"relation": "adapter", "models": ["e/f"]}}, "adapter", ["e/f"]),
])  # fmt: skip
def test_bases_are_answered_or_tagged(
    fields: dict[str, object], relation: str | None, bases: list[str]
) -> None:
    record = model_record(info(**fields))
    assert (record["relation"], record["bases"]) == (relation, bases)


@pytest.mark.parametrize(
    ("fields", "source", "others"),
    [
        ({"tags": []}, None, []),
        ({"tags": ["base_model:a/b", "base_model:merge:a/b"]}, "tags", []),
        ({"baseModels": {"relation": "merge", "models": [{"id": "a/b"}]}}, "base_models", None),
        ({"baseModels": {"relation": "merge", "models": []}, "tags": ["base_model:merge:a/b"]},
         None, ["a/b"]),
        ({"baseModels": {"relation": "merge", "models": None}, "tags": ["base_model:merge:a/b"]},
         "tags", []),
        ({"baseModels": {"relation": "merge", "models": [{"id": "a/b"}, {"id": "c/d"}]},
          "tags": ["base_model:merge:A/b", "base_model:finetune:c/d", "base_model:merge:e/f",
                   "base_model:finetune:c/d", "base_model:g/h"]},
         "base_models", ["e/f", "g/h"]),
        ({"tags": ["base_model:a/b", "base_model:A/B", "base_model:acme/base"]}, None, ["a/b"]),
        ({"tags": ["base_model:merge:a/b", "base_model:adapter:c/d"]}, None, ["a/b", "c/d"]),
        ({"tags": ["base_model:distill:a/b", "base_model:Merge:c/d"]}, None, ["a/b", "c/d"]),
        ({"tags": ["base_model: a/b", "base_model:c/d@main", "base_model:https://hf.co/e/f"]},
         None, ["a/b", "c/d", "e/f"]),
        ({"tags": ["base_model:merge:https://hf.co/a/b"]}, "tags", []),
        ({"baseModels": {"relation": "distill", "models": [{"id": "a/b"}]},
          "tags": ["base_model:a/b", "base_model:c/d"]}, "base_models", ["a/b", "c/d"]),
    ],
)  # fmt: skip
def test_where_bases_are_stated_and_what_the_tags_name_besides(
    fields: dict[str, object], source: str | None, others: list[str] | None
) -> None:
    record = model_record(info(**fields))
    assert (record.get("bases_source"), record.get("tagged_bases")) == (source, others)


def test_bases_without_one_relation_are_declared_not_guessed() -> None:
    record, issues = Normaliser()(model_record(info(tags=["base_model:a/b"])))
    assert record is not None
    assert record.lineage == Lineage(None, ())
    assert record.properties["tagged_bases"] == ["a/b"]
    assert issues == []


@pytest.mark.parametrize("odd", [{"ids": ["a/b"]}, ["a/b"], "a/b", 7])
def test_bases_in_an_unknown_form_are_an_issue_and_state_no_lineage(odd: object) -> None:
    record, issues = Normaliser()(model_record(info(baseModels=odd, tags=["en"])))
    assert record is not None
    assert record.lineage is None
    assert [(issue.field, issue.outcome) for issue in issues] == [("bases", Outcome.DROPPED)]
    tagged = ["base_model:merge:c/d"]
    record, issues = Normaliser()(model_record(info(baseModels=odd, tags=tagged)))
    assert record is not None
    assert record.lineage == Lineage("merge", ("c/d",), "tags")


@pytest.mark.parametrize(("named", "ids", "unusable"), [
    (None, [], []), ("", [], []), ([], [], []), ("None", [], []), (["n/a", " "], [], []),
    ("unsloth/mistral-nemo-base", ["unsloth/mistral-nemo-base"], []), ("gpt2", ["gpt2"], []),
    (["a/b", "A/B", None, "c/d"], ["a/b", "c/d"], []), ("acme/base", [], []),
    ("https://huggingface.co/a/b/tree/main", ["a/b"], []), ("a/b, c/d", ["a/b", "c/d"], []),
    ("a/b@main", ["a/b"], []), ("hf.co/a/b", [], ["hf.co/a/b"]), ("a/b/", ["a/b"], []),
    ("hf://a/b", ["a/b"], []), ("a/b:Q4_K_M", ["a/b"], []), ("C:/a/b", [], ["C:/a/b"]),
    ("./out/checkpoint-500", [], ["./out/checkpoint-500"]), ("my model", [], ["my model"]),
    (["a/b", {"name": "c/d"}, 7], ["a/b"], ["{'name': 'c/d'}", "7"]),
])  # fmt: skip
def test_bases_that_a_card_names(named: object, ids: list[str], unusable: list[str]) -> None:
    card = {"base_model": named, "license": "mit"}
    record = model_record(info(cardData=card))
    assert (record["card_bases"], record["unusable_bases"]) == (ids, unusable)
    assert "bases" not in record
    normal, issues = Normaliser()(record)
    assert normal is not None
    assert issues == []


def test_a_card_without_bases_and_no_card_are_told_apart() -> None:
    assert model_record(info(cardData={}))["card_bases"] == []
    assert model_record(info(cardData=None))["card_bases"] == []
    assert "card_bases" not in model_record(info(tags=[]))


def test_tags_that_other_fields_carry_are_left_out() -> None:
    tags = ["transformers", "text-generation", "en", "license:mit", "region:us", "moe"]
    carried = {"pipeline_tag": "text-generation", "library_name": "transformers"}
    record = model_record(info(tags=tags, **carried))
    assert (record["tags"], record["license"], record["languages"]) == (["moe"], "mit", ["en"])


@pytest.mark.parametrize(("model_id", "parts", "total", "counted"), [
    ("a/x", {"BF16": 7}, 7, 7), ("a/x", {"BF16": 7}, None, 7),
    # unpacked by the Hub: in the total and the parts, or in the total alone
    ("a/x-20b", {"BF16": 2 * 10**9, "U8": 19 * 10**9}, 21 * 10**9, 21 * 10**9),
    ("a/x", {"BF16": 43, "F32": 1, "I32": 1_014}, 1_058, 1_058),
    ("a/x", {"BF16": 9, "U32": 78}, 314, 314), ("a/x", {"BF16": 9, "I8": 78}, 165, 165),
    # below the sum of its parts: somebody's metadata
    ("a/x-7B", {"BF16": 7_615_616_512}, 333_312, 7_615_616_512),
    ("a/x", {"BF16": 30, "F32": 4}, 1, 34), ("a/x", {"F8_E4M3": 30}, 0, 30),
    # above it, where nothing can be packed so densely
    ("a/x", {"BF16": 7}, 70, 7), ("a/x", {"BF16": 7, "I32": 1}, 1_000, 8),
    # packed, and unpacked by nobody: by the scales, by the size in the name
    ("a/x", {"F16": 1, "U32": 4}, 5, None), ("a/x-8bit", {"BF16": 10, "U32": 79}, 89, None),
    ("a/x-32B-4bit", {"F16": 10**9, "U32": 4 * 10**9}, 5 * 10**9, None),
    ("a/x-32B-NVFP4", {"BF16": 10**9, "U8": 16 * 10**9}, 17 * 10**9, None),
    ("a/x-0.5B-GPTQ", {"F16": 2 * 10**8, "I32": 5 * 10**7}, 25 * 10**7, None),
    ("a/x-8B-w4a16", {"BF16": 10**9, "I32": 9 * 10**8, "I64": 448}, 2 * 10**9, None),
    ("a/x-35B-nvfp4", {"BF16": 2 * 10**9, "U8": 17 * 10**9}, 20 * 10**9, None),
    # written with a point, as text, not as numbers, or negative
    ("a/x", {"BF16": 7e9}, 333_312.0, 7 * 10**9), ("a/x", {"BF16": "7"}, "5", 7),
    ("a/x", {"BF16": True}, None, None), ("a/x", {"BF16": {"n": 8}, "F32": None}, 9, 9),
    ("a/x", {"BF16": -7}, 7, 7), ("a/x", {"BF16": 7}, -1, 7),
    ("a/x", {"F16": 3, "I32": 1}, 4, 4), ("a/x-20b", {"F16": 205 * 10**8, "U8": 10**8}, None,
                                          206 * 10**8),
])  # fmt: skip
def test_a_count_where_total_and_parts_agree_or_one_explains_the_other(
    model_id: str, parts: dict[str, object], total: object, counted: int | None
) -> None:
    weights = {"parameters": parts, "total": total}
    record = model_record({"id": model_id, "safetensors": weights})
    source = None if counted is None else "safetensors"
    assert (record["parameters"], record["parameters_source"]) == (counted, source)


@pytest.mark.parametrize(("fields", "expected"), [
    ({"safetensors": {"total": 7}}, (7, "safetensors")),
    ({"safetensors": None, "gguf": {"total": 9}}, (9, "gguf")),
    ({"safetensors": None, "gguf": None}, (None, None)), ({"safetensors": "odd"}, (None, None)),
    ({"gguf": {}}, (None, None)), ({"safetensors": {"sharded": True}}, (None, None)),
    ({"safetensors": {"BF16": 7}}, ({"BF16": 7}, None)),
    ({"safetensors": {"BF16": 7}, "gguf": {"total": 9}}, (9, "gguf")),
])  # fmt: skip
def test_parameters(fields: dict[str, object], expected: tuple[object, object]) -> None:
    record = model_record(info(**fields))
    assert (record["parameters"], record["parameters_source"]) == expected


TEMPLATE = "{% for message in messages %}"


@pytest.mark.parametrize(("gguf", "digest"), [
    ({"chat_template": TEMPLATE}, sha256(TEMPLATE.encode()).hexdigest()[:16]),
    ({"chat_template": f" {TEMPLATE}\r\n"}, sha256(TEMPLATE.encode()).hexdigest()[:16]),
    ({"chat_template": "\ud800"}, sha256(b"\xed\xa0\x80").hexdigest()[:16]),
    ({"chat_template": " \n"}, None), ({"chat_template": ["a"]}, None), ({"total": 7}, None),
    (None, None), ("odd", None),
])  # fmt: skip
def test_a_chat_template_is_kept_as_a_digest(gguf: object, digest: str | None) -> None:
    assert model_record(info(gguf=gguf))["chat_template"] == digest
    assert "chat_template" not in model_record({"id": "a/b"})


OWN = {"license": "other", "license_name": "own", "license_link": "LICENSE"}


@pytest.mark.parametrize(("fields", "first", "several", "name", "link"), [
    ({"tags": ["license:mit"]}, "mit", [], ..., ...),
    ({"tags": ["license: MIT "]}, "mit", [], ..., ...),
    ({"tags": ["license:"]}, None, [], ..., ...),
    ({"tags": ["license:MIT", "license:mit"]}, "mit", [], ..., ...),
    ({"tags": ["en"], "cardData": {"license": "Apache-2.0"}}, "apache-2.0", [], None, None),
    ({"tags": [], "cardData": {"license": ["MIT", "gemma", {}]}}, "mit", ["mit", "gemma"],
     None, None),
    ({"cardData": {"license": {"name": "x"}}}, None, [], None, None),
    ({"tags": ["license:other"], "cardData": OWN}, "other", [], "own", "LICENSE"),
    ({"tags": ["license:mit", "license:gemma"]}, "mit", ["mit", "gemma"], ..., ...),
    ({"tags": ["license:mit", "license:mit"], "cardData": None}, "mit", [], None, None),
    ({"tags": [], "cardData": {"license_name": 5, "license_link": ["a"]}}, None, [], None, "a"),
    ({"cardData": {"license": ["mit", "gemma"]}}, "mit", ["mit", "gemma"], None, None),
    ({"cardData": OWN}, "other", [], "own", "LICENSE"), ({"cardData": {}}, None, [], None, None),
    ({"tags": "odd"}, ..., ..., ..., ...),
])  # fmt: skip
def test_licences(
    fields: dict[str, object], first: object, several: object, name: object, link: object
) -> None:
    record = model_record(info(**fields))
    names = ("license", "licenses", "license_name", "license_link")
    assert tuple(record.get(key, ...) for key in names) == (first, several, name, link)


@pytest.mark.parametrize("disabled", [True, False])
def test_disabled(disabled: bool) -> None:
    assert model_record(info(disabled=disabled))["disabled"] is disabled
    assert "disabled" not in model_record(info())


def test_configuration() -> None:
    config = {"architectures": ["LlamaForCausalLM"], "quantization_config": {"quant_method": "awq"}}
    record = model_record(info(config=config))
    assert (record["architecture"], record["quantization"]) == ("LlamaForCausalLM", "awq")
    assert model_record(info(config=None))["architecture"] is None


@pytest.mark.parametrize(("gated", "stated"), [(False, "no"), ("auto", "auto"), (True, True)])
def test_gated(gated: object, stated: object) -> None:
    assert model_record(info(gated=gated))["gated"] == stated
