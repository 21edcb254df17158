"""What models were made from: relationships that hold since, until, and sometimes again."""

from graph.observe.digests import Lineage
from graph.observe.normalise import Record
from graph.resolve.changes import names_as_text, note, was_noted
from graph.resolve.draft import Draft, DraftLink, DraftNode
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.resolve.names import mention, own
from graph.resolve.traits import LINEAGE_OF, LINEAGE_TYPES


def settle_lineage(draft: Draft, node: DraftNode, record: Record, lineage: Lineage) -> None:
    """Take in the lineage that a record states.

    The lineage of the newest record that states one holds; an older record only fills a missing
    one. What does not hold any more becomes history, and the changes are noted. A relationship
    holds since the model appeared if it is part of the model's first known lineage, else since the
    observation of the record. One that ended and comes back was away meanwhile.
    """
    ends = [_base(draft, node, base) for base in lineage.bases]
    bases = {base.ref: base for base in ends if base}
    count = node.values.get("base_count")
    is_first = count is None
    if not is_first and node.version != record.version:
        return
    type_ = LINEAGE_OF[node.ref.label].get(lineage.relation or "")
    at = record.observed_at or draft.now
    is_other = (count, node.values.get("relation")) != (len(lineage.bases), lineage.relation)
    if not is_first:
        _end_others(draft, node, lineage, {*bases}, at, is_other=is_other)
    if is_other:
        node.values["relation"], node.values["base_count"] = lineage.relation, len(lineage.bases)
    if type_ is not None:
        since = node.values["appeared_at"] if is_first else at
        for base in bases:
            _hold(draft, LinkKey(type_, node.ref, base), lineage.source, since, at)


def live_lineage(draft: Draft, node: DraftNode) -> list[DraftLink]:
    """The relationships to bases that hold now."""
    return [
        link
        for link in draft.out(node)
        if link.ref.type in LINEAGE_TYPES and link.values.get("gone_since") is None
    ]


def _base(draft: Draft, node: DraftNode, base: str) -> DraftNode | None:
    """The node of a base; a former name leads to the model of today."""
    label = node.ref.label
    if present := draft.names.present(base):
        return draft.find(NodeKey(label, present))
    own(draft, label, base)
    return mention(draft, label, base)


def _end_others(
    draft: Draft, node: DraftNode, lineage: Lineage, bases: set[NodeKey], at: str, *, is_other: bool
) -> None:
    """What the record no longer names becomes history; changes are noted."""
    live = live_lineage(draft, node)
    type_ = LINEAGE_OF[node.ref.label].get(lineage.relation or "")
    ended = [link for link in live if link.ref.type != type_ or link.ref.end not in bases]
    if not (is_other or ended or len(live) != len(bases)):
        return
    before = names_as_text([draft.spelled(end) for end in {link.ref.end for link in live}])
    after = names_as_text([draft.spelled(end) for end in bases])
    for link in ended:
        link.values["gone_since"] = at
    relations = (node.values.get("relation"), lineage.relation)
    for kind, (was, is_now) in {"bases": (before, after), "relation": relations}.items():
        # What was reported of the model under a former name is not noted again.
        if was != is_now and not was_noted(draft, node, kind, at):
            note(draft, node, kind, at, before=was, after=is_now)


def _hold(draft: Draft, ref: LinkKey, source: str | None, since: str, at: str) -> None:
    """A relationship holds, from now on or again."""
    is_known = draft.link(ref) is not None
    values = draft.connect(ref).values
    if not is_known:
        values |= {"first_seen": draft.now, "source": source, "since": since}
        return
    gone = values.get("gone_since")
    if gone is not None:
        if at > gone:
            values["away"] = [*(values.get("away") or ()), gone, at]
        values["gone_since"] = None
        values["source"] = source
    elif values.get("source") != source:
        values["source"] = source


def either(one: Values, other: Values, gone: str | None) -> Values:
    """When the one that stays or the other of two relationships held; the other until `gone`."""
    absent = [
        (max(a[0], b[0]), min(a[1], b[1]))
        for a in _absences(one, one.get("gone_since"))
        for b in _absences(other, gone)
        if a[0] < b[1] and b[0] < a[1]
    ]
    away = [time for times in absent[1:] if times[1] != _END for time in times]
    return {
        "since": absent[0][1] if absent else None,
        "gone_since": absent[-1][0] if absent and absent[-1][1] == _END else None,
        "source": one.get("source") or other.get("source"),
        "away": away or None,
    }


_START, _END = "0", "9"
"""Before and after every time."""


def _absences(values: Values, gone: str | None) -> list[tuple[str, str]]:
    """When a relationship did not hold, from the start of time to its end."""
    away = values.get("away") or []
    absent = [(_START, values.get("since") or _START), *zip(away[::2], away[1::2], strict=True)]
    return [*absent, (gone, _END)] if gone else absent
