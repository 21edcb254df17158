"""From one function per page to its two answers: HTML, and the same content as JSON or CSV.

    @page(bp, "/models", "models.html", table="models", examples=("/models",))
    def models(read: Reader, asked: ModelsParameters) -> Page[ModelList]:

What the page accepts and what it answers is read from the function's annotations; the routes, the
twin, the exports, the documentation and the tests of every page follow from that.
"""

import hashlib
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask.json.provider import DefaultJSONProvider
from pydantic import ConfigDict, Field

from graph import __version__
from graph.answers.json_values import json_value
from graph.answers.parameters import TRUE, Flag, OneOf, Parameters, declared
from graph.answers.query import Asked, Query
from graph.answers.reports import Column
from graph.answers.reports.export import parquet_bytes
from graph.errors import ParameterError
from graph.schema import SCORED_LAYER
from graph.store.connection import Result
from webapp import assets, exports
from webapp.store import store

API = "/api/v1"
Data = TypeVar("Data")


@dataclass
class Page(Generic[Data]):
    """What a page shows, however it is written down."""

    data: Data  # the JSON twin's `data`, and the template's variables
    columns: Sequence[Column] = ()  # of the exported list, with their types, for Parquet
    paging: Any = None  # of that list
    questions: Sequence[Asked] = ()  # the Cypher behind it; default: what was asked to build it
    view: dict[str, Any] = field(default_factory=dict)  # what only the HTML needs
    problem: ParameterError | None = None  # with a parameter, shown beside its field
    part: str = ""  # end of a file's name: which part of the list it holds
    precomputed_at: datetime | None = None  # when the oldest part was computed, if not just now
    outdated: bool = False  # whether a run has written since


@dataclass(frozen=True)
class Moved:
    """The answer is at another address: `path`, as `url_for` writes it, of the page itself."""

    path: str


class OpenParameters(Parameters):
    """Parameters that only the page itself knows: those of a report."""

    model_config = ConfigDict(extra="allow")

    @property
    def given(self) -> dict[str, Any]:
        """Name → text, of those that are not empty."""
        return self.model_extra or {}


class NoParameters(Parameters):
    """A page that accepts none."""


@dataclass(frozen=True)
class File:
    """A format that the whole content of a page can be written in."""

    mimetype: str
    write: Callable[[Any], bytes]


@dataclass(frozen=True)
class Declared:
    """A page, or a route of the API alone, as it was declared."""

    rule: str  # its address, without the API's prefix
    endpoint: str
    template: str | None  # none for a route of the API alone
    build: Callable[..., Any]
    table: str | None  # name of the list that the exports hold
    parquet: bool  # whether that list is exported as Parquet, too
    examples: tuple[str, ...]  # addresses of it in the bundled sample
    hard: bool = False  # whether its questions go through the lane for hard ones
    files: Mapping[str, File] = field(default_factory=dict)  # further formats of its content

    @cached_property
    def parameters(self) -> type[Parameters]:
        """What it accepts in its query string."""
        types = (h for h in get_type_hints(self.build).values() if isinstance(h, type))
        return next((h for h in types if issubclass(h, Parameters)), NoParameters)

    @cached_property
    def twin_parameters(self) -> type[Parameters]:
        """What the JSON twin accepts: the same, and how the answer is written."""
        if self.template is None:
            return self.parameters
        formats = (
            "json",
            *["csv"] * (self.table is not None),
            *["parquet"] * self.parquet,
            *self.files,
        )
        words = "How the answer is written; tables hold the list of the page."
        kind = (Annotated[str, OneOf(*formats)], Field("json", description=words))
        mark = Field(False, description="Mark CSV as UTF-8 for Excel, with a byte order mark.")
        return declared("Twin", {"format": kind, "bom": (Flag, mark)}, self.parameters)

    @cached_property
    def content(self) -> Any:
        """Type of what it shows, or returns."""
        found = get_type_hints(self.build)["return"]
        for option in (found, *get_args(found)):
            if get_origin(option) is Page:
                return get_args(option)[0]
        return found

    @property
    def words(self) -> str:
        """What it shows: the function's docstring."""
        return " ".join((self.build.__doc__ or "").split())


PAGES: list[Declared] = []
"""Every page and every route of the API, in the order of their modules."""


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


Build = TypeVar("Build", bound=Callable[..., Any])


def page(
    bp: Blueprint,
    rule: str,
    template: str | None = None,
    *,
    table: str | None = None,
    parquet: bool = False,
    examples: tuple[str, ...] = (),
    hard: bool = False,
    files: Mapping[str, File] | None = None,
) -> Callable[[Build], Build]:
    """Register a function as the page at `rule` and its JSON twin under `/api/v1`.

    The function takes a `Reader`, its `Parameters` if it has any, and the parts of the path; it
    returns a `Page`, or `Moved`. Without a template it is a route of the API alone, and returns the
    content of `data`.
    """

    def decorate(build: Build) -> Build:
        name = build.__name__
        endpoint = f"{bp.name}.{name}"
        made = Declared(
            rule, endpoint, template, build, table, parquet, examples or (rule,), hard, files or {}
        )
        PAGES.append(made)
        if template is None:
            bp.add_url_rule(API + rule, name, lambda **parts: _content(made, parts))
            return build
        bp.add_url_rule(rule, name, lambda **parts: _answer(made, parts, _html))
        bp.add_url_rule(API + rule, f"{name}_json", lambda **parts: _answer(made, parts, _data))
        return build

    return decorate


