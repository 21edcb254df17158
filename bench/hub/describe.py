"""The shape of a dump, next to that of the real Hub."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from bench.hub.vocabulary import RELATION_COUNTS, RELATIONS

REAL_MODELS = 3_117_871
_JSON_BASES = """from_json(baseModels, '{"relation": "VARCHAR", "models": [{"id": "VARCHAR"}]}')"""
_JSON_WEIGHTS = """from_json(safetensors, '{"total": "BIGINT"}')"""
_DEEPEST = 100

_TABLES = """
CREATE TABLE model AS SELECT
  row_number() OVER () AS number, lower(id) AS id, author, downloads, likes, tags, createdAt,
  {bases} AS bases, {weights}.total AS parameters,
  regexp_matches(id, '[-_][0-9.]+[BM]\\b') AS sized
FROM read_parquet($path);
CREATE TABLE edge AS
WITH stated AS (
  SELECT number, bases.relation AS relation, createdAt, unnest(bases.models).id AS base FROM model
)
SELECT stated.number AS child, relation, parent.number AS base, lower(stated.base) AS name,
  parent.createdAt > stated.createdAt AS younger
FROM stated LEFT JOIN model parent ON parent.id = lower(stated.base);
CREATE TABLE family AS
SELECT base, count(DISTINCT child) AS children FROM edge
WHERE base IS NOT NULL AND base <> child GROUP BY base;
"""

_RELATIONS = """
SELECT bases.relation, count(*), count(*) FILTER (number NOT IN (SELECT base FROM family))
FROM model WHERE bases IS NOT NULL GROUP BY bases.relation
"""
_REAL_LEAVES = (0.995, 0.93, 0.994, 0.49)


@dataclass(frozen=True)
class Figure:
    """One figure of the shape.

    Attributes:
        name: what it is, in words.
        value: in the described dump.
        real: on the real Hub; None where nobody has told.
        text: how both are written.
    """

    name: str
    value: float
    real: float | None
    text: Callable[[float], str]


def describe(folder: Path) -> None:
    """Print the shape of `models.parquet` in a folder."""
    table = Table("", "here", "real Hub", title=str(folder), title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for figure in figures(folder / "models.parquet"):
        real = "" if figure.real is None else figure.text(figure.real)
        table.add_row(figure.name, figure.text(figure.value), real)
    Console().print(table)


def figures(path: Path) -> list[Figure]:
    """The shape of a dump of models; real figures that grow with the Hub are scaled to its size."""
    with duckdb.connect() as connection:
        return _figures(connection, path)


def _figures(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Figure]:
    kinds = {
        name: kind
        for name, kind, *_ in connection.execute(
            "DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}
        ).fetchall()
    }
    text = kinds["baseModels"] == "VARCHAR"
    statements = _TABLES.format(
        bases=_JSON_BASES if text else "baseModels",
        weights=_JSON_WEIGHTS if text else "safetensors",
    )
    first, *rest = statements.strip().split(";\n")
    connection.execute(first, {"path": str(path)})
    for statement in rest:
        connection.execute(statement)

    def one(query: str) -> float:
        row = connection.execute(query).fetchone()
        return float(row[0] or 0) if row else 0.0

    models = one("SELECT count(*) FROM model")
    scale = models / REAL_MODELS
    bases = one("SELECT count(bases.relation) FROM model")
    edges = one("SELECT count(*) FROM edge")
    found = [
        Figure("models", models, REAL_MODELS, _whole),
        Figure("with a base", bases / models, 0.28, _share),
    ]
    counts = {relation: (count, leaves) for relation, count, leaves in
              connection.execute(_RELATIONS).fetchall()}  # fmt: skip
    for relation, real, leaves in zip(RELATIONS, RELATION_COUNTS, _REAL_LEAVES, strict=True):
        count, leaf = counts.get(relation, (0, 0))
        found += [
            Figure(f"{relation}, of those", count / bases, real / sum(RELATION_COUNTS), _share),
            Figure(f"{relation}, leaves", leaf / max(count, 1), leaves, _share),
        ]
    largest = connection.execute("SELECT children FROM family ORDER BY 1 DESC LIMIT 3").fetchall()
    found += [
        Figure(f"children of family {place}", float(children), real * scale, _whole)
        for place, ((children,), real) in enumerate(
            zip(largest, (32_000, 28_000, 24_000), strict=False), 1
        )
    ]
    most = "SELECT max(n) FROM (SELECT count(*) AS n FROM edge GROUP BY child)"
    missing = one("SELECT count(*) FROM edge WHERE base IS NULL")
    itself = one("SELECT count(*) FROM edge WHERE base = child")
    accounts = one("SELECT count(DISTINCT author) FROM model")
    paper = """SELECT max(n) FROM (
      SELECT count(*) AS n FROM (SELECT unnest(tags) AS tag FROM model)
      WHERE tag LIKE 'arxiv:%' GROUP BY tag)"""
    author = "SELECT max(n) FROM (SELECT count(*) AS n FROM model GROUP BY author)"
    return [
        *found,
        Figure("longest chain", _longest_chain(connection), 40, _whole),
        Figure("most parents", one(most), 65, _whole),
        Figure("references to no model", missing / edges, 0.03, _share),
        Figure("self-bases", itself, 288 / 128_090 * edges, _whole),
        Figure("base created later", one("SELECT count(*) FROM edge WHERE younger") / edges, None,
               _share),
        Figure("tags contradict", _contradictions(connection) / bases, None, _share),
        Figure("median downloads", one("SELECT median(downloads) FROM model"), 0, _whole),
        Figure("mean downloads", one("SELECT avg(downloads) FROM model"), 812, _whole),
        Figure("over 10 million downloads",
               one("SELECT count(*) FROM model WHERE downloads > 1e7"), None, _whole),
        Figure("most likes", one("SELECT max(likes) FROM model"), None, _whole),
        Figure("with a count of parameters", one("SELECT count(parameters) FROM model") / models,
               505_406 / 2_161_698, _share),
        Figure("name states a size", one("SELECT count(*) FROM model WHERE sized") / models, None,
               _share),
        Figure("models for each author", models / accounts, None, _decimal),
        Figure("models of the largest author", one(author), None, _whole),
        Figure("with a paper", _tagged(connection, "arxiv:") / models, None, _share),
        Figure("with the commonest paper", one(paper) / models, None, _share),
        Figure("with a dataset", _tagged(connection, "dataset:") / models, None, _share),
        Figure("with region:us", _tagged(connection, "region:us") / models, None, _share),
    ]  # fmt: skip


def _tagged(connection: duckdb.DuckDBPyConnection, beginning: str) -> float:
    query = """SELECT count(*) FROM model
    WHERE len(list_filter(tags, lambda tag: starts_with(tag, $beginning))) > 0"""
    row = connection.execute(query, {"beginning": beginning}).fetchone()
    return float(row[0]) if row else 0.0


def _contradictions(connection: duckdb.DuckDBPyConnection) -> float:
    """Models of which some base is not tagged as `baseModels` states it."""
    query = """SELECT count(DISTINCT child) FROM edge JOIN model ON number = child
    WHERE NOT list_contains(
      list_transform(tags, lambda tag: lower(tag)), 'base_model:' || relation || ':' || name)"""
    row = connection.execute(query).fetchone()
    return float(row[0]) if row else 0.0


def _longest_chain(connection: duckdb.DuckDBPyConnection) -> float:
    """Steps from a model without a base to the furthest descendant.

    What only cycles lead to is never reached.
    """
    connection.execute(
        "CREATE TABLE step AS SELECT DISTINCT child, base FROM edge WHERE base <> child"
    )
    connection.execute(
        "CREATE TABLE reached AS SELECT DISTINCT base AS number FROM step "
        "WHERE base NOT IN (SELECT child FROM step)"
    )
    for depth in range(_DEEPEST):
        connection.execute(
            "CREATE OR REPLACE TABLE reached AS "
            "SELECT DISTINCT child AS number FROM step JOIN reached ON base = number"
        )
        row = connection.execute("SELECT count(*) FROM reached").fetchone()
        if not row or not row[0]:
            return float(depth)
    return float(_DEEPEST)


def _share(value: float) -> str:
    return f"{value:.2%}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _decimal(value: float) -> str:
    return f"{value:.1f}"
