"""What a kind of node declares is filled, shown and exported; what is forgotten fails here."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph import schema
from graph.observe.hub.records import RULES, record_of
from graph.schema import HubKey, KeyShape, NodeType, Property, Source, Type
from graph.ways.export.described import main_record

ROOT = Path(__file__).parents[2]
SHOWN_IN = ("webapp/**/*.html", "webapp/**/*.py", "graph/answers/**/*.py", "cypher/**/*.cypher")
LINEAGE = {"relation", "bases", "bases_source"}

PLAIN: dict[Type, Any] = {
    Type.STRING: "some", Type.INTEGER: 3, Type.FLOAT: 0.5, Type.BOOLEAN: True,
    Type.DATETIME: "2026-10-01T00:00:00.000Z", Type.STRINGS: ["some"],
}  # fmt: skip
DERIVED = {
    "tags": ["en", "license:mit", "base_model:merge:acme/other", "arxiv:2403.04652", "gguf"],
    "gated": "auto", "baseModels": {"relation": "finetune", "models": [{"id": "acme/base"}]},
    "safetensors": {"parameters": {"BF16": 7}, "total": 7}, "gguf": {"total": 7},
    "config": {"architectures": ["Llama"], "quantization_config": {"quant_method": "awq"}},
    "cardData": {"new_version": "acme/next", "base_model": ["acme/lost", "./local"]},
    "childrenModelCount": dict.fromkeys(schema.RELATIONS, 1),
}  # fmt: skip


def answer(node: NodeType) -> dict[str, Any]:
    """An answer of the Hub that says everything."""
    plain = {p.hub: PLAIN[p.type] for p in node.properties if p.hub}
    return {"id": "acme/one", **plain, **{key.name: DERIVED[key.name] for key in node.derived}}


def unfilled(nodes: Iterable[NodeType]) -> set[str]:
    """Fields of records that follow from no key of the Hub."""
    return {
        f"{node.label}.{name}"
        for node in nodes
        for name in {*node.stated, *(LINEAGE if node.has_lineage else ())}
        - {name for key in node.hub_keys.values() for name in key.fills}
    }


def unseen(nodes: Iterable[NodeType]) -> set[str]:
    """Properties of records that nothing shows."""
    text = "\n".join(path.read_text("utf-8") for glob in SHOWN_IN for path in ROOT.glob(glob))
    words = set(re.findall(r"[.'\"](\w+)", text))  # as code names a property: `m.likes`, "likes"
    return {
        f"{node.label}.{item.name}"
        for node in nodes
        for item in node.properties
        if item.source is Source.RECORD and not item.unseen and item.name not in words
    }


def unexported(nodes: Iterable[NodeType]) -> set[str]:
    """Properties of records that an export leaves out."""
    found = set()
    for node in nodes:
        values: dict[str, Any] = {name: PLAIN[node.find(name).type] for name in node.stated}
        record = main_record(node, {node.key: "acme/one", "record_version": "  0", **values})
        found |= {f"{node.label}.{name}" for name in node.stated if record.get(name) is None}
    return found


def test_every_field_is_filled_shown_and_exported() -> None:
    assert unfilled(schema.DESCRIBED) == set()
    assert unseen(schema.DESCRIBED) == set()
    assert unexported(schema.DESCRIBED) == set()


def test_a_forgotten_one_is_found() -> None:
    forgotten = Property("forgotten", Type.INTEGER, "Nothing.")
    node = replace(schema.DATASET, properties=(*schema.DATASET.properties, forgotten))
    assert unfilled([node]) == unseen([node]) == {f"Dataset.{forgotten.name}"}


@pytest.mark.parametrize("node", schema.DUMPED, ids=lambda node: node.slug)
def test_an_answer_fills_what_its_keys_declare(node: NodeType) -> None:
    declared = {name for key in node.hub_keys.values() for name in key.fills}
    assert record_of(node, answer(node)).keys() == {"record", "id", *declared}
    for name, key in node.hub_keys.items():
        filled = record_of(node, {"id": "acme/one", name: answer(node)[name]}).keys()
        assert filled - {"record", "id"} <= set(key.fills), name


def test_every_derived_key_has_a_rule() -> None:
    ruled = {name for rule in RULES for name in rule.keys}
    assert {key.name for node in schema.DUMPED for key in node.derived} <= ruled


def test_spaces_are_asked_for_what_they_declare() -> None:
    assert schema.SPACE.hub_keys["sdk"] == HubKey("sdk", KeyShape.TEXT, ("sdk",))
    assert "_id" not in schema.SPACE.asked()
    assert schema.MODEL.asked()[-1] == "cardData"
