"""A query that a person wrote, checked and run: as many rows as a page can hold."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graph.answers.console.drawn import MOST_LINKS, MOST_NODES, ResultGraph, result_graph
from graph.answers.console.guard import admit
from graph.answers.cypher_text import blanked
from graph.answers.json_values import json_value
from graph.answers.reports import catalogue
from graph.errors import QueryError, QueryTimeoutError, RefusedQueryError
from graph.store.connection import Graph
from graph.store.plans import plan_of, rows_one_by_one
from graph.store.values import Drawable

MOST_ROWS = 10_000
MOST_BYTES = 5_000_000
"""Of the rows as JSON."""
MOST_TEXT = 16_000
"""Characters of a query, and of its parameters as JSON."""
MOST_NAMED = 2_000
"""Models of a result that are named for its network."""


@dataclass(frozen=True)
class ConsoleAnswer:
    """What a query returned."""

    columns: list[str]  # names in order
    rows: list[list[object]]  # values as JSON has them
    cut: str | None  # why rows are missing: `rows` or `bytes`
    models: list[str]  # ids of the models among the values, `MOST_NAMED` at most
    plan: str | None  # how Neo4j would run it, where only that was asked for
    elapsed_ms: float
    graph: ResultGraph | None = None  # nodes and relationships among the values


def parameters_of(cypher: str) -> list[str]:
    """Names of the parameters that a query has, in order."""
    return list(dict.fromkeys(re.findall(r"\$(\w+)", blanked(cypher))))


def ask_console(
    graph: Graph,
    cypher: str,
    parameters: Mapping[str, object],
    timeout_s: float,
    *,
    only_plan: bool = False,
) -> ConsoleAnswer:
    """Plan a query, check the plan, and run it for what is left of the time.

    The text of a report runs as it is; somebody has checked that.

    Raises:
        RefusedQueryError: it must not run, or Neo4j cannot read it; with the place.
        QueryError: it took too long or needed too much memory.
        ServerError: the database went away.
    """
    try:
        return _asked(graph, cypher, parameters, timeout_s, only_plan=only_plan)
    except QueryTimeoutError:
        words = f"The query took longer than {timeout_s:g} seconds."
        raise QueryTimeoutError(words, "Narrow it, for example with LIMIT.") from None
    except RefusedQueryError:
        raise
    except QueryError as error:
        raise RefusedQueryError(error.message, error.hint) from error


def _asked(
    graph: Graph,
    cypher: str,
    parameters: Mapping[str, object],
    timeout_s: float,
    *,
    only_plan: bool,
) -> ConsoleAnswer:
    started = time.monotonic()
    _small(cypher, parameters)
    report = next((r for r in catalogue().values() if r.cypher.strip() == cypher.strip()), None)
    if report is not None:
        parameters = report.bind({k: v for k, v in parameters.items() if v is not None})
    missing = [name for name in parameters_of(cypher) if name not in parameters]
    if missing:
        raise RefusedQueryError(f"The parameter ${missing[0]} has no value.", "Give it one.")
    plan = plan_of(graph, cypher, parameters, timeout_s)
    if report is None:
        admit(plan, cypher)
    if only_plan:
        return ConsoleAnswer([], [], None, [], plan.table, (time.monotonic() - started) * 1000)
    left = timeout_s - (time.monotonic() - started)
    if left <= 0:
        raise QueryTimeoutError("Planning took too long.")
    drawable = Drawable(MOST_NODES, MOST_LINKS)
    with rows_one_by_one(graph, cypher, parameters, left, drawable) as (columns, found):
        rows, cut = _as_json(row.values() for row in found)
    models = list(dict.fromkeys(_models(rows)))[:MOST_NAMED]
    drawn = result_graph(graph, drawable, timeout_s - (time.monotonic() - started))
    taken_ms = (time.monotonic() - started) * 1000
    return ConsoleAnswer(columns, rows, cut, models, None, taken_ms, drawn)


def _small(cypher: str, parameters: Mapping[str, object]) -> None:
    if len(cypher) > MOST_TEXT:
        raise RefusedQueryError(f"The query is longer than {MOST_TEXT:,} characters.")
    if len(json.dumps(parameters)) > MOST_TEXT:
        raise RefusedQueryError(f"The parameters are longer than {MOST_TEXT:,} characters.")


def _as_json(found: Iterable[Iterable[object]]) -> tuple[list[list[object]], str | None]:
    rows: list[list[object]] = []
    size = 0
    for values in found:
        if len(rows) == MOST_ROWS:
            return rows, "rows"
        text = json.dumps([json_value(value) for value in values], default=str)
        size += len(text)
        if size > MOST_BYTES:
            return rows, "bytes"
        rows.append(json.loads(text))
    return rows, None


def _models(value: object) -> Iterator[str]:
    """Ids of the nodes in a value that are models."""
    if isinstance(value, dict):
        if "Model" in (value.get("labels") or ()) and isinstance(value.get("id"), str):
            yield value["id"]
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _models(item)
