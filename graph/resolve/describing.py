"""What a record says of a node: each property is that of the newest record that states it.

The newest is the one that was changed last; counts are those that were observed last.
"""

from collections.abc import Mapping
from typing import Any

from graph.observe.digests import VERSION_PARTS
from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import note, was_noted
from graph.resolve.counts import settle_counts
from graph.resolve.delta import Tally
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.facts import settle_facts
from graph.resolve.held import NodeKey, Values
from graph.resolve.names import is_guess, respell, spell
from graph.resolve.past import UNKNOWN, Past
from graph.resolve.presence import appear, earlier, keep_loss, settle_presence
from graph.resolve.times import observed_in
from graph.resolve.traits import COUNTED

_SIZE = ("parameters", "parameters_source")
_LASTING = frozenset({"hub_id"})
"""What a record cannot deny: every repository has one, though not every record says which."""


def describe(draft: Draft, node: DraftNode, record: Record, past: Past, tally: Tally) -> None:
    """Take in what a record says of its node; the tally counts how it compares with the graph.

    `past` is that of the node without the record.
    """
    held = dict(node.values)
    stored = node.version
    if stored <= record.version and record.spelling != node.spelling:
        respell(node, record.spelling, (record.spelling,))
    elif stored > record.version:
        respell(node, node.spelling, (record.spelling,))
    if stored != record.version:
        take(node, record.version, record.properties)
    tally.new += not stored
    tally.updated += bool(stored) and stored < record.version
    tally.unchanged += stored == record.version
    tally.older += stored > record.version
    _count(node, record.observed_at or "", record.properties, held)
    node.values["last_seen"] = draft.now
    if node.kind.is_repository:
        node.values["known"] = True
    if node.kind.has_history:
        _follow(draft, node, record, held, past)
    else:
        keep_loss(node, memory.time_of(record))
    _deny_counts(node, held, record.properties)


def subject(draft: Draft, record: Record) -> DraftNode:
    """The node that a record describes, which may be new."""
    label = record.node.label
    present = draft.names.present(record.key) if label == draft.names.label else None
    ref = NodeKey(label, present or record.key)
    node = draft.find(ref)
    if node is None:
        node = draft.create(ref)
        spell(node, record.spelling)
    address(record, node, record.spelling)
    return node


def address(record: Record, node: DraftNode, called: str) -> None:
    """Let a record that called a node by a former name call it as it is called now."""
    record.key = node.ref.key
    record.spelling = called if called.lower() == record.key else node.spelling


def _follow(draft: Draft, node: DraftNode, record: Record, held: Values, past: Past) -> None:
    """What follows for the history of a node that a record describes.

    What is new to the graph has appeared only if the graph held all of the Hub before.
    """
    _date(draft, node, record, held)
    is_new = not held.get("record_version")
    if is_new and draft.after_snapshot and not _is_noted(draft, node):
        note(draft, node, "appeared", record.observed_at or draft.now)
    memory.remember(node, past, record)
    settle_counts(node, held, record, past)
    settle_facts(draft, node, held, record, past)
    settle_presence(draft, node)


def _is_noted(draft: Draft, node: DraftNode) -> bool:
    """Whether something noted already says since when the node is there."""
    return any(was_noted(draft, node, kind) for kind in ("appeared", "taken_over"))


def take(node: DraftNode, version: str, properties: Mapping[str, object]) -> None:
    """Take in what a record of some version states, unless a newer one states it."""
    values = node.values
    if not node.version:
        absent_names = (name for name, value in properties.items() if value is None)
        values.update(properties, absent=sorted(absent_names) or None, record_version=version)
        return
    versions, absent = _versions(node), set(values.get("absent") or ())
    for name, value in properties.items():
        if value is None and name in _LASTING:
            absent |= {name} if values.get(name) is None else set()
            continue
        if version >= versions.get(name, ""):
            values[name], versions[name] = value, version
            (absent.add if value is None else absent.discard)(name)
    newest = max(node.version, version)
    older: dict[str, list[str]] = {}
    for name, stated in versions.items():
        if stated and stated != newest:
            older.setdefault(stated, []).append(name)
    left = [" ".join((stated, *sorted(older[stated]))) for stated in sorted(older)]
    values["absent"] = sorted(absent) or None
    values["record_version"] = newest
    values["stated_before"] = left or None


def join_described(node: DraftNode, other: DraftNode) -> None:
    """Take in what records say of another node that is the same."""
    held, values = dict(node.values), other.values
    groups: dict[str, dict[str, object]] = {other.version: {}}
    for name, version in _versions(other).items():
        groups.setdefault(version, {})[name] = values.get(name)
    for version, stated in groups.items():
        take(node, version, stated)
    counted = COUNTED[node.ref.label]
    known = {name: values[name] for name in counted if values.get(name) is not None}
    _count(node, _counted_last(values), known, held)
    _deny_counts(node, held, dict.fromkeys(values.get("absent") or (), None) | known)


def stated_before(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Version of an older record → the properties that no newer one states."""
    found = (text.split(" ") for text in values.get("stated_before") or ())
    return {" ".join(words[:VERSION_PARTS]): words[VERSION_PARTS:] for words in found}


def _counted_last(values: Values) -> str:
    """When counts were last observed."""
    return values.get("counts_seen_at") or observed_in(str(values["record_version"]))


def _versions(node: DraftNode) -> dict[str, str]:
    """The version of the record that each property is from; a number from a name is from none."""
    values, newest = node.values, node.version
    if not newest:
        return {}
    guessed = _SIZE if is_guess(values) else ()
    known = (n for n in node.kind.stated if values.get(n) is not None and n not in guessed)
    absent = values.get("absent") or ()
    versions = dict.fromkeys((*known, *absent), newest)
    versions |= dict.fromkeys(_LASTING.intersection(absent), "")
    for version, names in stated_before(values).items():
        versions |= dict.fromkeys(names, version)
    return versions


def _date(draft: Draft, node: DraftNode, record: Record, held: Values) -> None:
    """Set when the node appeared."""
    created = node.values.get("created_at")
    if created is None:
        stated = record.properties.get("created_at")  # which a newer record denies
        at = memory.time_of(record)
        sign = str(stated or (held.get("appeared_at") or draft.now if at == UNKNOWN else at))
        created = earlier(held, sign) if held else sign
    appear(draft, node, created)


def _count(node: DraftNode, observed: str, stated: Mapping[str, object], held: Values) -> None:
    """Of counts the newest observation holds, which another record may have than the newest."""
    if not held.get("record_version"):
        return
    last = _counted_last(held)
    for name in COUNTED[node.ref.label] & stated.keys():
        if observed > last:
            node.values[name] = stated[name]
        elif observed < last and held.get(name) is not None:
            node.values[name] = held[name]
    newest = max(last, observed)
    node.values["counts_seen_at"] = None if newest == observed_in(node.version) else newest


def _deny_counts(node: DraftNode, held: Values, stated: Mapping[str, object]) -> None:
    """Whatever record denies a count that was stated, it is `absent`; else its record is lost."""
    absent = set(node.values.get("absent") or ())
    for name in COUNTED[node.ref.label]:
        if node.values.get(name) is not None:
            absent.discard(name)
        elif name in stated or held.get(name) is not None or name in (held.get("absent") or ()):
            absent.add(name)
    node.values["absent"] = sorted(absent) or None
