"""What has to change in the graph, and how the observations compared with it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from graph.resolve.held import LinkKey, NodeKey, Values


@dataclass
class Tally:
    """How the records of one kind compared with the graph."""

    new: int = 0  # described for the first time
    updated: int = 0  # newer than what was stored
    unchanged: int = 0  # the same as what was stored
    older: int = 0  # older than what was stored

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
    """A node to write: `values` are those that change."""

    node: NodeKey
    values: Values  # its properties; None removes one
    is_new: bool  # whether the graph does not hold it yet


class LinkWrite(NamedTuple):
    """A relationship to write; the graph may hold it already. Its end nodes exist by then."""

    link: LinkKey
    values: Values


@dataclass
class Delta:
    """What has to change, in the order of writing, and what the observations were."""

    removed: list[NodeKey] = field(default_factory=list)  # with their relationships
    joined: list[tuple[str, str]] = field(default_factory=list)  # models: former and present key
    nodes: list[NodeWrite] = field(default_factory=list)
    links: list[LinkWrite] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)  # by label of what records describe
    lineage: int = 0  # relationships to bases that the records state
    changes: int = 0  # changes that were reported or follow from a name
    gone: int = 0  # nodes that are gone now
    suspected: int = 0  # nodes that are suspected to be gone now
    evaluations: int = 0  # results on benchmarks
    unmatched: list[str] = field(default_factory=list)  # results of what no model is called
