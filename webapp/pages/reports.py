"""The reports: questions an analyst asks, answered reproducibly, their Cypher in sight."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, request, url_for

from graph.answers.reports import Column, Kind, Report, catalogue, run
from graph.answers.search import report_entry
from graph.errors import ParameterError
from graph.store.connection import Result
from webapp.errors import NotFoundError
from webapp.page import Page, Question, page
from webapp.parameters import Query
from webapp.store import store

bp = Blueprint("reports", __name__)

SHOWN_ROWS = 500
MODEL_COLUMNS = {"model", "base", "child", "root", "parent", "ancestor", "descendant", "id"}
AUTHOR_COLUMNS = {"author", "base_author", "publisher"}
NUMBERS = {Kind.INTEGER, Kind.FLOAT}


@page(bp, "/reports", "reports.html")
def gallery(_: Query) -> Page[Any]:
    """Every report, by subject."""
    listed = sorted(
        (report for report in catalogue().values() if report.listed),
        key=lambda report: (report.subject, report.title),
    )
    return Page(
        data={"reports": [report_entry(report) for report in listed]},
        table="reports",
        view={
            "subjects": [
                (subject, [report_entry(report) for report in reports])
                for subject, reports in groupby(listed, key=lambda report: report.subject)
            ]
        },
    )


@page(bp, "/reports/<name>", "report.html", examples=("/reports/top-models",))
def report(query: Query, name: str) -> Page[Any]:
    """One report with its parameters and its result.

    Raises:
        NotFoundError: there is none of that name.
        QueryError: it took too long.
    """
    asked = catalogue().get(name)
    if asked is None or not asked.listed:
        raise NotFoundError(
            f"There is no report {name[:100]!r}.",
            "The gallery lists all of them.",
            [{"name": "All reports", "html": url_for("reports.gallery")}],
        )
    raw = given(query, asked)
    try:
        bound, problem = asked.bind(raw), None
    except ParameterError as error:
        bound, problem = asked.bind({}), error
    here = store()
    result = Result([], []) if problem else run(here.graph(), asked, raw)
    shown = asked.data_columns
    return Page(
        data={
            "report": report_entry(asked),
            "params": bound,
            "columns": [
                {
                    "name": column.name,
                    "type": column.type.value,
                    "unit": column.unit or None,
                    "description": column.description,
                }
                for column in shown
            ],
            "rows": result.rows,
            "truncated": result.truncated,
        },
        table="rows",
        columns=shown,
        questions=[Question(asked.title, asked.cypher, bound)],
        view={
            "asked": asked,
            "raw": raw,
            "shown_rows": SHOWN_ROWS,
            "elapsed_ms": result.elapsed_ms,
            "bar": _bar(asked, result.rows),
            "roles": {column.name: _role(column) for column in shown},
        },
        problem=problem,
    )


def given(query: Query, asked: Report) -> dict[str, object]:
    """The report's parameters as they stand in the address; an empty field counts as not given."""
    names = [parameter.name for parameter in asked.parameters]
    query.known.update(names)
    return {name: request.args[name] for name in names if request.args.get(name, "").strip()}


def _role(column: Column) -> str:
    """How a column's values are shown."""
    if column.type in NUMBERS:
        return "number"
    if column.type is not Kind.STRING:
        return "value"
    if column.name in MODEL_COLUMNS:
        return "model"
    if column.name in AUTHOR_COLUMNS:
        return "author"
    return "relation" if column.name == "relation" else "value"


def _bar(asked: Report, rows: Iterable[dict[str, Any]]) -> tuple[str, float] | None:
    """The column that a bar chart measures, and its largest value."""
    if asked.draw != "bar":
        return None
    measures = (c.name for c in asked.columns if c.type in NUMBERS and c.name != "rank")
    name = next(measures, None)
    largest = max((row[name] or 0 for row in rows), default=0) if name else 0
    return (name, largest) if name and largest > 0 else None
