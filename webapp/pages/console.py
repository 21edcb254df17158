"""The console: a query that a person writes, with what the graph consists of beside it."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from graph.answers.console.allowed import FUNCTIONS
from graph.answers.console.asking import (
    MOST_BYTES,
    MOST_ROWS,
    MOST_TEXT,
    ask_console,
    parameters_of,
)
from graph.answers.console.described import Described, labels_and_types
from graph.answers.console.guard import MOST_STEPS
from graph.answers.parameters import Text
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from graph.errors import ParameterError, RefusedQueryError
from webapp import gate
from webapp.errors import ForeignPageError, NotFoundError
from webapp.network.result import DrawnResult, drawn
from webapp.openapi import Posted
from webapp.page import API, OpenParameters, Page, page
from webapp.store import store
from webapp.turns import turn

bp = Blueprint("console", __name__)

AT_ONCE = 2
"""Queries that one client may have running."""
MOST_BODY = 65_536
"""Bytes of a request with a query."""
START = """MATCH (m:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
RETURN base.id AS base, type(r) AS relation, count(*) AS models
ORDER BY models DESC
LIMIT 20"""
"""What the editor holds at first."""


@dataclass(frozen=True)
class ConsolePage:
    """What is needed to write a query."""

    enabled: bool
    query: str
    parameters: dict[str, str]  # name → what the address gives it, empty if nothing
    limits: dict[str, float]
    functions: list[str]  # in lower case; no other can be called
    labels: list[Described]
    relationships: list[Described]
    examples: list[dict[str, str]]  # reports: name and title


class ConsoleParameters(OpenParameters):
    """What the console accepts: its text or a report's, and values as `p.NAME`."""

    q: Annotated[str, StringConstraints(max_length=MOST_TEXT)] | None = Field(
        None, description="The text in the editor."
    )
    report: Text | None = Field(None, description="Without `q`: the report whose text it holds.")


@page(bp, "/cypher", "console.html", examples=("/cypher", "/cypher?report=top-models&p.limit=5"))
def console(read: Reader, asked: ConsoleParameters) -> Page[ConsolePage]:
    """A console for [queries of your own](console.md), and what the graph consists of.

    The value of a parameter `$NAME` is `p.NAME`. Nothing runs before a person says so.
    """
    given = asked.given
    for name in given:
        if not name.startswith("p."):
            hint = "Known: q, report, p.NAME."
            raise ParameterError(name, f"There is no parameter {name[:50]!r}.", hint)
    query = asked.q or _text_of(asked.report)
    labels, types = labels_and_types(read)
    data = ConsolePage(
        enabled=is_enabled(),
        query=query,
        parameters={name: str(given.get(f"p.{name}", "")) for name in parameters_of(query)},
        limits={
            "seconds": store().settings.query_timeout_s,
            "rows": MOST_ROWS,
            "bytes": MOST_BYTES,
            "steps": MOST_STEPS,
            "at_once": AT_ONCE,
        },
        functions=sorted(FUNCTIONS),
        labels=labels,
        relationships=types,
        examples=[{"name": r.name, "title": r.title} for r in catalogue().values()],
    )
    return Page(data)


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")
    query: Annotated[str, StringConstraints(min_length=1)] = Field(description="Cypher.")
    params: dict[str, Any] = Field(default_factory=dict, description="Values of its parameters.")
    plan: bool = Field(False, description="Only plan it.")


@dataclass(frozen=True)
class ConsoleResult:
    """What a query returned, and how it is drawn."""

    columns: list[str]  # names in order
    rows: list[list[Any]]
    cut: str | None  # why rows are missing: `rows` or `bytes`
    models: list[str]  # ids of the models among the values
    graph: DrawnResult | None  # nodes and relationships among the values; None without any
    plan: str | None  # where only that was asked for
    elapsed_ms: float


POSTED = Posted("/cypher", "console.run", "Run a query that only reads.", _Sent, ConsoleResult)
"""How the API describes it."""


@bp.post(f"{API}/cypher")
def run() -> Response:
    """Run a query, or with `plan` only plan it."""
    here = store()
    if not is_enabled():
        raise NotFoundError("The console is switched off.", "HUBGRAPH_WEB_CONSOLE=on allows it.")
    if not gate.is_own(request):
        raise ForeignPageError
    request.max_content_length = MOST_BODY
    sent = _sent()
    here.hard("console")
    seconds = here.settings.query_timeout_s
    with turn(here.settings.data_dir / "console", request.remote_addr or "", AT_ONCE):
        found = here.work(
            lambda graph: ask_console(graph, sent.query, sent.params, seconds, only_plan=sent.plan)
        )
    graph = None if found.graph is None else drawn(found.graph)
    return jsonify(data=vars(ConsoleResult(**vars(found) | {"graph": graph})))


def _text_of(report: str | None) -> str:
    if report is None:
        return START
    if report not in catalogue():
        raise NotFoundError(
            f"There is no report {report[:100]!r}.", "The gallery lists all of them."
        )
    return catalogue()[report].cypher


def is_enabled() -> bool:
    """Whether people may ask queries of their own."""
    settings = store().settings
    if settings.web_console == "auto":
        return gate.is_private(settings)
    return settings.web_console == "on"


def _sent() -> _Sent:
    if request.mimetype != "application/json":
        raise RefusedQueryError("A query is sent as JSON.", "Set Content-Type: application/json.")
    try:
        return _Sent.model_validate(json.loads(request.get_data()))
    except (ValidationError, ValueError, RecursionError):
        raise RefusedQueryError(
            "The request cannot be read.", 'Send {"query": "…", "params": {…}}.'
        ) from None
