"""What the graph holds of a batch's nodes, and how nodes and relationships are named here.

Times are ISO text in UTC to the millisecond throughout, as records have them: such texts sort as
the times do, and cost a tenth of what the driver's time objects do.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Values = dict[str, Any]
"""Properties by name; in a write None removes one."""


class NodeKey(NamedTuple):
    """A node: its label and what it is merged on (`id_folded`, `name_folded`, …)."""

    label: str
    key: str


class LinkKey(NamedTuple):
    """A relationship: at most one of a type leads from a node to another."""

    type: str
    start: NodeKey
    end: NodeKey


@dataclass
class Held:
    """What the graph holds of what was asked for: properties, without the lower-case key."""

    nodes: dict[NodeKey, Values] = field(default_factory=dict)
    links: dict[LinkKey, Values] = field(default_factory=dict)
    spellings: dict[NodeKey, str] = field(default_factory=dict)  # ids at the ends of links
