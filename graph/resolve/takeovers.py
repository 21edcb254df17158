"""Names taken over: another repository under a name begins anew, with nothing of the one before.

Another `hub_id` shows that it is another. Where one side has none, its creation does if it lies
after the last observation of the one before. Of two repositories the one that was observed last has
the name; a record of the other says nothing of it, in any order of arrival.
"""

from datetime import datetime, timedelta

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import changes_of, holder_since, note, noted
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.names import respell
from graph.resolve.past import Past
from graph.resolve.presence import ARRIVALS, appear, settle_presence
from graph.resolve.traits import LINEAGE_TYPES, REFERENCE_TYPES
from graph.schema import NODES, Source

_STAY = frozenset({"id", "name", "author", "aliases", "known", "first_seen", "last_seen"})
_FORGOTTEN = {
    node.label: tuple(
        item.name
        for item in node.properties
        if item.source is not Source.INFLUENCE and item.name not in {*_STAY, node.key, node.fold}
    )
    for node in NODES
}
"""Label → what was stated of the repository before, and what followed from that."""

_PRECISION = timedelta(days=1)


def is_other(draft: Draft, node: DraftNode, record: Record, past: Past) -> bool:
    """Whether a record is about another repository than the one that the graph holds."""
    known, stated = node.values.get("hub_id"), record.properties.get("hub_id")
    if known is not None and stated is not None:
        return bool(known != stated)
    created, own = record.properties.get("created_at"), node.values.get("created_at")
    if created is not None and created == own:
        return False
    if is_newer(node, record, past):
        return _is_after(created, max(memory.seen(past), default=None))
    before_takeover = memory.time_of(record) < holder_since(draft, node, record.key)
    return before_takeover or _is_after(own, record.observed_at)


def is_newer(node: DraftNode, record: Record, past: Past) -> bool:
    """Whether a record of another repository is newer than what is known of the present one."""
    own = (max(past), node.values.get("hub_id") or "", node.values.get("created_at") or "")
    properties = record.properties
    other = (properties.get("hub_id") or "", properties.get("created_at") or "")
    return (memory.time_of(record), *map(str, other)) > own


def begin_anew(draft: Draft, node: DraftNode, record: Record) -> None:
    """Forget what the repository before was, and end what followed from it."""
    at, values = record.observed_at or draft.now, node.values
    before, after = values.get("hub_id"), record.properties.get("hub_id")
    for alias in values.get("aliases") or ():
        draft.names.forget(alias)
    aliases = [alias for alias in values.get("aliases") or () if alias.lower() == node.ref.key]
    values.update(dict.fromkeys(_FORGOTTEN[node.ref.label]))
    values |= {"aliases": aliases or None, "first_seen": draft.now}
    node.past = {}
    for link in draft.out(node):
        if link.ref.type in LINEAGE_TYPES:  # it counts at no time of the present one
            link.values |= {"since": at, "away": None, "gone_since": at}
        elif link.ref.type in REFERENCE_TYPES and link.values.get("gone_since") is None:
            link.values["gone_since"] = at
    if node.kind.has_history:
        for change in list(changes_of(draft, node)):
            kind, compared = change.values["kind"], change.values.get("compared")
            if kind == "renamed" or (compared and kind != "taken_over"):
                draft.remove(change)
        note(draft, node, "taken_over", at, before=before, after=after)


def pass_over(draft: Draft, node: DraftNode, record: Record, past: Past) -> None:
    """A record of a repository that had the name before: the present one took it over."""
    respell(node, node.spelling, (record.spelling,))
    if not node.kind.has_history:
        return
    before, own = record.properties.get("hub_id"), _own(draft, node)
    if own is not None:
        own.values["before"] = own.values.get("before") or before
        return
    for change in list(changes_of(draft, node)):
        if change.values.get("compared") and change.values["kind"] == "appeared":
            draft.remove(change)
    began = min(memory.seen(past), default=draft.now)
    note(draft, node, "taken_over", began, before=before, after=node.values.get("hub_id"))
    if node.values.get("created_at") is None:
        arrived = (c["at"] for c in noted(draft, node) if c["kind"] in ARRIVALS and c["at"] > began)
        appear(draft, node, min([began, *arrived]))
    settle_presence(draft, node)


def date_takeover(draft: Draft, node: DraftNode, record: Record) -> None:
    """Date a takeover by the first observation of the present holder, which is there since then."""
    own = _own(draft, node)
    if own is None:
        return
    own.values["after"] = node.values.get("hub_id")
    at = record.observed_at
    others = (
        c["at"] for c in noted(draft, node) if c["kind"] == "taken_over" and c is not own.values
    )
    if at is not None and max(others, default="") < at < own.values["at"]:
        draft.remove(own)
        before, after = (own.values.get(name) for name in ("before", "after"))
        note(draft, node, "taken_over", at, before=before, after=after)
    settle_presence(draft, node)


def note_takeover(draft: Draft, node: DraftNode, former: DraftNode, at: str) -> None:
    """Keep that a repository has a name that another one had until it was renamed at some time."""
    seen = memory.seen(memory.recall(draft, node))
    if seen and min(seen) >= at and not holder_since(draft, node, node.ref.key):
        before, after = former.values.get("hub_id"), node.values.get("hub_id")
        note(draft, node, "taken_over", min(seen), before=before, after=after)


def _own(draft: Draft, node: DraftNode) -> DraftNode | None:
    """The takeover by the present holder, as far as records showed it."""
    ids, found = (None, node.values.get("hub_id")), []
    for change in changes_of(draft, node):
        values = change.values
        if values["kind"] == "taken_over" and values.get("compared") and values.get("after") in ids:
            found.append(change)
    return max(found, key=lambda change: str(change.values["at"]), default=None)


def _is_after(created: object, seen: str | None) -> bool:
    """Whether a creation lies after something was seen, which may be dated to the day alone."""
    if created is None or seen is None or str(created) <= seen:
        return False
    times = [datetime.fromisoformat(str(each)) for each in (created, seen)]
    return times[0] - times[1] >= _PRECISION
