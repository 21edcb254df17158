"""From the Hub's object for one repository to a record, and from a dump's rows to their columns.

Both follow from the declaration of the kind: a key that a property takes as it is, and the rules of
the others. Only what an answer carries is stated: a key that was not asked for is left out of the
record, one that is there and empty is stated as absent.
"""

import re
from collections.abc import Mapping
from functools import cache

from graph import schema
from graph.errors import DataError
from graph.observe import fields
from graph.observe.hub import licences, lineage, parts, tags, weights
from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.ids import MODEL_PATTERN
from graph.observe.table import Table, every, quoted
from graph.schema import NodeType, Type

RULES = (
    parts.GATED,
    tags.TAGS,
    licences.LICENCES,
    parts.CARD,
    lineage.CARD_BASES,
    lineage.BASES,
    weights.WEIGHTS,
    *parts.OTHERS,
)
"""In the order in which they are applied."""


def record_of(node: NodeType, info: Json, observed_at: str | None = None) -> Raw:
    """The record of one repository, from the Hub's object of its detail or list route.

    The keys may be spelled as the Hub's Python client does (`last_modified`). The object was
    `observed_at` a time in ISO 8601.

    Raises:
        DataError: the object is not about such a repository.
    """
    if not isinstance(info, Mapping) or not isinstance(info.get("id"), str):
        raise DataError(f"This is not the Hub's answer about a {node.singular}: it has no id.")
    record: Raw = {"record": node.form, "id": info["id"]}
    for key, name, is_list in _plain(node):
        if key in info:
            record[name] = _texts(info[key]) if is_list else info[key]
    for rule in _rules(node):
        if not info.keys().isdisjoint(rule.keys):
            rule.read(record, info)
    if observed_at is not None:
        record["observed_at"] = observed_at
    return record


def model_record(info: Json, observed_at: str | None = None) -> Raw:
    """The record of one model; see `record_of`."""
    return record_of(schema.MODEL, info, observed_at)


def columns_of(node: NodeType, types: Mapping[str, str], latest_ms: int) -> Table:
    """The rows of a dump as columns, from those that are read; arguments as of `Table`."""
    table = Table(types, latest_ms, lineage=dict(lineage.UNSTATED) if node.has_lineage else {})
    table.texts.append("id")
    table.checks.append(f"regexp_full_match(id, '{MODEL_PATTERN}')")
    refers = {r.stated_by for r in schema.REFERENCES if r.start == node.label}
    for item in node.properties:
        if item.hub in types:
            column = quoted(item.hub)
            table.values[item.name] = fields.of(item).select(table, column, types[item.hub])
            if item.name in refers:
                table.checks.append(every(column, f"regexp_full_match(x, '{MODEL_PATTERN}')"))
    for rule in _rules(node):
        if table.has(*rule.keys):
            rule.select(table)
    return table


@cache
def _plain(node: NodeType) -> tuple[tuple[str, str, bool], ...]:
    """Key, property, and whether it is a list, for both spellings of each key."""
    found = [(p.hub, p.name, p.type is Type.STRINGS) for p in node.properties if p.hub]
    snake = [(_in_snake_case(key), name, is_list) for key, name, is_list in found]
    return tuple(dict.fromkeys((*snake, *found)))


def _in_snake_case(key: str) -> str:
    return re.sub("(?<=[a-z])[A-Z]", r"_\g<0>", key).lower()


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


@cache
def _rules(node: NodeType) -> tuple[Rule, ...]:
    derived = {key.name for key in node.derived}
    return tuple(rule for rule in RULES if derived.intersection(rule.keys))
