"""What is remembered of a model's records: the time of each, and which facts it stated.

What they stated is not stored twice: the relationships to bases, the series of counts and
`facts_then` say what held at each of these times. With both, a record that comes late is put in its
place and what follows is worked out anew, so that records give one past in any order of loading.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from graph.observe.normalise import Record
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import Values
from graph.resolve.names import is_guess
from graph.resolve.traits import LINEAGE_TYPES

LINEAGE = 1
COUNTS = {"downloads": 2, "likes": 4}
FACTS = {"license": 16, "gated": 32, "parameters": 64}
"""Properties of which another value is a change of that kind."""
IDENTITY = 128
"""The record said which repository it is about, by its `_id`."""
UNSEEN = 8
"""The time is not of an observation: it is `last_modified`, or `UNKNOWN`."""

UNKNOWN = "1970-01-01T00:00:00.000Z"
"""The time of a record that says none: before all others, as in its version."""

MOST = 10_000
"""Times that are remembered of a model, the newest."""

_BITS = COUNTS | FACTS

Past = dict[str, int]
"""The time of a record → what it stated: a sum of the constants above."""


def time_of(record: Record) -> str:
    """Where a record stands in the past."""
    return record.observed_at or str(record.properties.get("last_modified") or UNKNOWN)


def recall(draft: Draft, node: DraftNode) -> Past:
    """What the records of a node stated when, before the one that is being taken in."""
    if node.past is None or not node.kind.has_history:
        node.past = _held(node.values)
        if "observed_times" not in node.values:
            node.past |= dict.fromkeys(_times_of_links(draft, node), LINEAGE) | node.past
        _add_snapshots(node.past, node.values, draft.snapshots)
    return node.past


def remember(node: DraftNode, past: Past, record: Record) -> None:
    """Add a record to what was recalled."""
    said = LINEAGE if record.lineage is not None else 0
    said |= sum(bit for name, bit in _BITS.items() if name in record.properties)
    said |= IDENTITY if record.properties.get("hub_id") is not None else 0
    said |= 0 if record.observed_at else UNSEEN
    at = time_of(record)
    node.past = past | {at: _joined(past.get(at), said)}


def merged(one: Past, other: Past) -> Past:
    """What the records of both stated."""
    return one | {at: _joined(one.get(at), said) for at, said in other.items()}


def store(node: DraftNode) -> None:
    """Put what is remembered among the properties, unless the newest record says as much."""
    past = dict(sorted((node.past or {}).items())[-MOST:])
    is_implied = past == _implied(node.values)
    node.values["observed_times"] = None if is_implied else list(past)
    node.values["observed_facts"] = None if is_implied else list(past.values())


def times(past: Past, facts: int) -> list[str]:
    """When any of some facts was stated, in order."""
    return sorted(at for at, said in past.items() if said & facts)


def seen(past: Past) -> list[str]:
    """When the node was there, in order: a record observed it, or says that it was modified."""
    return sorted(at for at in past if at != UNKNOWN)


def identified(past: Past) -> list[str]:
    """When records observed the node and said that it is this one."""
    return [at for at, said in past.items() if said & IDENTITY and not said & UNSEEN]


def first_since(node: DraftNode, past: Past) -> str:
    """Since when the first lineage that was stated holds: since the node is known to be there."""
    return first_of(str(node.values["appeared_at"]), past)


def first_of(appeared: str, past: Mapping[str, int]) -> str:
    """The same of a node that appeared at a time."""
    first = min((at for at, said in past.items() if said & LINEAGE), default=appeared)
    return appeared if past.get(first, UNSEEN) & UNSEEN else min(appeared, first)


def _joined(one: int | None, other: int) -> int:
    """What two records of one time stated; it is of an observation if either says so."""
    return other if one is None else (one | other) & ~UNSEEN | one & other & UNSEEN


def _held(values: Values) -> Past:
    implied, times = _implied(values), values.get("observed_times")
    if not times:
        return implied
    past: Past = dict(zip(times, values["observed_facts"], strict=True))
    for at, said in implied.items():  # in graphs that remember no times of facts
        unknown = said & (sum(FACTS.values()) | IDENTITY)
        for known in past.values():
            unknown &= ~known
        past[at] = past.get(at, said & UNSEEN) | unknown
    return past


def _implied(values: Values) -> Past:
    """What there is to remember of a single record."""
    version = values.get("record_version")
    if not version:
        return {}
    modified, observed, _ = version.split(" ")
    said = 0 if observed else UNSEEN
    return {observed or modified or UNKNOWN: said | _facts(values)}


def _facts(values: Values) -> int:
    absent, guessed = values.get("absent") or (), "parameters" if is_guess(values) else None
    known = (name for name in _BITS if name != guessed and values.get(name) is not None)
    said = {*known, *absent} & _BITS.keys()
    lineage = LINEAGE if values.get("base_count") is not None else 0
    identity = IDENTITY if values.get("hub_id") is not None else 0
    return lineage | identity | sum(_BITS[name] for name in said)


def _times_of_links(draft: Draft, node: DraftNode) -> set[str]:
    """When lineage changed: in graphs that remember no times, these are some of them."""
    found: set[str] = set()
    for link in draft.out(node):
        if link.ref.type in LINEAGE_TYPES:
            ends = (link.values.get("since"), link.values.get("gone_since"))
            found.update(filter(None, ends), link.values.get("away") or ())
    return found - {node.values.get("appeared_at")}


def _add_snapshots(past: Past, values: Values, snapshots: tuple[str, ...]) -> None:
    """Updates leave what they find unchanged as it is: it was as it was then.

    There may be one for each day of years: `snapshots` are in order.
    """
    if not values.get("record_version"):
        return
    gone = values.get("gone_since")
    later = snapshots[bisect_right(snapshots, max(past)) :]
    if later:
        there = later if gone is None else later[: bisect_left(later, gone)]
        past.update(dict.fromkeys(there, _facts(values)))
