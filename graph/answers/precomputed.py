"""Precomputed answers: to questions about every model, which take long in a large graph.

When an import, an update or a computation of influence ends, each such question is asked with its
defaults; an answer that took longer than `LONG_S` is stored and serves until the next. A small
graph is always asked itself.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import Protocol

from graph.store.connection import Graph, Result, Statement

LONG_S = 0.5
"""An answer that took less than this is not stored."""
LIMIT_S = 600.0
"""How long one may take."""
AT_A_TIME = 2
"""How many are computed at a time; each keeps one core of the server busy."""

_STORE = """
MERGE (a:Answer {report: $name})
SET a.columns = $columns, a.rows = $rows, a.computed_at = $at
"""
_FORGET = "MATCH (a:Answer {report: $name}) DELETE a"
_FIND = "MATCH (a:Answer {report: $name}) RETURN a.columns AS columns, a.rows AS rows"


class Precomputable(Protocol):
    """A report, or a query of a page."""

    @property
    def name(self) -> str:
        """What its answer is stored under."""

    @property
    def cypher(self) -> str:
        """The query; values reach it as parameters only."""

    @property
    def defaults(self) -> Mapping[str, object]:
        """Values of parameters that are not given."""

    @property
    def precomputed(self) -> bool:
        """Whether its answer with the defaults may be stored."""


def precompute(
    graph: Graph,
    questions: Sequence[Precomputable],
    advance: Callable[[float], object] = lambda _: None,
) -> dict[str, float]:
    """Answer questions and store the answers that took long.

    Args:
        graph: which to ask, and where to store.
        questions: those to answer.
        advance: called with the share that is done, 0 to 1.

    Returns:
        Name → how long the answer took, in seconds; of those that are stored.

    Raises:
        QueryError: one took longer than `LIMIT_S`.
    """
    stored: dict[str, float] = {}
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        asked = {pool.submit(_ask, graph, question): question for question in questions}
        for number, future in enumerate(as_completed(asked), 1):
            name = asked[future].name
            taken = _store(graph, name, *future.result())
            if taken is not None:
                stored[name] = taken
            advance(number / len(questions))
    finally:  # after Ctrl-C nobody waits for what is asked: it ends with the connection
        pool.shutdown(wait=False, cancel_futures=True)
    return stored


def stored_answer(
    graph: Graph, question: Precomputable, parameters: Mapping[str, object]
) -> Result | None:
    """The stored answer to a question; None when there is none for these parameters."""
    if not question.precomputed or dict(parameters) != dict(question.defaults):
        return None
    started = time.perf_counter()
    found = graph.read(_FIND, {"name": question.name}).one()
    if not found:
        return None
    rows = json.loads(found["rows"], object_hook=_from_json)
    columns = list(found["columns"])
    elapsed_ms = (time.perf_counter() - started) * 1000
    return Result(
        columns, [dict(zip(columns, row, strict=True)) for row in rows], elapsed_ms=elapsed_ms
    )


def _ask(graph: Graph, question: Precomputable) -> tuple[Result, float]:
    started = time.perf_counter()
    result = graph.read(question.cypher, question.defaults, timeout_s=LIMIT_S)
    return result, time.perf_counter() - started


def _store(graph: Graph, name: str, result: Result, taken: float) -> float | None:
    """Store an answer that took long, forget one that did not; returns the time if it is stored."""
    if taken <= LONG_S or result.truncated:
        graph.write(Statement(_FORGET, {"name": name}))
        return None
    rows = [[row[column] for column in result.columns] for row in result.rows]
    values = {
        "name": name,
        "columns": result.columns,
        "rows": json.dumps(rows, default=_as_json),
        "at": datetime.now(UTC),
    }
    graph.write(Statement(_STORE, values))
    return round(taken, 2)


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    return str(value)


def _from_json(value: dict[str, object]) -> object:
    return datetime.fromisoformat(str(value["$time"])) if value.keys() == {"$time"} else value
