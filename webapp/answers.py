"""From one function per page to its two answers: HTML, and the same rows as JSON or CSV."""

import functools
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask.json.provider import DefaultJSONProvider

from graph import __version__
from graph.answers.reports import Column
from graph.answers.reports.export import csv_lines, json_value, parquet_bytes
from graph.errors import ParameterError
from webapp import assets
from webapp.parameters import Query
from webapp.store import Store, store

API = "/api/v1"


@dataclass(frozen=True)
class Question:
    """A Cypher text that a page's content came from, with its parameters."""

    title: str
    cypher: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Page:
    """What a page shows, however it is written down.

    Attributes:
        data: the content; its JSON twin's `data`, and the template's variables.
        table: name of the list in `data` that the exports hold.
        columns: its columns and their types, when they are declared; then it has Parquet too.
        paging: `after`, `before`, `limit`, `total`, `total_is_exact` of that list.
        questions: the Cypher behind it.
        view: what only the HTML needs.
        problem: what is wrong with a parameter, when the page itself can show it beside its field.
    """

    data: dict[str, Any]
    table: str | None = None
    columns: Sequence[Column] = ()
    paging: dict[str, object] | None = None
    questions: Sequence[Question] = ()
    view: dict[str, Any] = field(default_factory=dict)
    problem: ParameterError | None = None


@dataclass(frozen=True)
class Moved:
    """The answer is at another address: `path`, without the API's prefix."""

    path: str


Build = Callable[..., Page | Moved]


class Json(DefaultJSONProvider):
    """JSON as the API writes it: keys in order, times in ISO 8601."""

    sort_keys = False
    ensure_ascii = False

    @staticmethod
    def default(value: object) -> object:
        """Dates as ISO 8601; everything else as Flask does."""
        if isinstance(value, datetime):
            return json_value(value)
        return DefaultJSONProvider.default(value)


def page(bp: Blueprint, rule: str, template: str) -> Callable[[Build], Build]:
    """Register a function as the page at `rule` and its JSON twin under `/api/v1`.

    The function takes the parts of the path and the `Query`, and returns a `Page`, or `Moved`.
    """

    def decorate(build: Build) -> Build:
        @functools.wraps(build)
        def html(**parts: str) -> Response:
            return _answer(build, parts, lambda made, _: _html(template, made))

        @functools.wraps(build)
        def twin(**parts: str) -> Response:
            return _answer(build, parts, _data, strict=True)

        bp.add_url_rule(rule, build.__name__, html)
        bp.add_url_rule(API + rule, build.__name__ + "_json", twin)
        return build

    return decorate


def _answer(
    build: Build,
    parts: Mapping[str, str],
    write: Callable[[Page, float], Response],
    *,
    strict: bool = False,
) -> Response:
    started = time.perf_counter()
    here = store()
    tag = _tag(here)
    if request.if_none_match.contains_weak(tag):
        response = make_response("", 304)
    else:
        query = Query()
        if strict:
            query.known.add("format")
        made = build(query, **parts)
        if strict:
            query.refuse_others()
        if isinstance(made, Moved):
            return make_response(redirect((API if strict else "") + made.path))
        response = write(made, (time.perf_counter() - started) * 1000)
    if response.status_code < 400:
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
    return response


def _tag(here: Store) -> str:
    parts = (here.version().key, assets.fingerprint(), request.full_path)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _html(template: str, made: Page) -> Response:
    here = store()
    response = make_response(
        render_template(
            template,
            **made.data,
            **made.view,
            problem=made.problem,
            paging=made.paging,
            questions=made.questions,
            has_table=made.table is not None,
            json_address=address(API + request.path),
            csv_address=address(API + request.path, format="csv"),
            parquet_address=address(API + request.path, format="parquet") if made.columns else None,
            data_version=here.version(),
            browser_url=here.browser_url() if made.questions else None,
        )
    )
    if made.problem is not None:
        response.status_code = 400
    return response


def _data(made: Page, elapsed_ms: float) -> Response:
    if made.problem is not None:
        raise made.problem
    formats = ["json", *(["csv"] if made.table else []), *(["parquet"] if made.columns else [])]
    kind = request.args.get("format") or "json"
    if kind not in formats:
        raise ParameterError(
            "format", f"`format` cannot be {kind!r} here.", f"One of: {', '.join(formats)}."
        )
    rows = made.data[made.table] if made.table else []
    if kind == "csv":
        return _csv(rows)
    if kind == "parquet":
        content = parquet_bytes(made.columns, rows)
        return _file("parquet", "application/vnd.apache.parquet", content)
    version = store().version()
    after = (made.paging or {}).get("after")
    return jsonify(
        data=json_value(made.data),
        page=made.paging,
        meta={
            "data_version": version.key,
            "observed_to": version.observed_to,
            "scored_at": version.scored_at,
            "hubgraph": __version__,
            "elapsed_ms": round(elapsed_ms, 1),
            "cypher": [
                {"title": q.title, "text": q.cypher, "params": q.parameters} for q in made.questions
            ],
        },
        links={
            "self": address(request.path),
            "html": address(request.path.removeprefix(API), format=None),
            "next": address(request.path, after=str(after), before=None) if after else None,
        },
    )


def address(path: str, **changes: str | None) -> str:
    """`path` with the request's query string, some parameters changed or (None) left out."""
    kept = [(n, v) for n, v in request.args.items(multi=True) if v and n not in changes]
    query = urlencode(kept + [(n, v) for n, v in changes.items() if v is not None])
    return quote(path, safe="/") + ("?" + query if query else "")


def _csv(rows: Sequence[Mapping[str, Any]]) -> Response:
    """Rows as CSV, nested values as columns of their own: `scores.influence.rank`."""
    flat = [dict(_flatten(row)) for row in rows]
    columns = list(flat[0]) if flat else []
    return _file("csv", "text/csv", "".join(csv_lines(columns, flat)))


def _file(ending: str, mimetype: str, content: str | bytes) -> Response:
    name = request.path.strip("/").rsplit("/", 1)[-1]
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.{ending}"'
    return response


def _flatten(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
