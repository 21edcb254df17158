"""What must be read of the graph before a batch can be resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.observe import ids
from graph.observe.normalise import Record
from graph.resolve.former_names import FormerNames
from graph.resolve.held import NodeKey
from graph.resolve.traits import OWNERSHIP_OF, REFERENCES_OF, ids_in, merge_key
from graph.schema import AUTHOR, CHANGE, MODEL, NodeType


@dataclass
class Wanted:
    """Keys of what must be read, by label: all that rules may name, more rather than less."""

    nodes: dict[str, set[str]] = field(default_factory=dict)
    followed: dict[str, set[str]] = field(default_factory=dict)  # with changes, lineage, references
    joined: set[NodeKey] = field(default_factory=set)  # with every relationship

    def add(self, label: str, spelling: str, *, follow: bool = False) -> None:
        """Want a node, and the owner in its name."""
        key = merge_key(label, spelling)
        self.nodes.setdefault(label, set()).add(key)
        if follow:
            self.followed.setdefault(label, set()).add(key)
        if label in OWNERSHIP_OF and (owner := ids.owner(spelling)):
            self.nodes.setdefault(AUTHOR.label, set()).add(owner.lower())

    def join(self, *names: str) -> None:
        """Want all of models that may be one."""
        for name in names:
            self.add(MODEL.label, name, follow=True)
            self.joined.add(NodeKey(MODEL.label, name.lower()))


def wanted(observations: Sequence[Record], names: FormerNames) -> Wanted:
    """What must be read of the graph for these observations."""
    found = Wanted()
    for record in observations:
        if record.node is CHANGE:
            _add_change(found, record, names)
            continue
        label = record.node.label
        found.add(label, record.spelling, follow=True)
        if label == names.label and (present := names.present(record.spelling)):
            found.join(record.spelling, present)
        for base in record.lineage.bases if record.lineage else ():
            found.add(label, names.present(base) or base)
        for reference in REFERENCES_OF[label]:
            for name in ids_in(record.properties.get(str(reference.stated_by))):
                present = names.present(name) if reference.end == names.label else None
                found.add(reference.end, present or name)
    return found


def _add_change(found: Wanted, change: Record, names: FormerNames) -> None:
    is_rename = change.properties["kind"] == "renamed"
    for name in (change.spelling, *([str(change.properties["after"])] if is_rename else ())):
        for each in filter(None, (name, names.present(name))):
            if is_rename:
                found.join(each)
            else:
                found.add(MODEL.label, each, follow=True)


def wanted_missing(node: NodeType, keys: Sequence[str], renamed: Mapping[str, str]) -> Wanted:
    """What must be read of the graph before missing nodes can be resolved."""
    found = Wanted()
    for key in keys:
        found.add(node.label, key, follow=True)
    for names in renamed.items():
        found.join(*names)
    return found
