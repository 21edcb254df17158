"""What a record says of a node: the newest record wins, an older one fills gaps.

The newest is the one that was changed last; counts are those that were observed last.
"""

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import note, note_differences, was_noted
from graph.resolve.counts import settle_counts
from graph.resolve.delta import Tally
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import NodeKey, Values
from graph.resolve.names import is_guess, respell, spell
from graph.resolve.past import Past
from graph.resolve.presence import appear, earlier, keep_loss, settle_presence
from graph.resolve.times import observed_in
from graph.resolve.traits import COUNTED

_SIZE = ("parameters", "parameters_source")


def describe(draft: Draft, node: DraftNode, record: Record, past: Past, tally: Tally) -> None:
    """Take in what a record says of its node; the tally counts how it compares with the graph.

    `past` is that of the node without the record.
    """
    held = dict(node.values)
    stored, observed = node.version, record.observed_at or ""
    if stored <= record.version and record.spelling != node.spelling:
        respell(node, record.spelling, (record.spelling,))
    if stored < record.version:
        _replace(node, record)
        tally.updated += bool(stored)
        tally.new += not stored
    elif stored == record.version:
        tally.unchanged += 1
    else:
        respell(node, node.spelling, (record.spelling,))
        _fill(node, record)
        tally.older += 1
    _count(node, record, held)
    node.values["last_seen"] = draft.now
    if node.kind.is_repository:
        node.values["known"] = True
    if node.kind.has_history:
        _follow(draft, node, record, held, past)
    else:
        keep_loss(node, observed)


def subject(draft: Draft, record: Record) -> DraftNode:
    """The node that a record describes, which may be new."""
    ref = NodeKey(record.node.label, record.key)
    node = draft.find(ref)
    if node is None:
        node = draft.create(ref)
        spell(node, record.spelling)
    return node


def _follow(draft: Draft, node: DraftNode, record: Record, held: Values, past: Past) -> None:
    """What follows for the history of a node that a record describes.

    What is new to the graph has appeared only if the graph held all of the Hub before.
    """
    _date(draft, node, record, held)
    stored = held.get("record_version") or ""
    at = record.observed_at or draft.now
    if stored and stored < record.version:
        note_differences(draft, node, held, at)
    elif not stored and draft.after_snapshot and not _is_noted(draft, node):
        note(draft, node, "appeared", at)
    memory.remember(node, past, record)
    settle_counts(node, held, record, past)
    is_lost = held.get("gone_since") or held.get("away") or was_noted(draft, node, "missing")
    if record.observed_at and is_lost:
        settle_presence(draft, node)


def _is_noted(draft: Draft, node: DraftNode) -> bool:
    """Whether something noted already says since when the node is there."""
    return any(was_noted(draft, node, kind) for kind in ("appeared", "taken_over"))


def _replace(node: DraftNode, record: Record) -> None:
    """What a newer record states is so; what it does not mention stays."""
    values = node.values
    values.update(record.properties)
    absent = [name for name, value in record.properties.items() if value is None]
    values["absent"] = sorted(absent) or None
    values["record_version"] = record.version


def _fill(node: DraftNode, record: Record) -> None:
    """What no newer record states, an older one may; a number from a name gives way to any."""
    values = node.values
    if is_guess(values):
        values.update(dict.fromkeys(_SIZE))
    absent = values.get("absent") or ()
    for name, value in record.properties.items():
        if values.get(name) is None and name not in absent:
            values[name] = value


def _date(draft: Draft, node: DraftNode, record: Record, held: Values) -> None:
    """Set when the node appeared."""
    created = node.values.get("created_at")
    if created is None:
        stated = record.properties.get("created_at")  # which a newer record denies
        sign = str(stated or record.observed_at or held.get("appeared_at") or draft.now)
        created = earlier(held, sign) if held else sign
    appear(draft, node, created)


def _count(node: DraftNode, record: Record, held: Values) -> None:
    """Of counts the newest observation holds, which another record may have than the newest."""
    version = held.get("record_version")
    if not version:
        return
    last, observed = held.get("counts_seen_at") or observed_in(version), record.observed_at or ""
    for name in COUNTED[node.ref.label] & record.properties.keys():
        if observed > last:
            node.values[name] = record.properties[name]
        elif observed < last and held.get(name) is not None:
            node.values[name] = held[name]
    newest = max(last, observed)
    node.values["counts_seen_at"] = None if newest == observed_in(node.version) else newest
