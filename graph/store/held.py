"""Reads what the graph holds of a batch's nodes: few round trips, each an index seek per key."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from graph.resolve.former_names import FormerName, FormerNames
from graph.resolve.held import Held, LinkKey, NodeKey, Values
from graph.resolve.traits import LINEAGE_OF, REFERENCES_OF
from graph.resolve.wanted import Wanted
from graph.schema import CHANGE, CONCERNS, NODE_OF_LABEL, NODES, RELATIONSHIPS, NodeType
from graph.store.connection import LONG_S, Graph, Statement
from graph.store.cypher import (
    LINK_TIMES,
    NODE_TIMES,
    PLAN,
    all_of,
    any_of,
    find_node,
    merge_property,
)
from graph.store.side_by_side import side_by_side
from graph.times import from_milliseconds, iso

FORMER_NAMES = """
MATCH (m:Model) WHERE m.renamed_at IS NOT NULL
UNWIND m.aliases AS alias
WITH m, toLower(alias) AS former WHERE former <> m.id_folded
RETURN former, m.id AS id, m.hub_id AS hub_id, m.renamed_at AS at"""
"""Every name that a model once had, the model, and since when it has another."""

_LABELS = [node.label for node in NODES]
_KEY = any_of(map(merge_property, NODES), "m")
_SPELLING = any_of((node.key for node in NODES), "m")


def read_held(graph: Graph, wanted: Wanted) -> Held:
    """What the graph holds of all that is wanted: its nodes, then what hangs on them."""
    held = Held()
    nodes = [NODE_OF_LABEL[label] for label in wanted.nodes]
    asked = [Statement(_nodes(node), {"keys": sorted(wanted.nodes[node.label])}) for node in nodes]
    for node, rows in zip(nodes, _collect(graph, asked), strict=True):
        _take_nodes(held, node, rows)
    followed = list(_follow(held, wanted))
    answers = _collect(graph, [statement for *_, statement in followed])
    for (kind, node, _), rows in zip(followed, answers, strict=True):
        if kind == "changes":
            _take_changes(held, node, rows)
        else:
            _take_links(held, node, rows, outgoing=kind == "out")
    return held


def read_former_names(graph: Graph) -> FormerNames:
    """The names that models once had.

    Another process may find renames meanwhile only if it broke this one's lease; what then appears
    under a former name is a placeholder, which the next look at unknown bases joins.
    """
    rows = graph.read(FORMER_NAMES, timeout_s=LONG_S, row_limit=10_000_000).rows
    return FormerNames((row["former"], FormerName(row["id"], row["hub_id"])) for row in rows)


def _collect(graph: Graph, statements: Sequence[Statement]) -> list[list[Any]]:
    """What each statement finds, one half of its keys beside the other."""

    def half(first: int) -> list[Statement]:
        keys = [cast("list[str]", each.parameters["keys"])[first::2] for each in statements]
        return [
            replace(one, parameters={"keys": some})
            for one, some in zip(statements, keys, strict=True)
        ]

    odd, even = side_by_side(partial(graph.collect, half(first)) for first in (0, 1))
    return [some + others for some, others in zip(odd, even, strict=True)]


def _follow(held: Held, wanted: Wanted) -> Iterator[tuple[str, NodeType, Statement]]:
    """Statements for the relationships of the nodes that exist."""
    for label, keys in wanted.followed.items():
        node = NODE_OF_LABEL[label]
        there = sorted(key for key in keys if NodeKey(label, key) in held.nodes)
        joined = sorted(key for key in there if NodeKey(label, key) in wanted.joined)
        plain = sorted({*there} - {*joined})
        types = [*LINEAGE_OF[label].values(), *(r.type for r in REFERENCES_OF[label])]
        if plain and types:
            yield "out", node, Statement(_links(node, types, outgoing=True), {"keys": plain})
        if there and node.has_history:
            yield "changes", node, Statement(_changes(node), {"keys": there})
        if joined:
            ends = [r.type for r in RELATIONSHIPS if r.end == label]
            yield "out", node, Statement(_links(node, types, outgoing=True), {"keys": joined})
            yield "into", node, Statement(_links(node, ends, outgoing=False), {"keys": joined})


def _nodes(node: NodeType) -> str:
    return f"""{PLAN}
UNWIND $keys AS key
{find_node(node, "n", "key")}
RETURN collect([key, {all_of(NODE_TIMES[node.label], "n")}]) AS found"""


def _links(node: NodeType, types: Iterable[str], *, outgoing: bool) -> str:
    left, right = ("-", "->") if outgoing else ("<-", "-")
    return f"""{PLAN}
UNWIND $keys AS key
{find_node(node, "n", "key")}
MATCH (n){left}[r:{"|".join(dict.fromkeys(types))}]{right}(m)
RETURN collect([key, type(r), [x IN labels(m) WHERE x IN {_LABELS}][0], {_KEY}, {_SPELLING},
  {all_of(LINK_TIMES, "r")}]) AS found"""


def _changes(node: NodeType) -> str:
    return f"""{PLAN}
UNWIND $keys AS key
{find_node(node, "n", "key")}
MATCH (n)<-[:{CONCERNS.type}]-(c:{CHANGE.label})
RETURN collect([key, {all_of(NODE_TIMES[CHANGE.label], "c")}]) AS found"""


def _take_nodes(held: Held, node: NodeType, rows: Iterable[Any]) -> None:
    times = NODE_TIMES[node.label]
    for key, values in rows:
        if node.fold:
            del values[node.fold]
        held.nodes[NodeKey(node.label, key)] = _with_texts(values, times)


def _take_links(held: Held, node: NodeType, rows: Iterable[Any], *, outgoing: bool) -> None:
    for key, type_, label, other_key, spelling, values in rows:
        this, other = NodeKey(node.label, key), NodeKey(label, other_key)
        ends = (this, other) if outgoing else (other, this)
        held.links[LinkKey(type_, *ends)] = _with_texts(values, LINK_TIMES)
        held.spellings[other] = spelling


def _take_changes(held: Held, node: NodeType, rows: Iterable[Any]) -> None:
    for key, values in rows:
        change = NodeKey(CHANGE.label, values[CHANGE.key])
        held.nodes[change] = _with_texts(values, NODE_TIMES[CHANGE.label])
        held.links[LinkKey(CONCERNS.type, change, NodeKey(node.label, key))] = {}


def _with_texts(values: Values, times: dict[str, bool]) -> Values:
    """The values with their times as rules have them."""
    for name, is_list in times.items():
        value = values[name]
        if value is None:
            del values[name]
        else:
            values[name] = [_text(each) for each in value] if is_list else _text(value)
    return values


def _text(milliseconds: int) -> str:
    return iso(from_milliseconds(milliseconds))
