"""From a node to the record that describes it, and says as much as the graph holds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.observe.digests import DIGEST
from graph.observe.hub.rules import Raw
from graph.resolve.describing import stated_before
from graph.schema import RELATION_OF_TYPE, NodeType

OLDEST = "0" * DIGEST
"""The digest of a record that is older than any other of the same time."""


def begun(node: NodeType, name: object, **fields: object) -> Raw:
    """A record of which nothing but the name is said yet."""
    return {"record": node.form, node.key: name, **fields}


def main_record(node: NodeType, values: Mapping[str, Any]) -> Raw:
    """The newest record of a node, without its lineage. The times among the values are text."""
    record = begun(node, values[node.key])
    names = list(node.stated)
    if str(values.get("parameters_source")).startswith("name"):
        names = [name for name in names if not name.startswith("parameters")]
    record |= {name: value for name in names if (value := values.get(name)) is not None}
    record |= dict.fromkeys(values.get("absent") or ())
    for older in stated_before(values).values():
        for name in older:
            record.pop(name, None)
    _, seen, record["digest"] = str(values["record_version"]).split(" ")
    return record | ({"observed_at": seen} if seen else {})


def earlier_records(values: Mapping[str, Any]) -> Iterator[Raw]:
    """Older records, of which something stands that no newer one mentions; the oldest first."""
    for version, names in stated_before(values).items():
        modified, seen, digest = version.split(" ")
        absent = values.get("absent") or ()
        record: Raw = {name: None if name in absent else values.get(name) for name in names}
        record |= {"last_modified": modified} if modified else {}
        yield record | ({"observed_at": seen} if seen else {}) | {"digest": digest}


def lineage(edges: Sequence[Mapping[str, Any]], relation: object, spelled: Sequence[str]) -> Raw:
    """What a record says of the bases, which are all of one relation.

    Args:
        edges: relationships with `type` and `source`.
        relation: the relation that counts, where they are of several.
        spelled: the base of each as the record spells it.
    """
    types = {RELATION_OF_TYPE[edge["type"]] for edge in edges}
    if not types:
        return {"bases": []}
    chosen = str(relation) if relation in types else min(types)
    kept = [
        (edge, name)
        for edge, name in zip(edges, spelled, strict=True)
        if RELATION_OF_TYPE[edge["type"]] == chosen
    ]
    said: Raw = {"relation": chosen, "bases": [name for _, name in kept]}
    sources = {edge["source"] for edge, _ in kept}
    if len(sources) == 1 and None not in sources:
        said["bases_source"] = sources.pop()
    return said
