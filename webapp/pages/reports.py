"""The reports: an analyst's questions, answered reproducibly, with their Cypher in sight."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from flask import Blueprint, url_for

from graph.answers.query import Asked, Reader
from graph.answers.report_answers import ReportAnswer, answer_of
from graph.answers.reports import Column, Kind, Report, catalogue
from graph.answers.search import ReportEntry, report_entry
from graph.errors import ParameterError
from graph.store.connection import Result
from webapp.errors import NotFoundError
from webapp.page import OpenParameters, Page, page
from webapp.pages.drawing import AUTHOR_COLUMNS, MODEL_COLUMNS, NUMBERS, drawing

bp = Blueprint("reports", __name__)

SHOWN_ROWS = 500
FILLS = {"model": "model", "base": "model", "other": "model", "author": "author"}
"""Name of a parameter → what is suggested while it is typed."""


@dataclass(frozen=True)
class Gallery:
    """Every report, by subject."""

    reports: list[ReportEntry]


@page(bp, "/reports", "reports.html", table="reports")
def gallery(_: Reader) -> Page[Gallery]:
    """Every report, by subject."""
    ordered = sorted(catalogue().values(), key=lambda report: (report.subject, report.title))
    entries = [report_entry(report) for report in ordered]
    subjects = groupby(entries, key=lambda entry: entry.subject)
    view = {"subjects": [(subject, list(group)) for subject, group in subjects]}
    return Page(Gallery(entries), view=view)


@page(
    bp,
    "/reports/<name>",
    "report.html",
    table="rows",
    parquet=True,
    examples=("/reports/top-models", "/reports/lineage-up?model=google/gemma-7b-it"),
    hard=True,
)
def report(read: Reader, parameters: OpenParameters, name: str) -> Page[ReportAnswer]:
    """One report and its result; the query string holds the report's parameters."""
    given = parameters.given
    asked = catalogue().get(name)
    if asked is None:
        raise NotFoundError(
            f"There is no report {name[:100]!r}.",
            "The gallery lists all of them.",
            [{"name": "All reports", "html": url_for("reports.gallery")}],
        )
    try:
        bound, problem = asked.bind(given), None
    except ParameterError as error:
        if error.parameter not in asked.defaults:
            raise
        bound, problem = asked.bind({}), error
    result = Result([], []) if problem else asked.data(read(asked, bound))
    shown = answer_of(read, asked, bound, result)
    return Page(
        shown,
        columns=asked.data_columns,
        questions=[Asked.of(asked, bound)],
        view={
            "asked": asked,
            "raw": given,
            "scores": re.search(r"\.(influence|descendants|effective)", asked.cypher) is not None,
            "how_many": how_many(shown, " "),
            "by_limit": isinstance(bound.get("limit"), int) and not result.truncated,
            "shown_rows": SHOWN_ROWS,
            "elapsed_ms": result.elapsed_ms,
            "fills": FILLS,
            "drawing": drawing(asked, result.rows),
            "console": _in_console(asked, given),
            "roles": {column.name: _role(column) for column in asked.data_columns},
        },
        problem=problem,
        part=f"-first-{len(shown.rows)}-of-{how_many(shown, '-')}" if shown.truncated else "",
    )


def _in_console(asked: Report, given: Mapping[str, str]) -> str:
    """The console with the report's text and the values that were given."""
    values = {f"p.{name}": value for name, value in given.items() if name in asked.defaults}
    return f"{url_for('console.console')}?{urlencode({'report': asked.name} | values)}"


def how_many(shown: ReportAnswer, blank: str) -> str:
    """The rows there are, in words: 131, or `1,000 or more`."""
    return f"{shown.total:,}" + ("" if shown.total_is_exact else f"{blank}or{blank}more")


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
