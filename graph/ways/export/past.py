"""The past of a node as records: older ones, from which its history comes back.

Each says little: what was there at some time, of lineage, counts and references. Loaded in the
order of time, before the record that describes the node, they leave the relationships, points and
times that the node has. They state no `last_modified`, so that record is newer than each of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from graph.observe.hub.rules import Raw
from graph.resolve.past import COUNTS
from graph.resolve.traits import COUNTED
from graph.schema import REFERENCES, NodeType, Type
from graph.times import iso, read_time
from graph.ways.export.described import begun, earlier_records, main_record
from graph.ways.export.remembered import Edge, Remembered, Spelled, points, span

Reference = Sequence[str]
"""A former one: its type, the label and the key of its end, and since when."""


def older_records(
    node: NodeType,
    values: Mapping[str, Any],
    edges: Sequence[Edge] = (),
    references: Sequence[Reference] = (),
    *,
    known_by: Mapping[str, object] | None = None,
    spelled: Spelled = lambda edge: str(edge["base"]),
) -> Iterator[Raw]:
    """The records of a node's past, the oldest first.

    Args:
        node: its kind.
        values: its properties, times as text.
        edges: all that its lineage ever was.
        references: what it does not state any more.
        known_by: what each of them must state to be taken for this node.
        spelled: how a record names the base of a relationship.
    """
    modified, seen, _ = str(values["record_version"]).split(" ")
    appeared = iso(values["appeared_at"]) if values.get("appeared_at") else None
    there = span("", values.get("gone_since"), values.get("away"))

    def may_say(at: str) -> bool:
        """Whether a record of that time is older than the one that describes the node.

        Nor must it be from a time at which the node was gone, for it would bring it back.
        """
        return at != seen and (bool(modified) or at < seen) and there.holds(at)

    said: dict[str, Raw] = {}
    undated: dict[str, Raw] = {}
    remembered = Remembered(values, edges, spelled)
    times = [at for at in remembered.facts if may_say(at)] or ([appeared] if appeared else [])
    told = [*_references(node, values, references, times)]
    if node.has_history:
        undated |= {str(each.get("last_modified", "")): each for each in remembered.undated()}
        told += remembered.dated(may_say) if remembered.facts else _changes(remembered)
        if appeared and values.get("created_at") is None and not remembered.has_seen(appeared):
            told.append((appeared, {}))
    for at, facts in told:
        if may_say(at):
            said.setdefault(at, {}).update(facts)
    for at, counts in _counts(node, values):
        said.setdefault(at, {}).update(counts)
    records = {at: facts | {"observed_at": at} for at, facts in said.items()}
    for record in earlier_records(values):
        at = str(record.get("observed_at", ""))
        own, key = (records, at) if at else (undated, str(record.get("last_modified", "")))
        own[f"{key} {record['digest']}"] = own.pop(key, {}) | remembered.counted(record, key)
    for found in (*_in_order(undated), *_modified(_in_order(records))):
        yield begun(node, values[node.key], **(known_by or {}), **found)


def _modified(records: Iterable[Raw]) -> Iterator[Raw]:
    """Records in the order of time, none older than the one before for want of a modification."""
    newest = ""
    for record in records:
        newest = max(newest, str(record.get("last_modified") or ""))
        yield {"last_modified": newest, **record} if newest else record


def _in_order(records: Mapping[str, Raw]) -> Iterator[Raw]:
    return (records[key] for key in sorted(records))


def _counts(node: NodeType, values: Mapping[str, Any]) -> Iterator[tuple[str, Raw]]:
    """What the Hub counted, where another record than the newest said that."""
    if values.get("counts_seen_at"):
        names = COUNTED[node.label] - (COUNTS.keys() if node.has_history else set())
        absent = values.get("absent") or ()
        known = [name for name in sorted(names) if values.get(name) is not None or name in absent]
        yield iso(values["counts_seen_at"]), {name: values.get(name) for name in known}


def newest_record(
    node: NodeType, values: Mapping[str, Any], edges: Sequence[Edge], spelled: Spelled
) -> Raw:
    """The newest record of a node; arguments as for `older_records`."""
    record = main_record(node, values)
    return Remembered(values, edges, spelled).newest(record) if node.has_history else record


def _changes(remembered: Remembered) -> Iterator[tuple[str, Raw]]:
    """Where no times of records are remembered: what changed, and when."""
    values = remembered.values
    yield from points(values)
    if values.get("appeared_at") and values.get("base_count") is not None:
        for at, then in _lineages(remembered.edges, iso(values["appeared_at"])):
            yield at, remembered.lineage(then)


def _lineages(edges: Sequence[Edge], appeared: str) -> Iterator[tuple[str, list[Edge]]]:
    """Each lineage before the present one."""
    spans = [
        span(max(iso(edge["since"] or appeared), appeared), edge["gone"], edge["away"])
        for edge in edges
    ]
    steps = {
        time
        for since, gone, away in spans
        for time in (since, gone, *chain.from_iterable(away))
        if time not in (None, appeared)
    }
    for at in (appeared, *sorted(steps)) if steps else ():
        yield at, [edge for edge, span in zip(edges, spans, strict=True) if span.holds(at)]


def _references(
    node: NodeType,
    values: Mapping[str, Any],
    references: Sequence[Reference],
    times: Sequence[str],
) -> Iterator[tuple[str, Raw]]:
    """References to other nodes, until they ended."""
    stated_by = {(r.type, r.end): str(r.stated_by) for r in REFERENCES if r.start == node.label}
    former: dict[str, list[tuple[str, str]]] = {}
    for type_, end, key, gone in references:
        former.setdefault(stated_by[type_, end], []).append((iso(gone), key))
    for name, ended in former.items():
        ended.sort()
        present = values.get(name)
        listed = node.find(name).type is Type.STRINGS
        for at in (_before(ended[0][0], times), *sorted({gone for gone, _ in ended})):
            left = [key for gone, key in ended if gone > at]
            if listed:
                yield at, {name: [*(present or ()), *left] or None}
            else:
                yield at, {name: left[0] if left else present}


def _before(at: str, times: Sequence[str]) -> str:
    """A time before another one, of those at which the node was there if possible."""
    earlier = [time for time in times if time < at]
    return max(earlier) if earlier else iso(read_time(at) - timedelta(milliseconds=1))
