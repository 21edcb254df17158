"""A report's answer: what was asked, the columns and the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.answers.reports import Report
from graph.answers.search import ReportEntry, report_entry
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

    `params` has every parameter as it was asked with; `truncated` says whether the row limit cut
    the rows.
    """

    report: ReportEntry
    params: dict[str, object]
    columns: list[ColumnEntry]
    rows: list[dict[str, Any]]
    truncated: bool


def answer_of(report: Report, params: Mapping[str, object], result: Result) -> ReportAnswer:
    """What a result says in answer to a report."""
    columns = [
        ColumnEntry(c.name, c.type, c.unit or None, c.description) for c in report.data_columns
    ]
    return ReportAnswer(report_entry(report), dict(params), columns, result.rows, result.truncated)
