"""What has to change in the graph, and how the observations compared with it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from graph.resolve.held import LinkKey, NodeKey, Values


@dataclass
class Tally:
    """How the records of one kind compared with the graph.

    Attributes:
        new: described for the first time.
        updated: newer than what was stored.
        unchanged: the same as what was stored.
        older: older than what was stored.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.older + other.older,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.updated + self.unchanged + self.older


class NodeWrite(NamedTuple):
    """A node to write: `values` are those that change.

    Attributes:
        node: which.
        values: its properties; None removes one.
        is_new: whether the graph does not hold it yet.
    """

    node: NodeKey
    values: Values
    is_new: bool


class LinkWrite(NamedTuple):
    """A relationship to write; the graph may hold it already. Its end nodes exist by then."""

    link: LinkKey
    values: Values


@dataclass
class Delta:
    """What has to change, and what the observations were.

    Attributes:
        removed: nodes to remove first, with their relationships.
        nodes: nodes to write then.
        links: relationships to write last.
        tallies: label → how the records that describe such nodes compared with the graph.
        lineage: relationships to bases that the records state.
        changes: changes that were reported or follow from a name.
        gone: nodes that are marked as gone.
    """

    removed: list[NodeKey] = field(default_factory=list)
    nodes: list[NodeWrite] = field(default_factory=list)
    links: list[LinkWrite] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    lineage: int = 0
    changes: int = 0
    gone: int = 0
