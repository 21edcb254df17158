"""Licence, access and number of parameters through time: what records stated, and what changed.

A model of which one of them changed keeps `facts_then`: for each stretch of equal statements a text
of its first time, the name and the value. With the times of all statements (`graph.resolve.past`)
it says what was stated when, so that a record that comes late is put in its place. Of two values
at one time the greater text counts.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import Differences, noted, settle_compared
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import Values
from graph.resolve.names import is_guess
from graph.resolve.past import FACTS, Past

Facts = dict[str, dict[str, str | None]]
"""Name → time → what was stated then, as text; None: that there is none."""


def settle_facts(draft: Draft, node: DraftNode, held: Values, record: Record, past: Past) -> None:
    """Take in the facts that a record states; `held` and `past` are those without the record."""
    stated = {name: _text(record.properties[name]) for name in FACTS if name in record.properties}
    is_known = all(value_of(held, name) == value for name, value in stated.items())
    if not past or (is_known and not held.get("facts_then")):
        return
    at = memory.time_of(record)
    new = {name: {at: value} for name, value in stated.items()}
    derive_facts(draft, node, either_fact(stated_facts(held, past), new))


def stated_facts(values: Mapping[str, Any], past: Past) -> Facts:
    """What records stated, by time, in order."""
    then: dict[str, list[tuple[str, str | None]]] = {name: [] for name in FACTS}
    for text in values.get("facts_then") or ():
        at, name, value = text.split(" ", 2)
        then[name].append((at, value or None))
    found: Facts = {}
    for name, bit in FACTS.items():
        value, left = value_of(values, name), iter(then[name])
        following = next(left, None)
        found[name] = {}
        for at in memory.times(past, bit):
            while following is not None and following[0] <= at:
                value, following = following[1], next(left, None)
            found[name][at] = value
    return found


def either_fact(one: Facts, other: Facts) -> Facts:
    """What was stated in one or the other; of two values at one time the greater text."""
    found = {name: dict(stated) for name, stated in one.items()}
    for name, stated in other.items():
        own = found.setdefault(name, {})
        for at, value in stated.items():
            own[at] = max(value, own.get(at), key=lambda text: text or "")
    return found


def derive_facts(draft: Draft, node: DraftNode, stated: Facts) -> None:
    """Work out what changed when. A change of a time of which no statement is known stands."""
    texts: list[str] = []
    found: Differences = {}
    for name, values in stated.items():
        begun = list(_stretches(values))
        if len(begun) > 1 or (begun and begun[0][1] != value_of(node.values, name)):
            texts += [f"{at} {name} {value or ''}" for at, value in begun]
        later = set(sorted(values)[1:])
        found[name] = {
            change["at"]: (change.get("before"), change.get("after"))
            for change in noted(draft, node)
            if change["kind"] == name and change.get("compared") and change["at"] not in later
        }
        for (_, before), (at, after) in pairwise(begun):
            if name != "parameters" or None not in (before, after):
                found[name][at] = (before, after)
    node.values["facts_then"] = sorted(texts) or None
    settle_compared(draft, node, found)


def value_of(values: Mapping[str, Any], name: str) -> str | None:
    """A fact as text; a number of parameters that a name gave is none."""
    return None if name == "parameters" and is_guess(values) else _text(values.get(name))


def _stretches(stated: dict[str, str | None]) -> Iterator[tuple[str, str | None]]:
    """The first time of each stretch of equal values, and the value."""
    for value, times in groupby(sorted(stated), key=lambda at: stated[at]):
        yield next(times), value


def _text(value: object) -> str | None:
    return None if value is None else str(value)
