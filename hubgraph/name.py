"""`hubgraph name`: what the names of models say."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.answers.reports import Column, Kind
from graph.answers.reports.export import csv_lines, parquet_parts
from graph.errors import DataError, ParameterError
from graph.names import NameParts, read_name
from hubgraph.options import AsJson
from hubgraph.output import emit, shown, table, terminal
from hubgraph.reports import write_pieces

COLUMNS = (
    Column("id", Kind.STRING, "The id that was read."),
    Column("author", Kind.STRING, "The account in the id."),
    Column("architecture", Kind.STRING, "As `model_type` in the configuration of models."),
    Column("family", Kind.STRING, "The first family named."),
    Column("version", Kind.STRING, "The first version named."),
    Column("parameters", Kind.INTEGER, "In all.", "parameters"),
    Column("active_parameters", Kind.INTEGER, "Those that work on one token.", "parameters"),
    Column("format", Kind.STRING, "Of the files."),
    Column("bits", Kind.FLOAT, "Of one weight.", "bits"),
    Column("tuning", Kind.STRINGS, "Marks of tuning."),
    Column("datasets", Kind.STRINGS, "Data sets named."),
    Column("languages", Kind.STRINGS, "Codes of languages named."),
)
_AT_ONCE = 10_000


class FileFormat(StrEnum):
    """How a file of parts is written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def name_(
    models: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help="Ids of models, known or not.")
    ] = None,
    *,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Read ids from a text file instead, one a line; - is standard input.",
        ),
    ] = None,
    form: Annotated[
        FileFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How --from is answered. Default: as the name of the output ends, else csv.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", dir_okay=False, help="File to write to."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the names of models say; no database is needed, and nothing is looked up.

    Each token of a name is shown with its one reading.

    Example: [bold]hubgraph name Qwen/Qwen3-30B-A3B-GGUF[/bold]

    Many: [bold]hubgraph name --from ids.txt --output names.parquet[/bold]
    """
    if bool(models) == (source is not None):
        both = "Ids and --from cannot be combined." if models else "There is nothing to read."
        raise ParameterError("id", both, "Give ids, or --from FILE.")
    if source is None:
        if form or output:
            raise ParameterError("format", "--format and --output need --from FILE.")
        _print([read_name(model) for model in models or ()], as_json=as_json)
        return
    form = form or (FileFormat.JSON if as_json else _by_ending(output))
    if form is FileFormat.PARQUET and output is None and sys.stdout.isatty():
        raise ParameterError("format", "Parquet is not for a terminal.", "Give --output FILE.")
    if output and output.exists() and source.exists() and output.samefile(source):
        raise ParameterError("output", "The ids would be overwritten.", "Give another --output.")
    _write(_rows(_ids(source)), form, output)


def _by_ending(output: Path | None) -> FileFormat:
    ending = output.suffix[1:].lower() if output else ""
    return FileFormat(ending) if ending in tuple(FileFormat) else FileFormat.CSV


def _print(found: list[NameParts], *, as_json: bool) -> None:
    if as_json:
        emit([_document(parts) for parts in found], (), as_json=True)
        return
    for parts in found:
        row = _row(parts)
        said = {"id": parts.id} | {name: value for name, value in row.items() if value}
        emit(None, (f"{name:<18} {shown(value)}" for name, value in said.items()), as_json=False)
        columns = {"text": "Token", "says": "Says", "meaning": "Meaning"}
        rows = [token._asdict() | {"says": token.says.value} for token in parts.tokens]
        terminal().print(table(columns, rows), "")


def _document(parts: NameParts) -> dict[str, Any]:
    tokens = [token._asdict() | {"says": token.says.value} for token in parts.tokens]
    return {**_row(parts), "tokens": tokens}


def _row(parts: NameParts) -> dict[str, Any]:
    values = ((column.name, getattr(parts, column.name)) for column in COLUMNS)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values}


def _ids(source: Path) -> Iterator[str]:
    """The ids of a text file; empty lines are none."""
    try:
        is_input = str(source) == "-"
        with nullcontext(sys.stdin.buffer) if is_input else source.open("rb") as file:
            for line in file:
                if id_ := line.decode().lstrip("\ufeff").strip():
                    yield id_
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise DataError(f"{source} cannot be read: {why}.") from error


def _rows(ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    return (_row(read_name(id_)) for id_ in ids)


def _write(rows: Iterator[dict[str, Any]], form: FileFormat, output: Path | None) -> None:
    """Write rows as they are read; the first is read before the file is touched."""
    first = next(rows, None)
    rows = chain(() if first is None else (first,), rows)
    if form is FileFormat.CSV:
        names = [column.name for column in COLUMNS]
        pieces: Iterable[bytes] = (line.encode() for line in csv_lines(names, rows))
    elif form is FileFormat.PARQUET:
        pieces = parquet_parts(COLUMNS, _groups(rows))
    else:
        pieces = _json(rows)
    write_pieces(pieces, output)


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One list of objects, a line each."""
    between = "[\n"
    for row in rows:
        yield f"{between}{json.dumps(row, ensure_ascii=False)}".encode()
        between = ",\n"
    yield b"\n]\n" if between == ",\n" else b"[]\n"
