"""What happened to models: seen where a newer record differs, or reported by a record."""

from collections.abc import Iterator

from graph.observe.fields import LONGEST_TEXT
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.resolve.names import is_guess
from graph.schema import CHANGE, CONCERNS

_COMPARED = ("license", "gated")
"""Properties of which another value is a change of that kind."""


def note(
    draft: Draft,
    node: DraftNode,
    kind: str,
    at: str,
    *,
    called: str | None = None,
    before: object = None,
    after: object = None,
) -> None:
    """Keep a change of a node, seen at some time, when it may have been `called` otherwise.

    The same change is kept once.
    """
    called = called or node.spelling
    ref = NodeKey(CHANGE.label, f"{called.lower()} {kind} {_short(at)}")
    change = draft.find(ref)
    if change is None:
        change = draft.create(ref)
        change.values = {CHANGE.key: ref.key, "model": called, "kind": kind}
        change.values |= {"before": before, "after": after, "at": at}
    link = LinkKey(CONCERNS.type, ref, node.ref)
    if draft.link(link) is None:
        draft.put(link, {})


def noted(draft: Draft, node: DraftNode) -> Iterator[Values]:
    """The changes of a node."""
    for link in draft.into(node):
        if link.ref.type == CONCERNS.type and (change := draft.find(link.ref.start)):
            yield change.values


def was_noted(draft: Draft, node: DraftNode, kind: str, at: str | None = None) -> bool:
    """Whether a change of that kind is known, at that time or at any."""
    return any(
        change["kind"] == kind and at in (None, change["at"]) for change in noted(draft, node)
    )


def note_differences(draft: Draft, node: DraftNode, held: Values, at: str) -> None:
    """Keep what a newer record says otherwise than the graph held; saying nothing is no change."""
    values = node.values
    for name in _COMPARED:
        before, after = held.get(name), values.get(name)
        if before != after and _is_stated(held, name) and _is_stated(values, name):
            note(draft, node, name, at, before=before, after=after)
    before, after = held.get("hub_id"), values.get("hub_id")
    if before and after and before != after:
        note(draft, node, "taken_over", at, before=before, after=after)
    before, after = held.get("parameters"), values.get("parameters")
    is_counted = not (is_guess(held) or is_guess(values))
    if is_counted and None not in (before, after) and before != after:
        note(draft, node, "parameters", at, before=str(before), after=str(after))


def names_as_text(names: list[str]) -> str | None:
    """Names as one text, as long as a record may have it; None without any."""
    return ", ".join(sorted(names))[:LONGEST_TEXT] or None


def _is_stated(values: Values, name: str) -> bool:
    return values.get(name) is not None or name in (values.get("absent") or ())


def _short(at: str) -> str:
    """A time as the ids of changes have it: without zeros at its end."""
    return at[:-1].rstrip("0").removesuffix(".") + "Z" if "." in at else at
