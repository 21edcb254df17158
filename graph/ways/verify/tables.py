"""A graph as tables of DuckDB, read by none of the queries that answer people.

`held`, `lineage`, `mirror` and `account` are what the graph holds, past relationships included.
What is counted is of one time: `model` (with `known`; `gone`, not there; `lost`, found to be gone),
`link` (bases that hold), `kept` (those over which lineage leads), `kind` (the relation of a model
that has a base), `pair` (a model and an ancestor, with the steps between), `here` (models on the
Hub), `live` (links whose child is there), `cut`, `author`, `score` and `author_score`. Keys are ids
in lower case.
"""
# ruff: noqa: S608 (the texts are put together from constants)

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from graph.schema import AUTHOR, LINEAGE_PATTERN, MODEL, RELATION, NodeType, Property, Type
from graph.store.connection import Graph
from graph.store.paging import by_number

Row = dict[str, Any]

TYPES = {
    Type.FLOAT: pa.float64(), Type.INTEGER: pa.int64(), Type.BOOLEAN: pa.bool_(),
    Type.STRING: pa.string(), Type.STRINGS: pa.list_(pa.string()),
    Type.INTEGERS: pa.list_(pa.int64()), Type.DATETIME: pa.timestamp("us"),
    Type.DATETIMES: pa.list_(pa.timestamp("us")),
}  # fmt: skip
_UNREAD = {
    "tags", "datasets", "papers", "stated_before", "observed_times", "observed_facts",
    "facts_then", "counted_at", "downloads_then", "likes_then",
}  # fmt: skip
"""Long lists that nothing here counts."""
_PAGE = 10_000

_WORD = "CASE type(r) " + " ".join(f"WHEN '{r.type}' THEN '{w}'" for w, r in RELATION.items())
_LINEAGE = f"""MATCH (child:Model)-[r:{LINEAGE_PATTERN}]->(base:Model) WHERE id(child) = number
RETURN collect([child.id_folded, {_WORD} END, base.id_folded, r.cut, r.since.epochMillis * 1000,
  r.gone_since.epochMillis * 1000, [t IN r.away | t.epochMillis]]) AS found"""
_MIRRORS = """MATCH (m:Model)-[r:MIRROR_OF]->(o:Model) WHERE id(m) = number
RETURN collect([m.id_folded, o.id_folded, r.tier]) AS found"""

PRECEDENCE = "list_position(['finetune', 'adapter', 'quantized', 'merge'], relation)"
"""Which relation says more of a model that has several, equally new ones."""

_NOT_AWAY = "len(list_filter(coalesce(away, []), lambda t: t <= $time)) % 2 = 0"
_UNTIL_THEN = f"coalesce(gone_since > $time, true) AND {_NOT_AWAY}"
_MODELS = """SELECT id_folded AS key, coalesce(known, false) AS known,
  NOT ({existed}) AS gone, NOT ({is_left}) AS lost, base_count,
  coalesce(absent, []) AS absent, id,
  CASE WHEN contains(id, '/') THEN split_part(id, '/', 1) END AS author, relation, task, library,
  license, license_link, CASE WHEN license IS NOT NULL OR licenses IS NOT NULL THEN
    array_to_string(list_transform(coalesce(licenses, [license]), lambda l: CASE l WHEN 'other'
    THEN coalesce(license_name, license_link, l) ELSE l END), ', ') END AS licence,
  architecture, languages, disabled, created_at, downloads, likes, parameters,
  children_finetune, children_adapter, children_merge, children_quantized FROM held"""
_LINKS = "SELECT child, relation, base, since, cut FROM lineage WHERE {held}"
_KEPT = "SELECT child, relation, base, since FROM link WHERE cut IS NULL"
_MADE = f"""SELECT child AS key, arg_max(relation, (since, {PRECEDENCE})) AS relation
FROM kept GROUP BY child"""
_SCORES = """SELECT id_folded AS key, effective_descendants AS shown, influence_rank AS rank
FROM held WHERE influence IS NOT NULL AND $is_now"""
_PAIRS = "SELECT DISTINCT base AS ancestor, child AS model, 1 AS steps FROM {links}"
_LONGER = """INSERT INTO {name} SELECT DISTINCT ancestor, child, $steps + 1
FROM {name} JOIN {links} ON base = model WHERE steps = $steps AND child <> ancestor
  AND NOT EXISTS (SELECT 1 FROM {name} p WHERE p.ancestor = {name}.ancestor AND p.model = child)"""
