"""Precomputed answers: to questions about every model, which take long in a large graph.

When an import, an update or a computation of influence ends, each such question is asked with its
defaults; an answer that took longer than `LONG_S` is stored and serves until something writes.
After a load, the answers of a graph that has some are computed anew. A graph of fewer than `SMALL`
models is always asked itself.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime

from graph.answers import coverage, facet_counts, home, list_queries
from graph.answers.census import Census
from graph.answers.census_file import save_census
from graph.answers.dashboard import queries as of_dashboard
from graph.answers.history.undated import UNDATED
from graph.answers.query import Query
from graph.answers.reports.registry import catalogue
from graph.answers.totals import most_rows
from graph.settings import Settings
from graph.store.connection import Graph, Result, Statement

SMALL = 50_000
"""Models of a graph that answers at once."""
LONG_S = 0.5
"""An answer that took less than this is not stored."""
LIMIT_S = 600.0
"""How long one may take."""
AT_A_TIME = 2
"""How many are computed at a time; each keeps one core of the server busy."""

_STORE = """
MERGE (a:Answer {report: $name})
SET a.digest = $digest, a.columns = $columns, a.rows = $rows, a.total = $total,
  a.computed_at = $at
"""
_MODELS = "MATCH (m:Model) RETURN count(m) AS models"
_FORGET_ALL = "MATCH (a:Answer) DELETE a"
_ANY = "MATCH (a:Answer) RETURN count(a) > 0 AS stored"
_FORGET = "MATCH (a:Answer {report: $name}) DELETE a"


def precompute_answers(
    graph: Graph,
    advance: Callable[[float], object] = lambda _: None,
    settings: Settings | None = None,
) -> dict[str, float]:
    """Ask what is `precomputable`; name → seconds, of the answers that took long and are stored.

    With settings, the columns that are counted are stored, too, for questions about a selection.
    `advance` is called with the share that is done, 0 to 1. `QueryError` if one takes `LIMIT_S`.
    """
    if graph.read(_MODELS).one()["models"] < SMALL:
        graph.write(Statement(_FORGET_ALL))
        return {}
    queries = precomputable()
    counted = [query for query in queries if query.counted]
    part = len(counted) / len(queries)
    stored = _count(graph, counted, lambda share: advance(part * share), settings)
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        asked = {pool.submit(_ask, graph, query): query for query in queries if not query.counted}
        for number, future in enumerate(as_completed(asked), len(counted) + 1):
            result, at, taken = future.result()
            if _store(graph, asked[future], result, at, taken):
                stored[asked[future].name] = round(taken, 2)
            advance(number / len(queries))
    finally:  # after Ctrl-C nobody waits for what is asked: it ends with the connection
        pool.shutdown(wait=False, cancel_futures=True)
    return stored


def refresh_answers(
    graph: Graph,
    advance: Callable[[float], object] = lambda _: None,
    settings: Settings | None = None,
) -> dict[str, float]:
    """The same after a load or a crawl: only where answers are stored already."""
    stored = bool(graph.read(_ANY).one()["stored"])
    return precompute_answers(graph, advance, settings) if stored else {}


def precomputable() -> list[Query]:
    """The questions whose answers a large graph stores."""
    reports = [report for report in catalogue().values() if report.precomputed]
    lists = (list_queries.TOTALS, *facet_counts.QUERIES, UNDATED)
    return [*reports, *lists, *home.QUERIES, *coverage.QUERIES, *of_dashboard.QUERIES]


def _count(
    graph: Graph,
    queries: Sequence[Query],
    advance: Callable[[float], object],
    settings: Settings | None,
) -> dict[str, float]:
    """Answer what is counted over the columns of all models, which are read once."""
    at, started = datetime.now(UTC), time.perf_counter()
    census = Census.read(graph, advance)
    if settings:
        save_census(settings, graph, census, at)
    stored = {}
    for query in queries:
        result = census.answer(query.counted, query.defaults)
        taken = time.perf_counter() - started
        if _store(graph, query, result, at, taken):
            stored[query.name] = round(taken, 2)
    return stored


def _ask(graph: Graph, query: Query) -> tuple[Result, datetime, float]:
    """The answer, with how many rows there are without its limit: a larger limit only adds rows."""
    at, started = datetime.now(UTC), time.perf_counter()
    given, most = dict(query.defaults), most_rows(query)
    if most is not None:
        given["limit"] = most
    result = graph.read(query.cypher, given, timeout_s=LIMIT_S, row_limit=most)
    taken = time.perf_counter() - started
    limit = query.defaults.get("limit") if most is not None else None
    rows = result.rows[:limit] if isinstance(limit, int) else result.rows
    return replace(result, rows=rows, total=len(result.rows)), at, taken


def _store(graph: Graph, query: Query, result: Result, at: datetime, taken: float) -> bool:
    """Store an answer that took long, forget one that did not; returns whether it is stored."""
    if taken <= LONG_S or result.truncated:
        graph.write(Statement(_FORGET, {"name": query.name}))
        return False
    rows = [[row[column] for column in result.columns] for row in result.rows]
    values = {
        "name": query.name,
        "digest": query.digest,
        "columns": result.columns,
        "rows": json.dumps(rows, default=_as_json),
        "total": result.total,
        "at": at,
    }
    graph.write(Statement(_STORE, values))
    return True


def _as_json(value: object) -> object:
    """As `stored_answer` reads it back."""
    return {"$time": value.isoformat()} if isinstance(value, datetime) else str(value)
