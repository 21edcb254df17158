"""When models appeared, when they were absent, and since when they are gone.

The rules, for any order of arrival:

- `appeared_at` is `created_at` where that is known; else the earliest sign that the model was
  there: a change of kind `appeared` or `returned`, the observation of a record or, where it states
  none, its last modification (for a record without both, the start of the run that read it). Until
  there is such a sign, as for a placeholder, it is the start of the run that created the node.
- `away` and `gone_since` follow from the model's changes in the order of time: it is gone from the
  first `gone` up to the next `appeared` or `returned`. A record of that time or later
  ends the absence as well, and is noted as `returned`. Of two signs at one time, the return counts
  as the later one.
- What is reported to have appeared after it was gone has returned, and is noted as that.
- One `missing` is a suspicion (`suspected_since`): a server may refuse what is there. It is
  confirmed by a second one, `APART` from the first and with no sign of the model in between, or by
  a `gone`: the model is gone since the first.
- A model gone under one name and there under another was renamed, not away: `renamed` shows that it
  is there. That a former name is gone afterwards says nothing about the model.
- What happened under a name before it was taken over happened to another model.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from graph.resolve import past as memory
from graph.resolve.changes import (
    changes_of,
    name_at,
    named,
    note,
    noted,
    own_changes,
    settle_compared,
)
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import Values
from graph.resolve.names import end_ownership
from graph.resolve.past import first_since, recall
from graph.resolve.traits import LINEAGE_TYPES


class _Sign(NamedTuple):
    """A sign that a model was there or gone; signs sort by time, a return after a loss."""

    at: str
    step: int
    kind: str
    name: str


APART = timedelta(hours=20)
"""Between two looks that both missed a model, before it is taken to be gone: outages last hours."""

_LOSSES = frozenset({"gone", "missing"})
_STEPS = {"gone": 0, "missing": 0, "appeared": 1, "returned": 1, "renamed": 1}
KINDS = frozenset(_STEPS) - {"renamed"}
"""Kinds of change that say whether a model is there."""
ARRIVALS = frozenset({"appeared", "returned"})
"""Those that say that it is."""


def is_start_of_run(values: Values) -> bool:
    """Whether nothing but the start of a run says when a node appeared."""
    return not values.get("record_version") and values.get("appeared_at") == values["first_seen"]


def earlier(held: Values, at: str) -> str:
    """When a node appeared, given another sign that it was there."""
    known = held.get("appeared_at")
    return at if known is None or is_start_of_run(held) else min(known, at)


def appear(draft: Draft, node: DraftNode, at: str) -> None:
    """Set when a node appeared. Lineage that holds as long as the node is there begins with it."""
    past, known = recall(draft, node), node.values.get("appeared_at")
    if known is None or known == at:
        node.values["appeared_at"] = at
        return
    before = first_since(node, past)
    node.values["appeared_at"] = at
    since = first_since(node, past)
    if before != since:
        for link in draft.out(node):
            began, ended = link.values.get("since"), link.values.get("gone_since")
            if link.ref.type in LINEAGE_TYPES and began == before != ended:
                link.values["since"] = since


def settle_presence(draft: Draft, node: DraftNode) -> None:
    """Work out `gone_since`, `suspected_since` and `away` from changes and all that observed it."""
    if all(change["kind"] not in _LOSSES for change in noted(draft, node)):
        return
    _name_returns(draft, node)
    gone: str | None = None
    missed: str | None = None
    name = ""
    away: list[str] = []
    back: list[str] = []
    for sign in sorted(_signs(draft, node)):
        is_same = sign.name == name
        if sign.kind in _LOSSES:
            gone, missed = (gone, missed or sign.at) if is_same else (None, sign.at)
            name = sign.name
            if gone is None and (sign.kind == "gone" or is_confirmed(missed, sign.at)):
                gone = missed
        elif missed is not None:
            if is_same and gone is not None and gone < sign.at:
                away += [gone, sign.at]
            if is_same and sign.kind == "seen":
                back.append(sign.at)
            gone = missed = None
    node.values["gone_since"] = gone
    node.values["suspected_since"] = missed if gone is None else None
    node.values["away"] = away or None
    end_ownership(draft, node)
    settle_compared(draft, node, {"returned": dict.fromkeys(back, (None, None))})


def _name_returns(draft: Draft, node: DraftNode) -> None:
    """What appeared after it was gone has returned, whichever was heard of first."""
    changes = [(each, each.values, named(each.values)) for each in changes_of(draft, node)]
    lost: dict[str, str] = {}
    for _, change, name in changes:
        if change["kind"] == "gone":
            lost[name] = min(lost.get(name, change["at"]), change["at"])
    for each, change, name in changes:
        at = change["at"]
        if change["kind"] == "appeared" and name in lost and lost[name] <= at:
            draft.remove(each)
            compared = bool(change.get("compared"))
            note(draft, node, "returned", at, called=str(change["model"]), compared=compared)


def is_confirmed(missed: str, again: str) -> bool:
    """Whether two looks that missed something lie far enough apart."""
    return datetime.fromisoformat(again) - datetime.fromisoformat(missed) >= APART


def keep_loss(node: DraftNode, at: str) -> None:
    """Settle whether a node without history is still lost, given when a record has it there."""
    for name in ("gone_since", "suspected_since"):
        since = node.values.get(name)
        node.values[name] = since if since and since > at else None


def _signs(draft: Draft, node: DraftNode) -> Iterator[_Sign]:
    left: dict[str, str] = {}
    called: dict[str, str] = {}  # when a record showed it to be back, and under which name
    changes = []
    for change in (each.values for each in own_changes(draft, node)):
        kind, at, name = change["kind"], change["at"], named(change)
        if kind == "returned" and change.get("compared"):
            called[at] = name
        elif kind in _STEPS:
            changes.append((kind, at, name, change))
        if kind == "renamed":
            left[name] = min(left.get(name, at), at)
    for kind, at, name, change in changes:
        is_left = name in left and left[name] <= at
        if kind in _LOSSES and is_left and name != name_at(draft, node, at).lower():
            continue
        present = str(change["after"]).lower() if kind == "renamed" else name
        yield _Sign(at, _STEPS[kind], kind, present)
    for at in memory.seen(recall(draft, node)):
        yield _Sign(at, 2, "seen", called.get(at) or _seen_as(draft, node, at))


def _seen_as(draft: Draft, node: DraftNode, at: str) -> str:
    """What records called a node at some time; a rename may be reported long after it happened."""
    renames = [each for each in noted(draft, node) if each["kind"] == "renamed" and each["at"] > at]
    following = min(renames, key=lambda change: str(change["at"]), default=None)
    if following is None:
        return node.ref.key
    return str(following["model" if following.get("compared") else "after"]).lower()