_VIEWS = """
CREATE VIEW pair AS SELECT way.*, relation FROM way JOIN kind ON kind.key = model;
CREATE VIEW here AS SELECT * FROM model WHERE known AND NOT gone;
CREATE VIEW live AS SELECT link.* FROM link JOIN model ON key = child WHERE NOT gone;
CREATE VIEW cut AS SELECT child, relation, base, cut AS reason FROM link WHERE cut IS NOT NULL;
CREATE VIEW author AS SELECT name_folded AS key, name, kind, full_name FROM account;
CREATE VIEW author_score AS SELECT name_folded AS key, effective_descendants AS shown,
  outside_models AS models, outside_publishers AS publishers, influence_rank AS rank
  FROM account WHERE influence IS NOT NULL;
"""


class Recount:
    """The tables of a graph, at first as it is now."""

    def __init__(self, graph: Graph, advance: Callable[[float], object]) -> None:
        self.sql = duckdb.connect()
        self._graph = graph
        self._read("held", *_all_of(MODEL), lambda share: advance(share / 2))
        self._read("account", *_all_of(AUTHOR), lambda _: None)
        said = {"child": Type.STRING, "relation": Type.STRING, "base": Type.STRING}
        said |= {"cut": Type.STRING, "since": Type.DATETIME, "gone_since": Type.DATETIME}
        said |= {"away": Type.DATETIMES}
        self._read("lineage", MODEL, said, _LINEAGE, lambda share: advance(0.5 + share / 3))
        said = dict.fromkeys(("mirror", "original", "tier"), Type.STRING)
        self._read("mirror", MODEL, said, _MIRRORS, lambda share: advance(0.83 + share / 6))
        self.at(None)
        self.sql.execute(_VIEWS)

    def rows(self, text: str, **given: object) -> list[Row]:
        """The rows of a query."""
        used = {name: value for name, value in given.items() if f"${name}" in text}
        found = self.sql.execute(text, used)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def at(self, time: datetime | None) -> None:
        """From now on the tables are those of a time, in UTC without a zone; None for now."""
        if time is None:
            existed = held = is_left = "gone_since IS NULL"
        else:
            is_left = _UNTIL_THEN
            existed = f"coalesce(appeared_at <= $time, false) AND {_UNTIL_THEN}"
            held = f"since <= $time AND {_UNTIL_THEN}"
        self.make("model", _MODELS.format(existed=existed, is_left=is_left), time=time)
        self.make("link", _LINKS.format(held=held), time=time)
        self.make("kept", _KEPT)
        self.make("kind", _MADE)
        self.make("score", _SCORES, is_now=time is None)
        self.close("way", "kept")

    def make(self, name: str, text: str, **given: object) -> None:
        """Make a table of the rows of a query."""
        used = {key: value for key, value in given.items() if f"${key}" in text}
        self.sql.execute(f"CREATE OR REPLACE TABLE {name} AS {text}", used)

    def close(self, name: str, links: str) -> None:
        """Make a table of all pairs of a model and an ancestor, with the fewest steps between."""
        self.make(name, _PAIRS.format(links=links))
        found, steps = self.sql.table(name).count("*").fetchall()[0][0], 0
        while found:
            steps += 1
            longer = _LONGER.format(name=name, links=links)
            ((found,),) = self.sql.execute(longer, {"steps": steps}).fetchall()

    def _read(
        self,
        table: str,
        node: NodeType,
        columns: dict[str, Type],
        query: str,
        advance: Callable[[float], object],
    ) -> None:
        shape = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
        self.sql.from_arrow(shape.empty_table()).create(table)
        for rows in by_number(self._graph, node, query, _PAGE, advance):
            self.sql.from_arrow(_as_columns(rows, shape)).insert_into(table)


def _all_of(node: NodeType) -> tuple[NodeType, dict[str, Type], str]:
    """All nodes of a kind with their properties, as columns and the query for a page of them."""
    chosen = [prop for prop in node.properties if prop.name not in _UNREAD]
    values = ", ".join(_value(prop) for prop in chosen)
    query = f"MATCH (n:{node.label}) WHERE id(n) = number RETURN collect([{values}]) AS found"
    return node, {prop.name: prop.type for prop in chosen}, query


def _value(prop: Property) -> str:
    if prop.type is Type.DATETIME:
        return f"n.{prop.name}.epochMillis * 1000"
    if prop.type is Type.DATETIMES:
        return f"[t IN n.{prop.name} | t.epochMillis * 1000]"
    return f"n.{prop.name}"


def _as_columns(rows: Sequence[Sequence[object]], shape: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in shape)
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, shape, strict=True)]
    return pa.Table.from_arrays(arrays, schema=shape)
