"""How many rows a report has, of which its own limit lets the first through."""

from collections.abc import Mapping
from dataclasses import dataclass

from graph.answers.query import Query, Reader
from graph.answers.reports.report import Report
from graph.errors import QueryTimeoutError
from graph.store.connection import Result

PATIENCE_S = 2.0
"""How long counting may take; without a count it is said that there may be more."""


@dataclass(frozen=True)
class RowCount:
    """Rows there are; unless that is exact, there may be more."""

    total: int
    is_exact: bool


def counted(read: Reader, report: Report, bound: Mapping[str, object], result: Result) -> RowCount:
    """How many rows a report would have without its limit, up to the most that it accepts."""
    shown, limit, most = len(result.rows), bound.get("limit"), most_rows(report)
    if result.truncated:
        return RowCount(shown, is_exact=False)
    if not isinstance(limit, int) or shown < limit:
        return RowCount(shown, is_exact=True)
    if most is None or limit >= most:
        return RowCount(shown, is_exact=False)
    total = result.total
    if total is None:
        try:
            total = int(read(_count(report), {**bound, "limit": most}).one()["total"])
        except QueryTimeoutError:
            return RowCount(shown, is_exact=False)
    return RowCount(max(total, shown), is_exact=total < most)


def most_rows(query: Query) -> int | None:
    """The largest `limit` that a report accepts; None without one."""
    parameters = query.parameters if isinstance(query, Report) else ()
    bounds = (p.maximum for p in parameters if p.name == "limit" and p.maximum is not None)
    return next(map(int, bounds), None)


def _count(report: Report) -> Query:
    text = f"CALL () {{\n{report.cypher}\n}}\nRETURN count(*) AS total"
    name, title = f"{report.name}-total", "How many rows there are"
    return Query(name, title, text, patience_s=PATIENCE_S)
