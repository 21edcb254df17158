"""The whole of a list of models as a file, written while it is read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from flask import Blueprint, Response, request, stream_with_context

from graph.answers.json_values import json_value
from graph.answers.lists import ModelsParameters
from graph.answers.query import Query
from graph.answers.reports.export import BOM, csv_lines, parquet_parts
from graph.answers.row import ListedRow
from graph.answers.whole_list import MOST, WholeList, whole_list
from graph.store.connection import Result
from webapp.errors import NotFoundError
from webapp.exports import flattened
from webapp.store import store

bp = Blueprint("models_file", __name__)

MIMETYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@bp.get("/export/models.<form>")
def models_file(form: str) -> Response:
    """All models of a list, up to `MOST`, as CSV, JSON or Parquet; accepts what `/models` does."""
    if form not in MIMETYPES:
        raise NotFoundError(
            f"There is no file {form[:20]!r} of models.", "Known: csv, json, parquet."
        )
    asked = ModelsParameters.from_query(request.args.to_dict(flat=False))
    found = whole_list(_read, asked)
    write = {"csv": _csv, "json": _json, "parquet": _parquet}[form]
    response = Response(stream_with_context(write(found)), mimetype=MIMETYPES[form])
    name = f"models{found.words}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _read(
    query: Query,
    parameters: Mapping[str, object] | None = None,
    *,
    row_limit: int | None = None,
) -> Result:
    """Each question has a deadline of its own, since a file has many."""
    here = store()
    here.begin()
    here.hard()
    return here.answer(query, parameters, row_limit=row_limit)


def _csv(found: WholeList) -> Iterator[bytes]:
    names = [column.name for column in found.columns]
    yield BOM + "".join(csv_lines(names, [])).encode()
    for part in found.parts:
        lines = csv_lines(names, _flat(found, part))
        yield "".join(islice(lines, 1, None)).encode()


def _parquet(found: WholeList) -> Iterator[bytes]:
    return parquet_parts(found.columns, (_flat(found, part) for part in found.parts))


def _json(found: WholeList) -> Iterator[bytes]:
    yield b'{"data": {"models": ['
    count = 0
    for part in found.parts:
        rows = [json.dumps(json_value(row), ensure_ascii=False) for row in part]
        if rows:
            yield (("," if count else "") + "\n" + ",\n".join(rows)).encode()
        count += len(rows)
    page = {
        "rows": count,
        "most_rows": MOST,
        "is_cut": found.is_cut or (count >= MOST and not found.total_is_exact),
        "total": found.total if found.total_is_exact else max(found.total, count),
        "total_is_exact": found.total_is_exact or count < MOST,
    }
    yield f'\n]}}, "page": {json.dumps(page)}}}\n'.encode()


def _flat(found: WholeList, part: Sequence[ListedRow]) -> list[dict[str, Any]]:
    rows = [dict(flattened(row)) for row in part]
    return [{column.name: row.get(column.name) for column in found.columns} for row in rows]
