"""Relationships that follow from ids that a repository names: its datasets, papers, successor."""

from graph.observe.normalise import Record
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import LinkKey, NodeKey
from graph.resolve.names import mention
from graph.resolve.times import observed_in
from graph.resolve.traits import REFERENCES_OF, ids_in, merge_key
from graph.schema import RelationshipType


def refer(draft: Draft, node: DraftNode, record: Record, *, was_described: bool) -> None:
    """Take in what a record refers to.

    The node's own values count, which may come from a newer record. What it does not name any more
    becomes history.
    """
    stated = [r for r in REFERENCES_OF[node.ref.label] if r.stated_by in record.properties]
    for reference in stated:
        if not record.properties[str(reference.stated_by)]:
            continue
        for spelling in _named(node, reference):
            end = _end(draft, reference, spelling)
            if end.key == merge_key(reference.end, spelling):
                mention(draft, reference.end, spelling)
            if draft.find(end):
                draft.connect(LinkKey(reference.type, node.ref, end)).values["gone_since"] = None
    if stated and was_described:
        _end_others(draft, node)


def _end_others(draft: Draft, node: DraftNode) -> None:
    own = REFERENCES_OF[node.ref.label]
    types = {reference.type for reference in own}
    named = {
        (reference.type, _end(draft, reference, spelling))
        for reference in own
        for spelling in _named(node, reference)
    }
    for link in draft.out(node):
        ref = link.ref
        is_live = link.values.get("gone_since") is None
        if ref.type in types and is_live and (ref.type, ref.end) not in named:
            link.values["gone_since"] = observed_in(node.version) or draft.now


def _named(node: DraftNode, reference: RelationshipType) -> list[str]:
    return ids_in(node.values.get(str(reference.stated_by)))


def _end(draft: Draft, reference: RelationshipType, spelling: str) -> NodeKey:
    """What is named; a former name leads to the model of today."""
    names = draft.names
    present = names.present(spelling) if reference.end == names.label else None
    return NodeKey(reference.end, present or merge_key(reference.end, spelling))
