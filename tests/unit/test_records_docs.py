"""docs/records.md describes the form that the code reads."""

import json
import re
from pathlib import Path

import pytest

from graph import schema
from graph.observe import Normaliser
from graph.observe.fields import LONGEST_ITEM, LONGEST_TEXT, MOST_ITEMS
from graph.schema import NodeType, Source

TEXT = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "node", "extra"),
    [
        ("## Models", schema.MODEL, {"record", "bases", "bases_source", "observed_at", "digest"}),
        ("## Authors", schema.AUTHOR, {"record", "observed_at", "digest"}),
        ("## Datasets", schema.DATASET, {"record", "observed_at", "digest"}),
        ("## Spaces", schema.SPACE, {"record", "observed_at", "digest"}),
        ("## Changes", schema.CHANGE, {"record", "id", "observed_at"}),
    ],
)
def test_every_field_is_described_and_no_other(
    heading: str, node: NodeType, extra: set[str]
) -> None:
    section = TEXT.split(heading + "\n")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| [a-z ]+ \| (.*) \|$", section, re.MULTILINE))
    assert set(rows) == {*node.names(Source.RECORD), *extra}
    for name in set(rows) - extra - {node.key}:
        assert rows[name].startswith(node.find(name).description)
        assert all(f"`{value}`" in rows[name] for value in node.find(name).values)


def test_the_example_is_a_clean_record_file() -> None:
    block = re.search(r"```jsonl\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        record, issues = Normaliser()(json.loads(line))
        assert record is not None
        assert issues == []


def test_the_limits_are_stated() -> None:
    for limit in (MOST_ITEMS, LONGEST_TEXT, LONGEST_ITEM):
        assert f"{limit:,} " in TEXT
