"""A report's answer: what was asked, the columns and the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.answers.query import Reader
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
    """A report's answer.

    Attributes:
        report: which one.
        params: every parameter as it was asked with.
        columns: in order.
        rows: values by name of column.
        truncated: whether the row limit cut them.
    """

    report: ReportEntry
    params: dict[str, object]
    columns: list[ColumnEntry]
    rows: list[dict[str, Any]]
    truncated: bool


def answer_of(report: Report, params: Mapping[str, object], result: Result) -> ReportAnswer:
    """What a result says in answer to a report."""
    columns = [
        ColumnEntry(column.name, column.type.value, column.unit or None, column.description)
        for column in report.data_columns
    ]
    return ReportAnswer(report_entry(report), dict(params), columns, result.rows, result.truncated)


def read_report(read: Reader, report: Report, params: Mapping[str, object]) -> Result:
    """Ask a report; as `run`, through a reader.

    Raises:
        QueryError: it took too long, or its header is wrong.
    """
    return report.data(read(report, params))
