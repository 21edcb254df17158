"""docs/records.md describes the form that the code reads."""

import json
import re
from pathlib import Path

from graph.observe.fields import LONGEST_ITEM, LONGEST_TEXT, MOST_ITEMS
from graph.observe.normalise import Normaliser

TEXT = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")


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