class Recorder:
    """A `Reader` of the store that remembers what was asked, and when answers were computed."""

    def __init__(self) -> None:
        self.asked: dict[str, Asked] = {}
        self.computed: list[datetime] = []
        self.outdated = False

    def __call__(
        self,
        query: Query,
        parameters: Mapping[str, object] | None = None,
        *,
        row_limit: int | None = None,
    ) -> Result:
        """Its rows."""
        self.asked.setdefault(query.name, Asked.of(query, parameters or {}))
        result = store().answer(query, parameters, row_limit=row_limit)
        if result.computed_at is not None:
            self.computed.append(result.computed_at)
            self.outdated |= result.outdated
        return result


Write = Callable[[Declared, Page[Any], float], Response]


def _answer(made: Declared, parts: Mapping[str, str], write: Write) -> Response:
    is_twin = write is _data

    def written() -> Response:
        started = time.perf_counter()
        shown = _build(made, made.twin_parameters if is_twin else made.parameters, parts)
        if isinstance(shown, Moved):
            path = shown.path.removeprefix(request.script_root)
            return make_response(redirect(request.script_root + (API if is_twin else "") + path))
        return write(made, shown, (time.perf_counter() - started) * 1000)

    tag = _tag()
    if not request.if_none_match.star_tag and request.if_none_match.contains_weak(tag):
        response = make_response("", 304)
    else:
        response = written() if is_twin else _kept(tag, written)
    if response.status_code < 400 and not response.location:
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
    return response


def _kept(tag: str, written: Callable[[], Response]) -> Response:
    """A page as it was written while the data was the same; each request has a copy of its own."""

    def packed() -> tuple[bytes, int, list[tuple[str, str]]]:
        response = written()
        return zlib.compress(response.get_data(), 1), response.status_code, list(response.headers)

    text, status, headers = store().cached(("page", tag), packed, lambda kept: kept[1] == 200)
    return Response(zlib.decompress(text), status, headers)


def _content(made: Declared, parts: Mapping[str, str]) -> Response:
    return jsonify(data=json_value(_build(made, made.parameters, parts)))


def _build(made: Declared, accepts: type[Parameters], parts: Mapping[str, str]) -> Any:
    asked = accepts.from_query(request.args.to_dict(flat=False))
    if made.hard or "as_of" in request.args:
        store().hard()
    read = Recorder()
    given = [asked] if made.parameters is not NoParameters else []
    shown = made.build(read, *given, **parts)
    if isinstance(shown, Page):
        shown.questions = shown.questions or list(read.asked.values())
        shown.precomputed_at = min(read.computed, default=None)
        shown.outdated = read.outdated
    return shown


def _tag() -> str:
    where = (request.script_root, request.full_path)
    parts = (store().version().key, assets.fingerprint(), *where)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _html(made: Declared, shown: Page[Any], _: float) -> Response:
    here = store()
    response = make_response(
        render_template(
            made.template or "",
            **_variables(shown.data),
            **shown.view,
            problem=shown.problem,
            paging=shown.paging,
            questions=shown.questions,
            precomputed_at=shown.precomputed_at,
            outdated=shown.outdated,
            has_table=made.table is not None,
            json_address=address(API + request.path),
            csv_address=address(API + request.path, format="csv", bom="true"),
            parquet_address=address(API + request.path, format="parquet") if made.parquet else None,
            data_version=here.version(),
            browser_url=here.browser_url() if shown.questions else None,
        )
    )
    if shown.problem is not None:
        response.status_code = 400
    return response


def _data(made: Declared, shown: Page[Any], elapsed_ms: float) -> Response:
    if shown.problem is not None:
        raise shown.problem
    rows = _variables(shown.data)[made.table] if made.table else []
    form = request.args.get("format", "").strip()
    if form in made.files:
        return exports.file(
            f".{form}", made.files[form].mimetype, made.files[form].write(shown.data)
        )
    match form:
        case "csv":
            header = exports.header_of(made.content, made.table or "", shown.columns)
            plain = cast("list[dict[str, Any]]", json_value(rows))
            return exports.csv_file(
                plain,
                header,
                bom=request.args.get("bom", "").strip().lower() in TRUE,
                part=shown.part,
            )
        case "parquet":
            content = parquet_bytes(shown.columns, rows)
            kind = "application/vnd.apache.parquet"
            return exports.file(f"{shown.part}.parquet", kind, content)
    version = store().version()
    paging = cast("dict[str, Any] | None", json_value(shown.paging))
    after = (paging or {}).get("after")
    return jsonify(
        data=json_value(shown.data),
        page=paging,
        meta={
            "data_version": version.key,
            "observed_to": version.observed_to,
            "scored_at": version.scored_at,
            "scored_layers": SCORED_LAYER if version.scored_at else None,
            "computed_at": shown.precomputed_at,
            "outdated": shown.outdated,
            "hubgraph": __version__,
            "elapsed_ms": round(elapsed_ms, 1),
            "cypher": [
                {"title": asked.title, "text": asked.cypher, "params": asked.parameters}
                for asked in shown.questions
            ],
        },
        links={
            "self": address(request.path),
            "html": address(request.path.removeprefix(API), format=None, bom=None),
            "next": address(request.path, after=str(after), before=None) if after else None,
        },
    )


def _variables(data: Any) -> dict[str, Any]:
    """The content by name, one level deep."""
    if isinstance(data, dict):
        return data
    return {item.name: getattr(data, item.name) for item in fields(data)}


def address(path: str, **changes: str | Sequence[str] | None) -> str:
    """`path` with the request's query string, some parameters changed or (None) left out.

    `path` is one of the app's own; the prefix that the app is shown under is put in front.
    """
    kept = [(n, v) for n, v in request.args.items(multi=True) if v and n not in changes]
    query = urlencode(kept + [(n, v) for n, v in changes.items() if v is not None], doseq=True)
    return quote(request.script_root + path, safe="/") + ("?" + query if query else "")
