"""The lineage as arrays: what is read from the graph before anything is computed.

Models are numbered 0, 1, 2, … here. Relationships come in the order of their internal ids, so that
every choice between equals is the same in every run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import numpy as np
import numpy.typing as npt

from graph import schema
from graph.observe import ids
from graph.store.connection import Graph
from graph.store.paging import by_number

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

TYPES = tuple(t.type for t in schema.LINEAGE)
ROOT = len(TYPES)
"""The kind of a model without a base; every other kind is an index into `TYPES`."""
PRECEDENCE = np.array([relation.precedence for relation in schema.RELATION.values()])
"""Which type tells more, where two began at the same time; by index into `TYPES`."""
MARKS = (None, "loop", "dup", "cycle")
"""Values of the relationship property `cut`; None where the relationship counts."""

NEVER = np.iinfo(np.int64).min
_PAGE = 10_000
"""Numbers of models that one query looks at."""

# One row per type and mark, with long lists in it: a row costs a hundred times a number.
_RELATIONSHIPS = f"""
MATCH (child:Model)-[r:{schema.LINEAGE_PATTERN}]->(base:Model)
WHERE CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL
  ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)
    AND size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 0 END
RETURN type(r) AS type, r.cut AS cut, collect(coalesce(r.since.epochMillis, $never)) AS seen,
       collect(id(r)) AS relationships, collect(id(child)) AS children, collect(id(base)) AS bases
"""
_GONE = """
CALL () {
  MATCH (m:Model)
  WHERE m.gone_since <= coalesce($as_of, datetime('9999-12-31T00:00Z'))
  RETURN m
  UNION
  MATCH (change:Change {kind: 'gone'})-[:CONCERNS]->(m:Model)
  WHERE change.at <= $as_of AND size([t IN coalesce(m.away, []) WHERE t <= $as_of]) % 2 = 1
  RETURN m
}
RETURN collect(id(m)) AS nodes
"""
_MODELS = f"""
MATCH (m:{schema.MODEL.label}) WHERE id(m) = number
RETURN [collect(number), collect(m.id), collect(coalesce(m.created_at.epochMillis, -1)),
        collect(coalesce(m.downloads, -1)), collect(coalesce(m.likes, -1))] AS found
"""
_TEMPLATES = f"""
MATCH (m:Model)-[:{schema.TYPE_OF_RELATION["quantized"]}]->() WHERE m.chat_template IS NOT NULL
RETURN collect(DISTINCT [id(m), m.chat_template]) AS found
"""
_CREATED = """
MATCH (m:Model) WHERE id(m) IN $nodes AND m.created_at IS NOT NULL
RETURN collect(id(m)) AS nodes, collect(m.created_at.epochMillis) AS created
"""


@dataclass(frozen=True)
class RawLineage:
    """Models that have a base or a derivative, and the relationships between them."""

    node: IntArray  # internal id of each model, ascending
    gone: BoolArray  # whether the model was deleted from the Hub
    relationship: IntArray  # internal id of each relationship, ascending
    child: IntArray  # index of the model it starts at
    base: IntArray  # index of the model it ends at
    type: IntArray  # index into `TYPES`
    seen: IntArray  # `since` in milliseconds, `NEVER` where unset
    mark: IntArray  # index into `MARKS` of the mark that an earlier run left

    def including(self, nodes: IntArray) -> "RawLineage":
        """The same with models that have no relationship."""
        node = np.union1d(self.node, nodes)
        place = np.searchsorted(node, self.node)
        gone = np.zeros(node.size, dtype=np.bool_)
        gone[place] = self.gone
        return replace(self, node=node, gone=gone, child=place[self.child], base=place[self.base])


@dataclass(frozen=True)
class Models:
    """All models of a graph; NaN where a number is not known."""

    node: IntArray  # internal ids, ascending
    id: list[str]
    created: FloatArray  # milliseconds
    downloads: FloatArray  # in the last 30 days
    likes: FloatArray
    template: Mapping[int, str]  # internal id → digest of the chat template, of quantizations


@dataclass(frozen=True)
class Facts:
    """What scores need to know of each model of a lineage; NaN where it is not known."""

    author: IntArray  # index into `authors`, -1 for an id without an owner
    authors: list[str]  # in lower case
    created: FloatArray  # milliseconds
    downloads: FloatArray  # in the last 30 days
    likes: FloatArray

    @classmethod
    def unread(cls, size: int) -> Self:
        """Of so many models nothing is known."""
        nothing = np.full(size, np.nan)
        return cls(np.full(size, -1), [], nothing, nothing, nothing)


def read_lineage(graph: Graph, as_of: datetime | None = None) -> RawLineage:
    """Read every relationship of `schema.LINEAGE` that holds, now or `as_of` a time."""
    parts = [np.empty((6, 0), dtype=np.int64)]
    for row in graph.command(_RELATIONSHIPS, {"as_of": as_of, "never": int(NEVER)}).rows:
        part = np.empty((6, len(row["relationships"])), dtype=np.int64)
        part[0], part[1], part[2] = row["relationships"], row["children"], row["bases"]
        part[3], part[4], part[5] = TYPES.index(row["type"]), row["seen"], MARKS.index(row["cut"])
        parts.append(part)
    relationship, child, base, kind, seen, mark = np.concatenate(parts, axis=1)
    order = np.argsort(relationship)
    node = np.unique(np.concatenate([child, base]))
    gone = graph.command(_GONE, {"as_of": as_of}).one()["nodes"]
    return RawLineage(
        node=node,
        gone=np.isin(node, np.array(gone, dtype=np.int64)),
        relationship=relationship[order],
        child=np.searchsorted(node, child[order]),
        base=np.searchsorted(node, base[order]),
        type=kind[order],
        seen=seen[order],
        mark=mark[order],
    )


def read_created(graph: Graph, lineage: RawLineage, models: IntArray) -> FloatArray:
    """When each of `models` (indices) was created, in milliseconds; NaN where unknown."""
    row = graph.command(_CREATED, {"nodes": lineage.node[models].tolist()}).one()
    dates = dict(zip(row["nodes"], row["created"], strict=True))
    return np.array([dates.get(int(n), np.nan) for n in lineage.node[models]], dtype=np.float64)


def read_models(graph: Graph, advance: Callable[[float], object]) -> Models:
    """Every model of a graph, with what scores need to know of it."""
    names: list[str] = []
    parts = [np.empty((4, 0))]
    for node, id_, *numbers in by_number(graph, schema.MODEL, _MODELS, _PAGE, advance):
        names.extend(id_)
        parts.append(np.array([node, *numbers], dtype=np.float64))
    nodes, *columns = np.concatenate(parts, axis=1)
    created, downloads, likes = (np.where(column < 0, np.nan, column) for column in columns)
    template = dict(graph.command(_TEMPLATES).one()["found"])
    return Models(nodes.astype(np.int64), names, created, downloads, likes, template)


def facts_of(models: Models, node: IntArray) -> Facts:
    """What is known of some models, given their internal ids."""
    place = np.searchsorted(models.node, node)
    index_of: dict[str, int] = {}
    author = [
        index_of.setdefault(name, len(index_of)) if name else -1
        for name in ((ids.owner(models.id[i]) or "").lower() for i in place.tolist())
    ]
    return Facts(
        np.array(author, dtype=np.int64),
        list(index_of),
        models.created[place],
        models.downloads[place],
        models.likes[place],
    )
