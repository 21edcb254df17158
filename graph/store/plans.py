"""How Neo4j would run a query, and its rows one by one: for queries that nobody has checked."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import neo4j
from neo4j.exceptions import ClientError

from graph.errors import RefusedQueryError
from graph.store.connection import Graph, Row
from graph.store.values import Drawable, plain_row

FETCHED = 20
"""Rows that are on their way at a time: each may be large."""
_POSITION = re.compile(r"\s*\(line \d+, column \d+ \(offset: \d+\)\)")


@dataclass(frozen=True)
class Operator:
    """A step of a plan."""

    name: str
    details: str  # its expressions; literals are parameters there, odd names are in backticks


@dataclass(frozen=True)
class Plan:
    """How Neo4j would run a query."""

    kind: str  # r, rw, w, s
    operators: tuple[Operator, ...]
    table: str  # the same for people


def plan_of(graph: Graph, cypher: str, parameters: Mapping[str, object], timeout_s: float) -> Plan:
    """Have a query planned, not run.

    Raises:
        RefusedQueryError: Neo4j cannot read it; with the place.
        QueryError: planning took too long.
        ServerError: the database went away.
    """
    query = neo4j.Query(f"EXPLAIN\n{cypher}", timeout=timeout_s)
    with graph.reading(timeout_s, fetch_size=1) as session:
        try:
            summary = session.run(query, dict(parameters)).consume()
        except ClientError as error:
            place = (error.diagnostic_record or {}).get("_position")
            if not isinstance(place, dict):
                raise
            text = _POSITION.sub("", str(error.message).splitlines()[0])
            line, column = int(place["line"]) - 1, int(place["column"])
            raise RefusedQueryError(
                text.rstrip(".") + ".", "", max(line, 1), max(column, 1)
            ) from None
    plan: Any = summary.plan or {}
    return Plan(
        summary.query_type or "",
        tuple(_operators(plan)),
        str(plan.get("args", {}).get("string-representation", "")),
    )


@contextmanager
def rows_one_by_one(
    graph: Graph,
    cypher: str,
    parameters: Mapping[str, object],
    timeout_s: float,
    drawable: Drawable | None = None,
) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """Run a query in READ mode: its columns, and its rows as they arrive.

    What can be drawn of a row is added to `drawable`, if given.

    Raises:
        QueryError: it tried to write, took too long, or needed too much memory.
        ServerError: the database went away.
    """
    query = neo4j.Query(cypher, timeout=timeout_s)
    with graph.reading(timeout_s, fetch_size=FETCHED) as session:
        answer = session.run(query, dict(parameters))
        yield list(answer.keys()), (_taken(record, drawable) for record in answer)


def _taken(record: neo4j.Record, drawable: Drawable | None) -> Row:
    if drawable is not None:
        drawable.add(record.values())
    return plain_row(record)


def _operators(plan: Mapping[str, Any]) -> Iterator[Operator]:
    if plan:
        name = str(plan["operatorType"]).split("@", 1)[0]
        yield Operator(name, str(plan.get("args", {}).get("Details") or ""))
    for child in plan.get("children", ()):
        yield from _operators(child)
