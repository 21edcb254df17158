"""What a network shows of each of its models."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.answers.network.queries import FACTS, SHOWN
from graph.answers.query import Reader
from graph.schema import RELATION_OF_TYPE, RELATIONS


def read_facts(
    read: Reader, ids: Sequence[str], as_of: datetime | None
) -> dict[str, dict[str, Any]]:
    """By id: the columns of `SHOWN`, and under each relation the exact number of children."""
    found = read(FACTS, {"ids": list(ids), "as_of": as_of}, row_limit=1).one()
    columns = [found[name] for name in SHOWN]
    none = dict.fromkeys(RELATIONS, 0)
    facts = {
        row[0]: dict(zip(SHOWN, row, strict=True)) | none for row in zip(*columns, strict=True)
    }
    for base, type_, made in zip(found["base"], found["type"], found["made"], strict=True):
        facts[base][RELATION_OF_TYPE[type_]] = made
    return facts
