"""The lineage as arrays: what is read from the graph before anything is computed.

Models are numbered 0, 1, 2, … here. Relationships come in the order of their internal ids, so that
every choice between equals is the same in every run.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph import schema
from graph.connection import Graph

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

TYPES = tuple(t.type for t in schema.LINEAGE)
ROOT = len(TYPES)
"""The kind of a model without a base; every other kind is an index into `TYPES`."""
PRECEDENCE = np.array([("FINETUNE", "ADAPTER", "QUANTIZE", "MERGE").index(t) for t in TYPES])
"""Which type tells more, where two were seen at the same time; by index into `TYPES`."""
MARKS = (None, "loop", "dup", "cycle")
"""Values of the relationship property `cut`; None where the relationship counts."""

NEVER = np.iinfo(np.int64).min

# One row per type, mark and time, with long lists in it: a row costs a hundred times a number.
_RELATIONSHIPS = f"""
MATCH (child:Model)-[r:{schema.LINEAGE_PATTERN}]->(base:Model)
WHERE r.gone_since IS NULL
RETURN type(r) AS type, r.cut AS cut, r.last_seen.epochMillis AS seen,
       collect(id(r)) AS relationships, collect(id(child)) AS children, collect(id(base)) AS bases
"""
_MODELS = f"""
MATCH (m:Model)
WHERE EXISTS {{ (m)-[:{schema.LINEAGE_PATTERN}]-() }}
RETURN m.author AS author, m.gone_since IS NOT NULL AS gone, collect(id(m)) AS nodes
"""
_CREATED = """
MATCH (m:Model) WHERE id(m) IN $nodes AND m.created_at IS NOT NULL
RETURN collect(id(m)) AS nodes, collect(m.created_at.epochMillis) AS created
"""


@dataclass(frozen=True)
class Lineage:
    """Models that have a base or a derivative, and the relationships between them.

    Attributes:
        node: internal id of each model, ascending.
        gone: whether the model was deleted from the Hub.
        author: index into `authors`, -1 for an id without an owner.
        authors: folded names.
        relationship: internal id of each relationship, ascending.
        child: index of the model it starts at.
        base: index of the model it ends at.
        type: index into `TYPES`.
        seen: `last_seen` in milliseconds, `NEVER` where unset.
        mark: index into `MARKS` of the mark that an earlier run left.
    """

    node: IntArray
    gone: BoolArray
    author: IntArray
    authors: list[str]
    relationship: IntArray
    child: IntArray
    base: IntArray
    type: IntArray
    seen: IntArray
    mark: IntArray


def read(graph: Graph) -> Lineage:
    """Read every relationship of `schema.LINEAGE` that is not history, and its models."""
    columns: list[list[IntArray]] = [[] for _ in range(6)]
    for row in graph.command(_RELATIONSHIPS).rows:
        size = len(row["relationships"])
        seen = NEVER if row["seen"] is None else row["seen"]
        for column, values in zip(
            columns,
            (
                np.array(row["relationships"], dtype=np.int64),
                np.array(row["children"], dtype=np.int64),
                np.array(row["bases"], dtype=np.int64),
                np.full(size, TYPES.index(row["type"])),
                np.full(size, seen, dtype=np.int64),
                np.full(size, MARKS.index(row["cut"])),
            ),
            strict=True,
        ):
            column.append(values)
    relationship, child, base, kind, seen, mark = (
        np.concatenate([*column, np.empty(0, dtype=np.int64)]) for column in columns
    )
    order = np.argsort(relationship)
    node = np.unique(np.concatenate([child, base]))
    gone, author, authors = _models(graph, node)
    return Lineage(
        node=node,
        gone=gone,
        author=author,
        authors=authors,
        relationship=relationship[order],
        child=np.searchsorted(node, child[order]),
        base=np.searchsorted(node, base[order]),
        type=kind[order],
        seen=seen[order],
        mark=mark[order],
    )


def created(graph: Graph, lineage: Lineage, models: IntArray) -> FloatArray:
    """When each of `models` (indices) was created, in milliseconds; NaN where unknown."""
    row = graph.command(_CREATED, {"nodes": lineage.node[models].tolist()}).one()
    dates = dict(zip(row["nodes"], row["created"], strict=True))
    return np.array([dates.get(int(n), np.nan) for n in lineage.node[models]], dtype=np.float64)


def kinds(child: IntArray, kind: IntArray, seen: IntArray, size: int) -> IntArray:
    """What each of `size` models is: the type of its relationships, `ROOT` without one.

    Where types differ, the newest wins, then MERGE > QUANTIZE > ADAPTER > FINETUNE.
    """
    result = np.full(size, ROOT, dtype=np.int64)
    order = np.lexsort((PRECEDENCE[kind], seen))
    result[child[order]] = kind[order]
    return result


def _models(graph: Graph, node: IntArray) -> tuple[BoolArray, IntArray, list[str]]:
    rows = graph.command(_MODELS).rows
    index_of: dict[str, int] = {}
    owners = [
        index_of.setdefault(row["author"].lower(), len(index_of)) if row["author"] else -1
        for row in rows
    ]
    many = [len(row["nodes"]) for row in rows]
    found = np.array([n for row in rows for n in row["nodes"]], dtype=np.int64)
    order = np.argsort(found)
    # Models whose lineage is all history are among the found, but not in `node`.
    places = order[np.searchsorted(found[order], node)]
    gone = np.repeat(np.array([row["gone"] for row in rows], dtype=np.bool_), many)[places]
    author = np.repeat(np.array(owners, dtype=np.int64), many)[places]
    return gone, author, list(index_of)
