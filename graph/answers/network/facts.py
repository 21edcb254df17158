"""What a network shows of each of its models."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.answers.network.queries import FACTS, GONE, MADE, SHOWN
from graph.answers.query import Reader
from graph.schema import RELATION_OF_TYPE, RELATIONS


def read_facts(
    read: Reader, ids: Sequence[str], as_of: datetime | None
) -> dict[str, dict[str, Any]]:
    """By id: the columns of `SHOWN`, and under each relation the exact number of children."""
    found = read(FACTS, {"ids": list(ids)}, row_limit=1).one()
    names = (*SHOWN, *RELATIONS)
    columns = zip(*(found[name] for name in names), strict=True)
    facts = {row[0]: dict(zip(names, row, strict=True)) for row in columns}
    if as_of is None:
        links, sign = read(GONE).one(), -1
    else:
        links, sign = read(MADE, {"ids": list(ids), "as_of": as_of}, row_limit=1).one(), 1
        facts = {id_: {**shown, **dict.fromkeys(RELATIONS, 0)} for id_, shown in facts.items()}
    for base, type_, count in zip(links["base"], links["type"], links["links"], strict=True):
        if base in facts:
            facts[base][RELATION_OF_TYPE[type_]] += sign * count
    return facts
