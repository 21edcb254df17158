"""`hubgraph hygiene`: what is wrong in the cards of models, and which line would mend each."""

from pathlib import Path
from typing import Annotated

import typer

from graph.answers.hygiene import FOUND, MOST_CHECKED, OVERVIEW, HygieneParameters, hygiene_found
from graph.answers.query import reader
from graph.answers.reports import find_report
from graph.answers.totals import RowCount
from graph.settings import load_settings
from graph.store.connection import Result
from graph.store.lease import opened
from hubgraph.options import AsJson, Bom
from hubgraph.reports import Format, run_report, write_rows


def hygiene(
    check: Annotated[
        str | None,
        typer.Argument(metavar="CHECK", help="List what one check finds; without, all are shown."),
    ] = None,
    *,
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only models of this author.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Models listed.")] = 100,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it there instead.")
    ] = None,
    bom: Bom = False,
    as_json: AsJson = False,
) -> None:
    """Count what is wrong in the cards of models, or list it with the line that would mend each.

    `hubgraph report run hygiene-by-month -p check=…` counts it by month.

    Example: [bold]hubgraph hygiene format-copy --limit 10[/bold]
    """
    form = Format.JSON if as_json else Format.CSV if csv else Format.TABLE
    if author is not None:
        _of_author({"author": author, "check": check, "limit": limit}, form, csv, bom=bom)
    elif check is None:
        run_report("hygiene", form=form, output=csv, bom=bom)
    else:
        given = [f"check={check}", f"limit={limit}"]
        run_report("hygiene-of-check", given, form=form, output=csv, bom=bom)


def _of_author(given: dict[str, object], form: Format, csv: Path | None, *, bom: bool) -> None:
    asked = HygieneParameters.read(given)
    with opened(load_settings()) as graph:
        found = hygiene_found(reader(graph), asked)
    report = find_report(OVERVIEW if asked.check is None else FOUND)
    rows = found.checks if asked.check is None else found.models
    total = len(rows) if asked.check is None else found.total
    result = Result([column.name for column in report.data_columns], rows)
    bound = {**given, "author": found.author}
    count = RowCount(total, is_exact=True)
    write_rows(report, bound, result, count, form=form, output=csv, bom=bom)
    if (found.author_models or 0) > MOST_CHECKED:
        typer.echo(
            f"Of their {found.author_models:,} models the {MOST_CHECKED:,} most downloaded were "
            "checked.",
            err=True,
        )
