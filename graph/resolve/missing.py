"""What was missing in a list of everything: it is gone, unless it has another name now."""

from collections.abc import Mapping, Sequence

from graph.observe.normalise import Record
from graph.resolve.changes import note
from graph.resolve.delta import Delta
from graph.resolve.draft import Draft
from graph.resolve.former_names import FormerNames
from graph.resolve.held import Held, NodeKey
from graph.resolve.names import end_ownership
from graph.resolve.past import recall, seen
from graph.resolve.presence import settle_presence
from graph.resolve.renames import join
from graph.schema import CHANGE, NodeType


def resolve_missing(
    held: Held,
    node: NodeType,
    keys: Sequence[str],
    renamed: Mapping[str, str],
    *,
    at: str,
    now: str,
) -> Delta:
    """What has to change where nodes were missing.

    Args:
        held: what the graph holds of all that `wanted_missing` names.
        node: their kind.
        keys: their ids in lower case.
        renamed: names of those that the graph holds under another name as well, and that name.
        at: when they were found to be missing. What was observed then or later is not gone.
        now: start of the run.
    """
    draft = Draft(held, now, FormerNames())
    for former, present in renamed.items():
        facts: dict[str, object] = {"kind": "renamed", "after": present}
        join(draft, Record(CHANGE, former, "", facts, None, at))
    gone = sum(_lose(draft, NodeKey(node.label, key), at) for key in keys)
    delta = draft.delta()
    delta.gone = gone
    return delta


def _lose(draft: Draft, ref: NodeKey, at: str) -> bool:
    """Mark a node as gone."""
    node = draft.find(ref)
    if node is None or not node.values.get("known") or node.values.get("gone_since"):
        return False
    if max(seen(recall(draft, node)), default="") >= at:
        return False
    if node.kind.has_history:
        note(draft, node, "gone", at)
        settle_presence(draft, node)
    else:
        node.values["gone_since"] = at
        end_ownership(draft, node)
    return True
