"""The nodes and relationships of a batch while its rules are applied; the difference is the delta.

Rules read and set `values`; what differs from what the graph holds is written in the end.
"""

from collections.abc import Iterator, Sequence

from graph.resolve.delta import Delta, LinkWrite, NodeWrite
from graph.resolve.former_names import FormerNames
from graph.resolve.held import Held, LinkKey, NodeKey, Values
from graph.schema import NODE_OF_LABEL


class DraftNode:
    """A node: its properties as they are in the graph, if it is there, and as they are to be."""

    __slots__ = ("held", "kind", "past", "ref", "values")

    def __init__(self, ref: NodeKey, held: Values | None) -> None:
        self.ref = ref
        self.held = held
        self.values: Values = dict(held) if held else {}
        self.kind = NODE_OF_LABEL[ref.label]
        self.past: dict[str, int] | None = None  # of `graph.resolve.past`, once it is recalled

    @property
    def spelling(self) -> str:
        """Its id or name as it is spelled."""
        return str(self.values[self.kind.key])

    @property
    def version(self) -> str:
        """The version of its newest record; empty for a placeholder."""
        return self.values.get("record_version") or ""


class DraftLink:
    """A relationship: its properties as they were read, if they were, and as they are to be."""

    __slots__ = ("held", "ref", "values")

    def __init__(self, ref: LinkKey, held: Values | None) -> None:
        self.ref = ref
        self.held = held
        self.values: Values = dict(held) if held else {}


class Draft:
    """What the graph is to hold.

    Args:
        held: what it holds now.
        now: start of the run.
        names: names that models once had; learns more.
        after_snapshot: whether the graph held every model of the Hub before this run.
        snapshots: times of updates, which found unchanged what they did not write, in order.
    """

    def __init__(
        self,
        held: Held,
        now: str,
        names: FormerNames,
        *,
        after_snapshot: bool = False,
        snapshots: Sequence[str] = (),
    ) -> None:
        self.now = now
        self.names = names
        self.after_snapshot = after_snapshot
        self.snapshots = tuple(snapshots)
        self._spellings = held.spellings
        self._removed: list[NodeKey] = []
        self.joined: list[tuple[str, str]] = []
        self._nodes = {ref: DraftNode(ref, values) for ref, values in held.nodes.items()}
        self._links: dict[LinkKey, DraftLink] = {}
        self._out: dict[NodeKey, dict[LinkKey, DraftLink]] = {}
        self._into: dict[NodeKey, dict[LinkKey, DraftLink]] = {}
        for ref, values in held.links.items():
            self._add(DraftLink(ref, values))

    def find(self, ref: NodeKey) -> DraftNode | None:
        """A node, if it is there."""
        return self._nodes.get(ref)

    def create(self, ref: NodeKey) -> DraftNode:
        """A node that was not there."""
        node = self._nodes[ref] = DraftNode(ref, None)
        node.values["first_seen"] = self.now
        return node

    def remove(self, node: DraftNode) -> None:
        """Remove a node with its relationships."""
        del self._nodes[node.ref]
        if node.held is not None:
            self._removed.append(node.ref)
        for link in [*self.out(node), *self.into(node)]:
            self.drop(link)

    def spelled(self, ref: NodeKey) -> str:
        """A node's id or name as it is spelled, also of one that was not read."""
        node = self._nodes.get(ref)
        return node.spelling if node else self._spellings.get(ref, ref.key)

    def link(self, ref: LinkKey) -> DraftLink | None:
        """A relationship, as far as it was read."""
        return self._links.get(ref)

    def connect(self, ref: LinkKey) -> DraftLink:
        """A relationship, which may be there without having been read."""
        link = self._links.get(ref)
        if link is None:
            link = DraftLink(ref, None)
            self._add(link)
        return link

    def put(self, ref: LinkKey, values: Values) -> None:
        """A relationship that was not there, with all its properties."""
        link = DraftLink(ref, None)
        link.values.update(values)
        self._add(link)

    def drop(self, link: DraftLink) -> None:
        """Take a relationship out; in the graph it ends with one of its nodes."""
        ref = link.ref
        self._links.pop(ref, None)
        self._out[ref.start].pop(ref, None)
        self._into[ref.end].pop(ref, None)

    def out(self, node: DraftNode) -> Iterator[DraftLink]:
        """Relationships from a node, as far as they were read."""
        return iter(self._out.get(node.ref, {}).values())

    def into(self, node: DraftNode) -> Iterator[DraftLink]:
        """Relationships to a node, as far as they were read."""
        return iter(self._into.get(node.ref, {}).values())

    def delta(self) -> Delta:
        """What differs from what the graph holds."""
        delta = Delta(removed=self._removed, joined=self.joined)
        for node in self._nodes.values():
            values = _difference(node.held, node.values)
            if values or node.held is None:
                delta.nodes.append(NodeWrite(node.ref, values, node.held is None))
                delta.gone += _is_set(node, values, "gone_since")
                delta.suspected += _is_set(node, values, "suspected_since")
        for link in self._links.values():
            values = _difference(link.held, link.values)
            if values or link.held is None:
                delta.links.append(LinkWrite(link.ref, values))
        return delta

    def _add(self, link: DraftLink) -> None:
        ref = link.ref
        self._links[ref] = link
        self._out.setdefault(ref.start, {})[ref] = link
        self._into.setdefault(ref.end, {})[ref] = link


def _is_set(node: DraftNode, values: Values, name: str) -> bool:
    """Whether a property is written that the graph does not hold."""
    return values.get(name) is not None and (node.held is None or node.held.get(name) is None)


def _difference(held: Values | None, values: Values) -> Values:
    """The values to write; rules set None where a property ends, and never drop its name."""
    if held is None:
        return values
    return {name: value for name, value in values.items() if held.get(name) != value}
