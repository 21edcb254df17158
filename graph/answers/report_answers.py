"""A report's answer: what was asked, the columns and the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.answers.history.undated import undated
from graph.answers.query import Reader
from graph.answers.reports import Report
from graph.answers.search import ReportEntry, report_entry
from graph.answers.totals import counted
from graph.store.connection import Result


@dataclass(frozen=True)
class ColumnEntry:
    """A column: its name, the type and unit of its values, what it holds."""

    name: str
    type: str
    unit: str | None
    description: str


@dataclass(frozen=True)
class ReportAnswer:
    """A report's answer: rows are values by name of column.

    `params` has every parameter as it was asked with. `truncated` says whether there are more rows
    than these, of `total` in all, or more if that is not exact. `computed_at` is when an answer was
    computed that was not asked just now. `undated` models of unknown age are missing from a past
    time (`as_of`), which is therefore shown as "at least".
    """

    report: ReportEntry
    params: dict[str, object]
    columns: list[ColumnEntry]
    rows: list[dict[str, Any]]
    truncated: bool
    total: int
    total_is_exact: bool
    computed_at: datetime | None
    undated: int | None


def answer_of(
    read: Reader, report: Report, params: Mapping[str, object], result: Result
) -> ReportAnswer:
    """What a result says in answer to a report."""
    columns = [
        ColumnEntry(c.name, c.type, c.unit or None, c.description) for c in report.data_columns
    ]
    count = counted(read, report, params, result)
    return ReportAnswer(
        report_entry(report),
        dict(params),
        columns,
        result.rows,
        truncated=count.total > len(result.rows) or not count.is_exact,
        total=count.total,
        total_is_exact=count.is_exact,
        computed_at=result.computed_at,
        undated=undated(read, params.get("as_of")),
    )
