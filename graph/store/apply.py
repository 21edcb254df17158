"""Writes a delta, in one transaction: a batch is in the graph as a whole or not at all."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from graph.resolve.delta import Delta
from graph.resolve.held import Values
from graph.schema import NODE_OF_LABEL, RELATIONSHIPS, NodeType
from graph.store.connection import Graph, Statement
from graph.store.cypher import LINK_TIMES, NODE_TIMES, PLAN, find_node, merge_property, set_times
from graph.store.evaluations import move, recount, results_of

_FIRST_SEEN = {
    r.type for r in RELATIONSHIPS if any(item.name == "first_seen" for item in r.properties)
}

Times = tuple[str, ...]
"""Names of times that the rows of a statement hold."""


def apply(graph: Graph, delta: Delta, now: datetime) -> None:
    """Write what has to change; `now` is the start of the run.

    Raises:
        ServerError: the database went away, or another process took over the lease. Nothing of
            it is written then, or all.
    """
    moving = results_of(graph, delta.joined)
    statements = [*_removals(delta), *_node_writes(delta), *_link_writes(delta, now)]
    if statements:
        proof = [graph.proof] if graph.proof else []
        graph.write(*proof, *statements, *move(moving))
        recount(graph, moving)


def create_text(node: NodeType, times: Times) -> str:
    """Nodes that the graph does not hold. Rows: key, set, and times as texts."""
    return f"""{PLAN}
UNWIND $rows AS row
MERGE (n:{node.label} {{{merge_property(node)}: row.key}})
ON CREATE SET n += row.set{set_times(times, NODE_TIMES[node.label], "n")}{_label(node, times)}"""


def update_text(node: NodeType, times: Times, *, is_back: bool = False) -> str:
    """Nodes that the graph holds. Rows: key, set, and times as texts."""
    back = f"\nREMOVE n:{node.gone_label}" if is_back and node.gone_label else ""
    return f"""{PLAN}
UNWIND $rows AS row
{find_node(node, "n", "row.key")}
SET n += row.set{set_times(times, NODE_TIMES[node.label], "n")}{_label(node, times)}{back}"""


def link_text(type_: str, start: NodeType, end: NodeType, times: Times) -> str:
    """Relationships. Rows: start, end, set, and times as texts."""
    created = "\nON CREATE SET r.first_seen = $now" if type_ in _FIRST_SEEN else ""
    return f"""{PLAN}
UNWIND $rows AS row
{find_node(start, "a", "row.start")}
{find_node(end, "b", "row.end")}
MERGE (a)-[r:{type_}]->(b){created}
SET r += row.set{set_times(times, LINK_TIMES, "r")}"""


def remove_text(node: NodeType) -> str:
    """Nodes that end, with their relationships. Rows: their keys."""
    return f"""{PLAN}
UNWIND $rows AS key
{find_node(node, "n", "key")}
DETACH DELETE n"""


def _removals(delta: Delta) -> Iterator[Statement]:
    keys: dict[str, list[str]] = defaultdict(list)
    for ref in delta.removed:
        keys[ref.label].append(ref.key)
    for label, rows in keys.items():
        yield Statement(remove_text(NODE_OF_LABEL[label]), {"rows": rows})


def _node_writes(delta: Delta) -> Iterator[Statement]:
    groups: dict[tuple[str, bool, bool, Times], list[Values]] = defaultdict(list)
    for (label, key), values, is_new in delta.nodes:
        times, row = _row(values, NODE_TIMES[label])
        is_back = not is_new and "gone_since" in row["set"]
        groups[label, is_new, is_back, times].append(row | {"key": key})
    for (label, is_new, is_back, times), rows in groups.items():
        node = NODE_OF_LABEL[label]
        text = create_text(node, times) if is_new else update_text(node, times, is_back=is_back)
        yield Statement(text, {"rows": rows})


def _link_writes(delta: Delta, now: datetime) -> Iterator[Statement]:
    groups: dict[tuple[str, str, str, Times], list[Values]] = defaultdict(list)
    for link, values in delta.links:
        times, row = _row(values, LINK_TIMES)
        row |= {"start": link.start.key, "end": link.end.key}
        groups[link.type, link.start.label, link.end.label, times].append(row)
    for (type_, start, end, times), rows in groups.items():
        text = link_text(type_, NODE_OF_LABEL[start], NODE_OF_LABEL[end], times)
        yield Statement(text, {"rows": rows, "now": now})


def _label(node: NodeType, times: Times) -> str:
    return f", n:{node.gone_label}" if node.gone_label and "gone_since" in times else ""


def _row(values: Values, times: dict[str, bool]) -> tuple[Times, Values]:
    """A row for values, and which of its times are set."""
    row: Values = {}
    own: Values = {}
    for name, value in values.items():
        if value is not None and name in times:
            row[name] = value
        else:
            own[name] = value
    present = tuple(sorted(row))
    row["set"] = own
    return present, row
