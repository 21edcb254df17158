"""What nodes are called: spellings, aliases, placeholders, and what a name says of a size."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.observe import ids
from graph.observe.parameters import is_adapter, parameter_count
from graph.resolve.draft import Draft, DraftNode
from graph.resolve.held import LinkKey, NodeKey
from graph.resolve.traits import OWNERSHIP_OF, merge_key
from graph.schema import AUTHOR


def mention(draft: Draft, label: str, spelling: str) -> DraftNode:
    """A node that something names: created when missing, otherwise left as it is.

    Until a record describes it, the first of its spellings in order stands; others are aliases.
    """
    ref = NodeKey(label, merge_key(label, spelling))
    node = draft.find(ref)
    if node is None:
        node = draft.create(ref)
        node.values["last_seen"] = draft.now
        spell(node, spelling)
        if node.kind.is_repository:
            node.values["known"] = False
        if node.kind.has_history:
            node.values["appeared_at"] = draft.now
        guess_size(node)
    elif spelling != node.spelling:
        first = not node.version and spelling < node.spelling
        respell(node, spelling if first else node.spelling, (spelling,))
    return node


def own(draft: Draft, label: str, spelling: str) -> None:
    """The owner in a repository's name publishes it, as long as it is there."""
    ownership, owner = OWNERSHIP_OF.get(label), ids.owner(spelling)
    if ownership is None or not owner:
        return
    author = mention(draft, AUTHOR.label, owner)
    ref = NodeKey(label, merge_key(label, spelling))
    link = draft.connect(LinkKey(ownership, author.ref, ref))
    link.values["gone_since"] = _end(draft.find(ref))


def end_ownership(draft: Draft, node: DraftNode) -> None:
    """The owner publishes what records describe as long as it is there."""
    ownership, owner = OWNERSHIP_OF.get(node.ref.label), ids.owner(node.spelling)
    if ownership and owner and node.values.get("known"):
        ref = LinkKey(ownership, NodeKey(AUTHOR.label, owner.lower()), node.ref)
        draft.connect(ref).values["gone_since"] = _end(node)


def _end(repository: DraftNode | None) -> str | None:
    """When what is owned ended; a placeholder may never have been there."""
    described = repository is not None and repository.values.get("known")
    return repository.values.get("gone_since") if repository and described else None


def spell(node: DraftNode, spelling: str) -> None:
    """Set what a spelling says."""
    node.values[node.kind.key] = spelling
    if node.kind.is_repository:
        node.values["name"] = ids.name(spelling)
        node.values["author"] = ids.owner(spelling)


def respell(node: DraftNode, final: str, spellings: Iterable[str]) -> None:
    """Make `final` the node's spelling; all others become aliases."""
    known = {*(node.values.get("aliases") or ()), node.spelling, *spellings}
    if known != {final}:
        node.values["aliases"] = sorted(known - {final})
    spell(node, final)


def guess_size(node: DraftNode) -> None:
    """Without a number of parameters from a record, take the one in the name."""
    values = node.values
    if not node.kind.guesses_size:
        return
    if values.get("parameters") is not None and not is_guess(values):
        return
    is_part = is_adapter(values.get("relation"), values.get("library"))
    guess = None if is_part else parameter_count(node.ref.key)
    values["parameters"], values["parameters_source"] = guess or (None, None)


def is_guess(values: Mapping[str, Any]) -> bool:
    """Whether a number of parameters comes from the name."""
    return str(values.get("parameters_source") or "").startswith("name")
