"""Answers that are kept: of reports that look at every model, which takes long in a large graph.

A file says `kept: yes`. Its answer with the default parameters is worked out and stored when an
import, an update or a computation of influence ends, and serves until the next; only those that
took longer than `LONG_S` are. A small graph is always asked itself.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime

from graph.answers.reports.report import Report
from graph.store.connection import Graph, Result, Statement

LONG_S = 0.5
"""An answer that took less than this is not kept."""
LIMIT_S = 600.0
"""How long one may take."""
AT_A_TIME = 2
"""How many are asked at a time; each keeps one core of the server busy."""

_STORE = """
MERGE (a:Answer {report: $report})
SET a.columns = $columns, a.rows = $rows, a.computed_at = $at
"""
_FORGET = "MATCH (a:Answer {report: $report}) DELETE a"
_FIND = "MATCH (a:Answer {report: $report}) RETURN a.columns AS columns, a.rows AS rows"


def keep(
    graph: Graph, reports: list[Report], advance: Callable[[float], object] = lambda _: None
) -> dict[str, float]:
    """Work out and store the answers of reports.

    Args:
        graph: which to ask, and where to store.
        reports: those whose files say `kept: yes`.
        advance: called with the share that is done, 0 to 1.

    Returns:
        Report → how long its answer took, in seconds; of those that are kept.

    Raises:
        QueryError: one took longer than `LIMIT_S`.
    """
    kept: dict[str, float] = {}
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        asked = {pool.submit(_ask, graph, report): report for report in reports}
        for number, future in enumerate(as_completed(asked), 1):
            taken = _store(graph, asked[future], *future.result())
            if taken is not None:
                kept[asked[future].name] = taken
            advance(number / len(reports))
    finally:  # after Ctrl-C nobody waits for what is asked: it ends with the connection
        pool.shutdown(wait=False, cancel_futures=True)
    return kept


def _ask(graph: Graph, report: Report) -> tuple[Result, float]:
    started = time.perf_counter()
    result = graph.read(report.cypher, defaults(report), timeout_s=LIMIT_S)
    return result, time.perf_counter() - started


def _store(graph: Graph, report: Report, result: Result, taken: float) -> float | None:
    """Store an answer that took long, forget one that did not; returns the time if it is stored."""
    if taken <= LONG_S or result.truncated:
        graph.write(Statement(_FORGET, {"report": report.name}))
        return None
    rows = [[row[name] for name in result.columns] for row in result.rows]
    values = {
        "report": report.name,
        "columns": result.columns,
        "rows": json.dumps(rows, default=_as_json),
        "at": datetime.now(UTC),
    }
    graph.write(Statement(_STORE, values))
    return round(taken, 2)


def answer(graph: Graph, report: Report, parameters: dict[str, object]) -> Result | None:
    """The kept answer to a report; None where there is none for these parameters."""
    if not report.kept or parameters != defaults(report):
        return None
    started = time.perf_counter()
    found = graph.read(_FIND, {"report": report.name}).one()
    if not found:
        return None
    rows = json.loads(found["rows"], object_hook=_from_json)
    columns = list(found["columns"])
    elapsed_ms = (time.perf_counter() - started) * 1000
    return Result(
        columns, [dict(zip(columns, row, strict=True)) for row in rows], elapsed_ms=elapsed_ms
    )


def defaults(report: Report) -> dict[str, object]:
    """The parameters of a report when none are given."""
    return {parameter.name: parameter.default for parameter in report.parameters}


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    return str(value)


def _from_json(value: dict[str, object]) -> object:
    return datetime.fromisoformat(str(value["$time"])) if value.keys() == {"$time"} else value
