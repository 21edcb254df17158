"""The list of a page as a file: CSV for scripts and for Excel."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_type_hints

from flask import Response, request
from pydantic import TypeAdapter

from graph.answers.reports import Column, Kind
from graph.answers.reports.export import BOM, csv_lines

_MAPS = (Kind.MAP, Kind.MAPS)


def csv_file(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, bom: bool, part: str = ""
) -> Response:
    """Rows as CSV, nested values as columns of their own: `scores.influence.rank`.

    `columns` come first, whatever the rows hold, so that a file of no rows has its header, too.
    """
    flat = [dict(flattened(row)) for row in rows]
    header = list(dict.fromkeys([*columns, *(name for row in flat for name in row)]))
    whole = [{name: row.get(name) for name in header} for row in flat]
    text = "".join(csv_lines(header, whole))
    return file(f"{part}.csv", "text/csv", (BOM if bom else b"") + text.encode())


def file(ending: str, mimetype: str, content: bytes) -> Response:
    """A file to download, called as the page is."""
    name = request.path.strip("/").rsplit("/", 1)[-1]
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}{ending}"'
    return response


def header_of(content: object, table: str, columns: Sequence[Column]) -> list[str]:
    """Names of the columns of a list: as declared with it, or by the type of its rows."""
    if columns:
        return [column.name for column in columns if column.type not in _MAPS]
    hint = get_type_hints(content, include_extras=True)[table]
    schema = TypeAdapter(hint).json_schema(mode="serialization")
    return list(_names(schema["items"], schema.get("$defs", {})))


def _names(
    schema: Mapping[str, Any], defined: Mapping[str, Any], prefix: str = ""
) -> Iterator[str]:
    if "$ref" in schema:
        schema = defined[schema["$ref"].rsplit("/", 1)[-1]]
    if schema.get("type") != "object":
        yield prefix
    for name, item in schema.get("properties", {}).items():
        yield from _names(item, defined, f"{prefix}.{name}" if prefix else name)


def flattened(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Each value of a row with its path: `scores.influence.rank`."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
