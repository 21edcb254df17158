"""The models that the map shows, and their lineage, as columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph import schema
from graph.answers.facets import PUBLISHER, PUBLISHERS
from graph.scores.licences.verdict import Verdict
from graph.scores.lineage import FloatArray, IntArray
from graph.store.connection import LONG_S, Graph
from graph.store.paging import by_number

OTHER = "other"
_PAGE = 20_000
_TYPES = list(schema.RELATION_OF_TYPE)
_NAMES = ("author", "task", "license")
_MODELS = f"""
MATCH (m:{schema.MODEL.label}) WHERE id(m) = number
RETURN [collect(number), collect(coalesce(m.created_at.epochMillis, -1)),
        collect(m.gone_since IS NOT NULL), collect(coalesce(m.id, m.id_folded)),
        {", ".join(f"collect(coalesce(m.{name}, ''))" for name in _NAMES)}] AS found
"""
_LINKS = f"""
MATCH (child:Model)-[r:{schema.LINEAGE_PATTERN}]->(base:Model)
WHERE r.gone_since IS NULL AND child.gone_since IS NULL
RETURN type(r) AS type, coalesce(r.licence_verdict, '') AS verdict,
  collect(id(child)) AS children, collect(id(base)) AS bases
"""
_PUBLISHERS = f"""
MATCH (author:Author) WHERE {PUBLISHER} IS NOT NULL
RETURN {PUBLISHER} AS kind, collect(author.name) AS names
"""
VERDICTS = list(Verdict)
NO_VERDICT = -1


@dataclass(frozen=True)
class MapModels:
    """Columns of models, in the order of their ids, and of the links between them."""

    id: pa.Array
    author: pa.Array  # '' where nothing states it; so in the next two
    task: pa.Array
    licence: pa.Array
    created: FloatArray  # milliseconds since 1970; NaN where unknown
    child: IntArray  # indices
    base: IntArray
    relation: IntArray  # index into `schema.RELATIONS`
    verdict: IntArray  # of each link on licences: index into `VERDICTS`, or `NO_VERDICT`
    publisher: pa.Array  # of each model, the kind of its author in words; '' where unknown

    def in_order(self) -> "MapModels":
        """The same in the order of the ids: the same models then make the same map."""
        order = pc.sort_indices(self.id)
        place = order.to_numpy()
        at = np.empty(place.size, dtype=np.int64)
        at[place] = np.arange(place.size)
        texts = {
            name: getattr(self, name).take(order)
            for name in ("id", "author", "task", "licence", "publisher")
        }
        return replace(
            self, created=self.created[place], child=at[self.child], base=at[self.base], **texts
        )


def read_map_models(graph: Graph, advance: Callable[[float], object] = lambda _: None) -> MapModels:
    """What is on the Hub, and bases that are gone but that others were made from."""
    parts = [_part([[] for _ in range(7)])]
    parts += [_part(page) for page in by_number(graph, schema.MODEL, _MODELS, _PAGE, advance)]
    table = pa.concat_tables(parts).combine_chunks()
    node = table["node"].to_numpy()
    child, base, relation, verdict = _links(graph)
    used = np.isin(node, base) | ~table["gone"].to_numpy(zero_copy_only=False)
    table, node = table.filter(pa.array(used)), node[used]
    both = np.isin(child, node) & np.isin(base, node)  # what came between the two questions
    created = table["created"].to_numpy().astype(np.float64)
    id_, author, task, licence = (table[name].combine_chunks() for name in ("id", *_NAMES))
    return MapModels(
        id_,
        author,
        task,
        licence,
        np.where(created < 0, np.nan, created),
        np.searchsorted(node, child[both]),
        np.searchsorted(node, base[both]),
        relation[both],
        verdict[both],
        _publishers(graph, author),
    ).in_order()


def _part(columns: Sequence[Sequence[Any]]) -> pa.Table:
    numbers, times, gone, *texts = columns
    return pa.table(
        {
            "node": pa.array(numbers, pa.int64()),
            "created": pa.array(times, pa.int64()),
            "gone": pa.array(gone, pa.bool_()),
            **{
                name: pa.array(text, pa.large_string())
                for name, text in zip(("id", *_NAMES), texts, strict=True)
            },
        }
    )


def _links(graph: Graph) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    parts = [np.empty((4, 0), dtype=np.int64)]
    for row in graph.read(_LINKS, timeout_s=LONG_S).rows:
        part = np.empty((4, len(row["children"])), dtype=np.int64)
        part[0], part[1], part[2] = row["children"], row["bases"], _TYPES.index(row["type"])
        part[3] = VERDICTS.index(row["verdict"]) if row["verdict"] in VERDICTS else NO_VERDICT
        parts.append(part)
    child, base, relation, verdict = np.concatenate(parts, axis=1)
    return child, base, relation, verdict


def _publishers(graph: Graph, author: pa.Array) -> pa.Array:
    """The kind of each author, by name, in words."""
    rows = graph.read(_PUBLISHERS, timeout_s=LONG_S).rows
    names = pa.array([name for row in rows for name in row["names"]], pa.large_string())
    words = [PUBLISHERS.get(row["kind"], OTHER) for row in rows for _ in row["names"]]
    kinds = pa.array(words, pa.large_string())
    return pc.fill_null(kinds.take(pc.index_in(author, names)), "")
