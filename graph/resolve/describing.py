"""What a record says of a node: the newest record wins, an older one fills gaps."""

from graph.observe.normalise import Record
from graph.resolve.changes import note, note_differences, was_noted
from graph.resolve.counts import CountsAt, insert_counts, observe_counts
from graph.resolve.delta import Tally
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import NodeKey, Values
from graph.resolve.names import is_guess, respell, spell
from graph.resolve.presence import appear, earlier, settle_presence, still_gone

_SIZE = ("parameters", "parameters_source")


def describe(draft: Draft, record: Record, tally: Tally) -> DraftNode:
    """Take in what a record says of its node; the tally counts how it compares with the graph."""
    ref = NodeKey(record.node.label, record.key)
    node = draft.find(ref)
    if node is None:
        node = draft.create(ref)
        spell(node, record.spelling)
        held: Values = {}
    else:
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
    node.values["last_seen"] = draft.now
    if node.kind.is_repository:
        node.values["known"] = True
    if node.kind.has_history:
        _follow(draft, node, record, held)
    else:
        node.values["gone_since"] = still_gone(node, observed)
    return node


def _follow(draft: Draft, node: DraftNode, record: Record, held: Values) -> None:
    """What follows for the history of a node that a record describes.

    What is new to the graph has appeared only if the graph held all of the Hub before.
    """
    _date(draft, node, record, held)
    stored = held.get("record_version") or ""
    at = record.observed_at or draft.now
    if stored and stored < record.version:
        note_differences(draft, node, held, at)
    elif not stored and draft.after_snapshot and not was_noted(draft, node, "appeared"):
        note(draft, node, "appeared", at)
    if _is_back(held, record, stored):
        settle_presence(draft, node, at)
    if stored:
        _count(node, record, held)


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


def _is_back(held: Values, record: Record, stored: str) -> bool:
    """Whether the record may end an absence.

    The one that the graph holds may as well, if a load was killed before that was settled.
    """
    gone, observed = held.get("gone_since"), record.observed_at
    if stored == record.version:
        return bool(gone and observed and gone <= observed)
    is_newer = "" < stored < record.version
    return bool(gone or held.get("away")) and bool(observed or is_newer)


def _count(node: DraftNode, record: Record, held: Values) -> None:
    stored, observed, stated = held["record_version"], record.observed_at, record.properties
    if stored < record.version:
        observe_counts(held, node.values, observed or str(node.values["last_seen"]))
    elif stored > record.version and observed:
        downloads, likes = stated.get("downloads"), stated.get("likes")
        insert_counts(node.values, CountsAt(observed, downloads, likes))  # type: ignore[arg-type]
