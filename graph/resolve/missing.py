"""What was missing in a list of everything: it is gone, unless it has another name now."""

from collections.abc import Collection, Mapping, Sequence

from graph.observe.normalise import Record
from graph.resolve.changes import note
from graph.resolve.delta import Delta
from graph.resolve.draft import Draft
from graph.resolve.former_names import FormerNames
from graph.resolve.held import Held, NodeKey
from graph.resolve.names import end_ownership
from graph.resolve.past import recall, seen
from graph.resolve.presence import is_confirmed, settle_presence
from graph.resolve.renames import join
from graph.schema import CHANGE, CONCERNS, NodeType


def resolve_missing(
    held: Held,
    node: NodeType,
    keys: Sequence[str],
    renamed: Mapping[str, str],
    *,
    at: str,
    now: str,
    kind: str = "gone",
) -> Delta:
    """What has to change where nodes were missing.

    Args:
        held: what the graph holds of all that `wanted_missing` names.
        node: their kind.
        keys: their ids in lower case.
        renamed: names of those that the graph holds under another name as well, and that name.
        at: when they were found to be missing. What was observed then or later is not gone.
        now: start of the run.
        kind: `gone`, or `missing` where one look is no proof (`graph.resolve.presence`).
    """
    draft = Draft(held, now, FormerNames())
    for former, present in renamed.items():
        facts: dict[str, object] = {"kind": "renamed", "after": present}
        join(draft, Record(CHANGE, former, "", facts, None, at))
    for key in keys:
        _lose(draft, NodeKey(node.label, key), at, kind)
    return draft.delta()


def resolve_undone(
    held: Held, node: NodeType, keys: Sequence[str], undone: Collection[str], now: str
) -> Delta:
    """What has to change when losses are taken back.

    Args:
        held: what the graph holds of all that `wanted_missing` names.
        node: the kind of the nodes that are lost.
        keys: their ids in lower case.
        undone: ids of the changes that said so.
        now: start of the run.
    """
    draft = Draft(held, now, FormerNames())
    for key in keys:
        lost = draft.find(NodeKey(node.label, key))
        if lost is None:
            continue
        for link in list(draft.into(lost)):
            change = draft.find(link.ref.start)
            if link.ref.type == CONCERNS.type and change and change.ref.key in undone:
                draft.remove(change)
        lost.values |= dict.fromkeys(("gone_since", "suspected_since", "away"))
        settle_presence(draft, lost)
    return draft.delta()


def _lose(draft: Draft, ref: NodeKey, at: str, kind: str) -> None:
    """Mark a node as gone, or as missing."""
    node = draft.find(ref)
    if node is None or not node.values.get("known") or node.values.get("gone_since"):
        return
    if max(seen(recall(draft, node)), default="") >= at:
        return
    if node.kind.has_history:
        note(draft, node, kind, at)
        settle_presence(draft, node)
        return
    missed = node.values.get("suspected_since") or at
    is_gone = kind == "gone" or is_confirmed(missed, at)
    node.values |= {
        "gone_since": at if is_gone else None,
        "suspected_since": None if is_gone else missed,
    }
    if is_gone:
        end_ownership(draft, node)
