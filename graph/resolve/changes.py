"""What happened to models: seen where a newer record differs, or reported by a record."""

from collections.abc import Iterator

from graph.observe.fields import LONGEST_TEXT
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.schema import CHANGE, CONCERNS

Differences = dict[str, dict[str, tuple[str | None, ...]]]
"""Kind of change → time → before and after."""


def note(
    draft: Draft,
    node: DraftNode,
    kind: str,
    at: str,
    *,
    called: str | None = None,
    before: object = None,
    after: object = None,
    compared: bool = True,
) -> None:
    """Keep a change of a node, seen at some time, with what it was `called` then.

    The same change is kept once; what a source reports (not `compared`) stands.
    """
    called = called or name_at(draft, node, at)
    ref = NodeKey(CHANGE.label, f"{called.lower()} {kind} {_short(at)}")
    change = draft.find(ref)
    if change is None:
        change = draft.create(ref)
        change.values |= {CHANGE.key: ref.key, "model": called, "kind": kind}
        change.values |= {"before": before, "after": after, "at": at}
        change.values["compared"] = compared or None
    elif not compared and change.values.get("compared"):
        change.values |= {"before": before, "after": after, "compared": None}
    link = LinkKey(CONCERNS.type, ref, node.ref)
    if draft.link(link) is None:
        draft.put(link, {})


def changes_of(draft: Draft, node: DraftNode) -> Iterator[DraftNode]:
    """The changes of a node."""
    for link in draft.into(node):
        if link.ref.type == CONCERNS.type and (change := draft.find(link.ref.start)):
            yield change


def noted(draft: Draft, node: DraftNode) -> Iterator[Values]:
    """What the changes of a node say."""
    return (change.values for change in changes_of(draft, node))


def was_noted(draft: Draft, node: DraftNode, kind: str, at: str | None = None) -> bool:
    """Whether a change of that kind is known, at that time or at any."""
    return any(
        change["kind"] == kind and at in (None, change["at"]) for change in noted(draft, node)
    )


def own_changes(draft: Draft, node: DraftNode) -> list[DraftNode]:
    """The changes of a node, without those of a name before the present holder took it over."""
    changes = list(changes_of(draft, node))
    taken: dict[str, str] = {}
    for change in (each.values for each in changes if each.values["kind"] == "taken_over"):
        taken[named(change)] = max(taken.get(named(change), ""), change["at"])
    return [each for each in changes if each.values["at"] >= taken.get(named(each.values), "")]


def holder_since(draft: Draft, node: DraftNode, name: str) -> str:
    """Since when the present holder has a name; empty unless it took the name over."""
    taken = (c["at"] for c in noted(draft, node) if c["kind"] == "taken_over" and named(c) == name)
    return max(taken, default="")


def named(change: Values) -> str:
    """What a change calls its model, in lower case."""
    return str(change["model"]).lower()


def settle_compared(draft: Draft, node: DraftNode, found: Differences) -> None:
    """Keep the changes of some kinds that comparisons show, and no others that they once showed.

    What was reported stands.
    """
    known: dict[tuple[str, str], DraftNode] = {}
    for change in list(changes_of(draft, node)):
        kind, at = str(change.values["kind"]), str(change.values["at"])
        if kind not in found:
            continue
        if at not in found[kind] and change.values.get("compared"):
            draft.remove(change)
        else:
            known[kind, at] = change
    for kind, changes in found.items():
        for at, (before, after) in changes.items():
            there = known.get((kind, at))
            if there is None:
                note(draft, node, kind, at, before=before, after=after)
            elif there.values.get("compared") and not _is_same(there.values, before, after):
                there.values |= {"before": before, "after": after}


def name_at(draft: Draft, node: DraftNode, at: str) -> str:
    """What a node was called at some time, as its renames say."""
    renames = [each for each in noted(draft, node) if each["kind"] == "renamed" and each["at"] > at]
    first = min(renames, key=lambda change: str(change["at"]), default=None)
    return str(first["model"]) if first else node.spelling


def names_as_text(names: list[str]) -> str | None:
    """Names as one text, as long as a record may have it; None without any."""
    return ", ".join(sorted(names))[:LONGEST_TEXT] or None


def _short(at: str) -> str:
    """A time as the ids of changes have it: without zeros at its end."""
    return at[:-1].rstrip("0").removesuffix(".") + "Z" if "." in at else at


def _is_same(change: Values, before: str | None, after: str | None) -> bool:
    """Whether a change says so; spellings may have changed since."""
    said = (str(change.get(name) or "").lower() for name in ("before", "after"))
    return tuple(said) == ((before or "").lower(), (after or "").lower())
