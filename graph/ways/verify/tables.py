"""A graph as tables of DuckDB, read by none of the queries that answer people.

`held`, `scored` (models with any score), `lineage`, `mirror` and `account` are what the graph
holds, past relationships included. What is counted is of one time: `model` (with `known`; `gone`,
not there; `lost`, found to be gone), `link` (bases that hold), `kept` (those over which lineage
leads), `kind` (the relation of a model that has a base), `pair` (a model and an ancestor, with the
steps between), `here` (models on the Hub), `live` (links whose child is there), `cut`, `author`,
`score` and `author_score`. Keys are ids in lower case.

Values come in columns, a page of nodes at a time: a column costs a fraction of as many rows.
"""
# ruff: noqa: S608 (the texts are put together from constants)

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from graph.observe.dumps.session import database, interruptible
from graph.progress import Progress
from graph.schema import (
    AUTHOR,
    AUTHOR_SCORES,
    LINEAGE_PATTERN,
    MODEL,
    MODEL_SCORES,
    RELATION,
    RELATION_OF_TYPE,
    NodeType,
    Property,
    Type,
    score_properties,
)
from graph.store.connection import LONG_S, Graph
from graph.store.paging import by_number

Row = dict[str, Any]

TYPES = {
    Type.FLOAT: pa.float64(), Type.INTEGER: pa.int64(), Type.BOOLEAN: pa.bool_(),
    Type.STRING: pa.string(), Type.STRINGS: pa.list_(pa.string()),
    Type.INTEGERS: pa.list_(pa.int64()), Type.DATETIME: pa.timestamp("us"),
    Type.DATETIMES: pa.list_(pa.timestamp("us")),
}  # fmt: skip
_COUNTED = (
    "id", "id_folded", "known", "gone_since", "away", "appeared_at", "created_at", "absent",
    "relation", "base_count", "task", "library", "license", "licenses", "license_name",
    "license_link", "languages", "architecture", "disabled", "downloads", "likes", "parameters",
    *(f"children_{word}" for word in RELATION), "swarm",
)  # fmt: skip
"""What is counted of a model; long lists are not, and take most of the time to read."""
_NAMED = ("name", "name_folded", "kind", "full_name")
_MODEL_SCORES = tuple(prop.name for prop in score_properties(MODEL_SCORES))
_AUTHOR_SCORES = tuple(prop.name for prop in score_properties(AUTHOR_SCORES))
_HAS_SCORE = f"(n:{MODEL.scored_label} OR any(name IN keys(n) WHERE name STARTS WITH 'influence'))"
"""Those that the label finds, and any that kept scores without it."""
_PAGE = 10_000
MOST_MEMORY = "2GB"
"""Beyond that DuckDB uses a temporary folder."""

_LINEAGE = f"""MATCH (child)-[r:{LINEAGE_PATTERN}]->(base)
WITH type(r) AS type, collect([child.id_folded, base.id_folded]) AS ends, collect(r) AS found
RETURN type, [e IN ends | e[0]] AS child, [e IN ends | e[1]] AS base, [r IN found | r.cut] AS cut,
  [r IN found | r.since.epochMillis * 1000] AS since,
  [r IN found | r.gone_since.epochMillis * 1000] AS gone_since,
  [r IN found | [t IN r.away | t.epochMillis * 1000]] AS away"""
_MIRRORS = """MATCH (m:Model)-[r:MIRROR_OF]->(o:Model)
RETURN collect(m.id_folded) AS mirror, collect(o.id_folded) AS original, collect(r.tier) AS tier"""

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
FROM scored WHERE influence IS NOT NULL AND $is_now"""
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


@contextmanager
def tables_of(graph: Graph, progress: Progress) -> Iterator["Recount"]:
    """Read a graph into tables that last as long as the context, in bounded memory."""
    with (
        interruptible(),
        TemporaryDirectory(prefix="hubgraph-") as folder,
        database(folder, MOST_MEMORY) as sql,
    ):
        yield Recount(sql, graph, progress)


class Recount:
    """The tables of a graph, at first as it is now."""

    def __init__(self, sql: duckdb.DuckDBPyConnection, graph: Graph, progress: Progress) -> None:
        self.sql = sql
        for stage, table, node, names, condition in (
            ("Read models", "held", MODEL, _COUNTED, "true"),
            ("Read scores", "scored", MODEL, ("id_folded", *_MODEL_SCORES), _HAS_SCORE),
            ("Read authors", "account", AUTHOR, (*_NAMED, *_AUTHOR_SCORES), "true"),
        ):
            progress.stage(stage)
            query, shape = _columns_of(node, names, condition)
            self._create(table, shape)
            for found in by_number(graph, node, query, _PAGE, progress.advance):
                self._add(table, found, shape)
        progress.stage("Read lineage")
        self._read_links(graph)
        progress.stage("Count families")
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

    def _read_links(self, graph: Graph) -> None:
        texts = dict.fromkeys(("child", "base", "cut"), Type.STRING)
        times = {"since": Type.DATETIME, "gone_since": Type.DATETIME, "away": Type.DATETIMES}
        shape = _shape({**texts, **times, "relation": Type.STRING})
        self._create("lineage", shape)
        for row in graph.read(_LINEAGE, timeout_s=LONG_S).rows:
            word = RELATION_OF_TYPE[row.pop("type")]
            self._add("lineage", [*row.values(), [word] * len(row["child"])], shape)
        found = graph.read(_MIRRORS, timeout_s=LONG_S).one()
        shape = _shape(dict.fromkeys(found, Type.STRING))
        self._create("mirror", shape)
        self._add("mirror", list(found.values()), shape)

    def _create(self, table: str, shape: pa.Schema) -> None:
        self.sql.from_arrow(shape.empty_table()).create(table)

    def _add(self, table: str, columns: Sequence[Sequence[object]], shape: pa.Schema) -> None:
        arrays = [pa.array(c, f.type) for c, f in zip(columns, shape, strict=True)]
        self.sql.from_arrow(pa.Table.from_arrays(arrays, schema=shape)).insert_into(table)


def _columns_of(node: NodeType, names: Sequence[str], condition: str) -> tuple[str, pa.Schema]:
    """The query for a page of the nodes of a kind, in columns, and what these hold."""
    of_name = {prop.name: prop for prop in node.properties}
    chosen = [of_name[name] for name in names]
    values = ", ".join(f"[n IN page | {_value(prop)}]" for prop in chosen)
    query = f"""MATCH (n:{node.label}) WHERE id(n) = number AND {condition}
WITH collect(n) AS page RETURN [{values}] AS found"""
    return query, _shape({prop.name: prop.type for prop in chosen})


def _shape(columns: Mapping[str, Type]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])


def _value(prop: Property) -> str:
    if prop.type is Type.DATETIME:
        return f"n.{prop.name}.epochMillis * 1000"
    if prop.type is Type.DATETIMES:
        return f"[t IN n.{prop.name} | t.epochMillis * 1000]"
    return f"n.{prop.name}"
