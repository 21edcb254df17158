"""What models were made from: relationships that hold since, until, and sometimes again.

A record states the whole lineage of a model, and its statement holds until the next one in the
order of time, whatever the order of loading. Of two at one time, the greater one holds.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from graph.observe.digests import Lineage
from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import Differences, names_as_text, settle_compared
from graph.resolve.draft import Draft, DraftLink, DraftNode
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.resolve.names import mention, own
from graph.resolve.past import Past, first_since
from graph.resolve.traits import LINEAGE_OF, LINEAGE_TYPES, ids_in
from graph.schema import DECLARED, RELATION_OF_TYPE

Statement = frozenset[LinkKey]
"""The relationships that a record states, all of one type."""
Statements = Mapping[str, Statement]
"""Time → what was stated then."""

_NONE: Statement = frozenset()


def settle_lineage(
    draft: Draft, node: DraftNode, record: Record, lineage: Lineage, past: Past
) -> bool:
    """Take in the lineage that a record states, and note what changed.

    `past` is that of the node without the record. Returns whether the statement holds now.
    """
    type_ = LINEAGE_OF[node.ref.label].get(lineage.relation or "", "")
    bases = {base.ref for each in lineage.bases if (base := _base(draft, node, each))}
    stated = frozenset(LinkKey(type_, node.ref, base) for base in bases)
    at, times = memory.time_of(record), memory.times(past, memory.LINEAGE)
    is_newest, same = not times or at >= times[-1], None
    known: Statements = {}
    if not (times and at > times[-1] and stated == _now(draft, node)):
        known = statements(draft, node, past)
        same = known.get(at)
        is_newest = _insert(draft, node, known, stated, at) and is_newest
    for ref in stated:
        link = draft.connect(ref)
        if not any(ref in then for time, then in known.items() if time > at):
            again = link.values.get("source") if same == stated else None
            link.values["source"] = max(lineage.source or "", again or "") or None
    if is_newest:
        node.values["relation"] = lineage.relation
    return is_newest


def count_bases(draft: Draft, node: DraftNode) -> None:
    """Count the bases of a model in every layer: resolved, and declared."""
    values = node.values
    names = {ref.end.key for ref in _now(draft, node)}
    for reference in DECLARED:
        names.update(name.lower() for name in ids_in(values.get(str(reference.stated_by))))
    values["base_count"] = len(names) + len(values.get("unusable_bases") or ())


def _insert(draft: Draft, node: DraftNode, known: Statements, stated: Statement, at: str) -> bool:
    """Put a statement in its place; says whether it holds at its time."""
    same = known.get(at)
    stands = same is None or _order(stated) >= _order(same)
    if stated != same:
        lost = (same or _NONE) if stands else stated
        derive(draft, node, {**known, at: stated} if stands else known, lost, at)
    return stands


def _now(draft: Draft, node: DraftNode) -> Statement:
    """The relationships that hold now."""
    live = (link for link in _lineage(draft, node) if link.values.get("gone_since") is None)
    return frozenset(link.ref for link in live)


def statements(draft: Draft, node: DraftNode, past: Past) -> dict[str, Statement]:
    """What was stated whenever a record stated lineage."""
    times = memory.times(past, memory.LINEAGE)
    if not times:
        return {}
    first, links = first_since(node, past), list(_lineage(draft, node))
    return {
        at: frozenset(link.ref for link in links if _holds(link.values, at, first)) for at in times
    }


def either_stated(one: Statements, other: Statements) -> dict[str, Statement]:
    """What was stated in one or the other."""
    both = {at: max(one[at], other[at], key=_order) for at in one.keys() & other.keys()}
    return {**one, **other, **both}


def derive(
    draft: Draft,
    node: DraftNode,
    stated: Statements,
    lost: Statement = _NONE,
    lost_at: str | None = None,
) -> None:
    """Work out when each relationship held, and what changed.

    What is `lost` was stated at the same time as something greater: unless it holds at other times
    it ends as it begins.
    """
    times = sorted(stated)
    if not times:
        return
    first = first_since(node, node.past or {})
    for ref in {link.ref for link in _lineage(draft, node)}.union(lost, *stated.values()):
        held = [ref in stated[at] for at in times]
        steps = [
            at for at, was, holds in zip(times, [False, *held], held, strict=False) if was != holds
        ]
        values = (draft.link(ref) or draft.connect(ref)).values
        if steps:
            ended = steps.pop() if len(steps) % 2 == 0 else None
            since = first if held[0] else steps[0]
            values |= {"since": since, "away": steps[1:] or None, "gone_since": ended}
        elif ref in lost and lost_at is not None:
            is_lost = values.get("since") == values.get("gone_since")
            ended = min(values.get("since") or lost_at, lost_at) if is_lost else lost_at
            values |= {"since": ended, "away": None, "gone_since": ended}
    settle_compared(draft, node, _differences(draft, stated, times))


def _differences(draft: Draft, stated: Statements, times: list[str]) -> Differences:
    """What changed from one statement to the next: kind and time → before and after."""
    found: Differences = {"bases": {}, "relation": {}}
    for before, after in pairwise(times):
        was, is_now = stated[before], stated[after]
        bases = [{ref.end for ref in each} for each in (was, is_now)]
        if bases[0] != bases[1]:
            names = (names_as_text([draft.spelled(end) for end in each]) for each in bases)
            found["bases"][after] = tuple(names)
        relations = [next((RELATION_OF_TYPE[ref.type] for ref in s), None) for s in (was, is_now)]
        if relations[0] != relations[1]:
            found["relation"][after] = tuple(relations)
    return found


def _lineage(draft: Draft, node: DraftNode) -> Iterator[DraftLink]:
    return (link for link in draft.out(node) if link.ref.type in LINEAGE_TYPES)


def _holds(values: Values, at: str, first: str) -> bool:
    """Whether a relationship held at the time of a statement; `first` is that of the first ones."""
    since, gone, away = (values.get(name) for name in ("since", "gone_since", "away"))
    began = since in (None, first) or since <= at
    ended = gone is not None and gone <= at
    return bool(began) and not ended and sum(time <= at for time in away or ()) % 2 == 0


def _order(stated: Statement) -> list[tuple[str, str]]:
    return sorted((ref.type, ref.end.key) for ref in stated)


def _base(draft: Draft, node: DraftNode, base: str) -> DraftNode | None:
    """The node of a base; a former name leads to the model of today."""
    label = node.ref.label
    if present := draft.names.present(base):
        return draft.find(NodeKey(label, present))
    own(draft, label, base)
    return mention(draft, label, base)


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
