"""The reports there are, and how to run one."""

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from graph.answers.cypher_text import CYPHER
from graph.answers.query import reader
from graph.answers.reports.parser import HeaderError, parse
from graph.answers.reports.report import Report
from graph.errors import QueryError
from graph.store.connection import Graph, Result


@cache
def catalogue(folder: Path = CYPHER) -> dict[str, Report]:
    """Every report by its name, read once; `HeaderError` if a file breaks the rules."""
    reports: dict[str, Report] = {}
    for path in sorted(folder.glob("*/**/*.cypher")):
        report = parse(path)
        if other := reports.get(report.name):
            raise HeaderError(
                f"{report.subject}/{path.name}: {other.subject} has a report of that name too."
            )
        reports[report.name] = report
    return reports


def find_report(name: str) -> Report:
    """The report of that name; else a `QueryError` whose hint suggests similar names."""
    reports = catalogue()
    if name in reports:
        return reports[name]
    near = difflib.get_close_matches(name.lower(), reports, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`hubgraph report list` names them."
    raise QueryError(f"There is no report {name[:60]!r}.", hint)


def run(
    graph: Graph,
    report: Report | str,
    raw_params: Mapping[str, object] | None = None,
    *,
    row_limit: int | None = None,
) -> Result:
    """Run a report under READ access, with at most `row_limit` rows; default: the setting.

    The result is without path columns, which only Neo4j Browser draws.

    Raises:
        ParameterError: a parameter is unknown or not accepted.
        QueryError: there is no such report, it took too long, or its header is wrong.
    """
    report = find_report(report) if isinstance(report, str) else report
    bound = report.bind(raw_params or {})
    return report.data(reader(graph)(report, bound, row_limit=row_limit))
