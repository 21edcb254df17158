"""`hubgraph report`: the named Cypher files, listed, shown and run."""

import io
import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from graph.answers.history.undated import undated
from graph.answers.json_values import json_value
from graph.answers.query import reader
from graph.answers.reports import Report, catalogue, find_report, run
from graph.answers.reports.export import BOM, csv_lines, parquet_bytes
from graph.answers.totals import RowCount, counted
from graph.errors import DataError, ParameterError
from graph.settings import load_settings
from graph.store.connection import Result
from graph.store.lease import opened
from hubgraph.options import AsJson, Bom
from hubgraph.output import PAGE_WIDTH, emit, table, terminal

Name = Annotated[str, typer.Argument(metavar="NAME", help="The report, such as lineage-up.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter; may be repeated."),
]


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="List, show and run the reports: named Cypher files.",
)


@app.command("list")
def list_reports(as_json: AsJson = False) -> None:
    """List the reports with the question that each answers.

    Example: [bold]hubgraph report list[/bold]
    """
    reports = list(catalogue().values())
    if as_json:
        emit([_description(report) for report in reports], (), as_json=True)
        return
    rows = []
    for subject, group in groupby(reports, key=lambda report: report.subject):
        rows.append({"report": subject, "what it answers": ""})
        rows += ({"report": f"  {r.name}", "what it answers": r.question} for r in group)
    terminal().print(table(("report", "what it answers"), rows, unbroken={"report"}))


@app.command()
def show(
    name: Name,
    parameters: Parameters = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Only one statement, to paste into Neo4j Browser.")
    ] = False,
) -> None:
    """Show a report: its question, its parameters and its Cypher.

    To draw it in Neo4j Browser, paste: [bold]hubgraph report show lineage-up --raw[/bold]
    """
    report = find_report(name)
    if raw or parameters:
        typer.echo(report.pasted(_given(parameters or [])))
        return
    console = Console()
    console.print(Text(report.title, style="bold"), Text(report.question), sep="\n")
    if report.parameters:
        console.print(_parameters(report))
    highlighted = Syntax("", "cypher", background_color="default").highlight(report.cypher)
    console.print(highlighted, soft_wrap=True)


@app.command("run")
def run_report(
    name: Name,
    parameters: Parameters = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How the result is written. Default: as the name of the file ends, else a table.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", dir_okay=False, help="File to write to instead."),
    ] = None,
    bom: Bom = False,
) -> None:
    """Run a report.

    Example: [bold]hubgraph report run top-models -p task=text-generation -p limit=10[/bold]

    To a file: [bold]hubgraph report run relation-mix --format csv -o mix.csv[/bold]
    """
    form = form or _by_name(output)
    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise ParameterError(
            "format", "Parquet is not for a terminal.", "Give --output FILE or pipe it."
        )
    report = find_report(name)
    given = _given(parameters or [])
    bound = report.bind(given)
    with opened(load_settings()) as graph:
        result = run(graph, report, given)
        count = counted(reader(graph), report, bound, result)
        without_date = undated(reader(graph), bound.get("as_of"))
    write_rows(report, bound, result, count, form=form, output=output, bom=bom)
    if without_date:
        typer.echo(
            f"At least: {without_date:,} models have no date of creation and were first seen "
            "later.",
            err=True,
        )


def write_rows(
    report: Report,
    bound: Mapping[str, object],
    result: Result,
    count: RowCount,
    *,
    form: Format,
    output: Path | None = None,
    bom: bool = False,
) -> None:
    """Write the rows of a report, and say how many more there are."""
    if form is Format.TABLE and output is None:
        terminal().print(_table(report, result))
    else:
        mark = [BOM] if bom and form is Format.CSV else []
        write_pieces(chain(mark, _encoded(form, report, bound, result, count)), output)
    if result.truncated:
        typer.echo(
            f"Cut after {len(result.rows):,} rows; HUBGRAPH_ROW_LIMIT raises that.", err=True
        )
    elif count.total > len(result.rows) or not count.is_exact:
        more = "" if count.is_exact else " or more"
        typer.echo(
            f"{len(result.rows):,} of {count.total:,}{more} rows; a larger limit shows more.",
            err=True,
        )
    if not result.rows:
        typer.echo("No rows.", err=True)


def _by_name(output: Path | None) -> Format:
    """The format that the name of a file says."""
    ending = output.suffix[1:].lower() if output else ""
    return Format(ending) if ending in tuple(Format) else Format.TABLE


def _given(pairs: list[str]) -> dict[str, object]:
    given: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ParameterError("param", f"{pair!r} is not a parameter.", "Give -p KEY=VALUE.")
        if key in given:
            raise ParameterError(key, f"Parameter {key!r} is given twice.")
        given[key] = value
    return given


def _encoded(
    form: Format, report: Report, bound: Mapping[str, object], result: Result, count: RowCount
) -> Iterable[bytes]:
    """The result in pieces, so that a long one is never held twice."""
    if form is Format.CSV:
        return (line.encode() for line in csv_lines(result.columns, result.rows))
    if form is Format.PARQUET:
        return [parquet_bytes(report.data_columns, result.rows)]
    if form is Format.TABLE:
        page = io.StringIO()
        Console(file=page, width=PAGE_WIDTH).print(_table(report, result))
        return [page.getvalue().encode()]
    document = {
        "report": report.name,
        "parameters": json_value(bound),
        "columns": result.columns,
        "rows": json_value(result.rows),
        "truncated": count.total > len(result.rows) or not count.is_exact,
        "total": count.total,
        "total_is_exact": count.is_exact,
    }
    return [json.dumps(document, indent=2, ensure_ascii=False).encode(), b"\n"]


def write_pieces(pieces: Iterable[bytes], output: Path | None) -> None:
    """Write to a file, or to standard output."""
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    try:
        with output.open("wb") as file:
            file.writelines(pieces)
    except OSError as error:
        raise DataError(f"{output} cannot be written: {error.strerror}.") from error


def _parameters(report: Report) -> Table:
    headings = {
        "name": "Parameter",
        "accepted": "Accepted",
        "default": "Default",
        "description": "What it is",
    }
    rows = (
        {**vars(p), "accepted": p.accepted, "default": json_value(p.default)}
        for p in report.parameters
    )
    return table(headings, rows)


def _table(report: Report, result: Result) -> Table:
    columns = {column.name: column.name.replace("_", " ") for column in report.data_columns}
    return table(columns, result.rows)


def _description(report: Report) -> dict[str, object]:
    names = ("name", "subject", "title", "question", "tags", "draw")
    return {
        **{name: getattr(report, name) for name in names},
        "parameters": [{**vars(p), "choices": p.choices or None} for p in report.parameters],
        "columns": [{**vars(c), "unit": c.unit or None} for c in report.data_columns],
    }
