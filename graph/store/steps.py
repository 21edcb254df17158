"""Steps of a batch that several of its parts take: naming nodes, saying who published them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from graph import schema
from graph.observe import ids, parameter_count
from graph.schema import AUTHOR, MODEL
from graph.store import links, statements
from graph.store.connection import Graph, Statement

Row = dict[str, object]
Step = tuple[str, Sequence[object]]
"""A statement and its rows; without rows it is left out."""

_MENTION = {node.label: statements.mention(node) for node in (AUTHOR, MODEL)}
_PUBLISH = {r.end: links.publish(r) for r in schema.OWNERSHIP}


def write(graph: Graph, steps: Iterable[Step], now: datetime, **more: object) -> None:
    """Write steps that have rows, in one transaction."""
    some = [Statement(text, {"rows": rows, "now": now, **more}) for text, rows in steps if rows]
    if some:
        graph.write(*some)


def mentions(node: schema.NodeType, names: Iterable[str]) -> list[Step]:
    """Nodes that are named, created where they are missing."""
    return [(_MENTION[node.label], _mentioned(node, names))]


def ownership(node: schema.NodeType, names: Iterable[str]) -> list[Step]:
    """Who published repositories of these names."""
    published = sorted({name for name in names if "/" in name})
    owners = [owner for name in published if (owner := ids.owner(name))]
    return [
        (_MENTION[AUTHOR.label], _mentioned(AUTHOR, owners)),
        (_PUBLISH[node.label], published),
    ]


def _mentioned(node: schema.NodeType, names: Iterable[str]) -> list[Row]:
    """The rows for `statements.mention`: each node once."""
    spelled: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        spelled.setdefault(name.lower(), []).append(name)
    rows: list[Row] = [{"spelling": first, "also": also} for first, *also in spelled.values()]
    if node is MODEL:
        for row in rows:
            row["guess"] = parameter_count(str(row["spelling"]))
    return rows
