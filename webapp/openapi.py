"""The API as OpenAPI describes it: all of it follows from the declarations of pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

from graph import __version__
from graph.answers.parameters import properties
from webapp.page import API, Declared

_PART = re.compile(r"<(?:path:)?(\w+)>")
_LATE = {
    "503": "The graph database does not answer.",
    "504": "A query took longer than its time limit.",
}
_ERRORS = {
    "400": "A parameter is unknown or cannot be used.",
    "404": "No such page, model, author or report.",
    **_LATE,
}


@dataclass(frozen=True)
class Posted:
    """A route of the API that takes JSON, and answers with `data`."""

    rule: str  # of a page with a twin
    endpoint: str
    words: str
    sent: type[BaseModel]
    answer: Any


def document(
    declared: Sequence[Declared], prefix: str, posted: Sequence[Posted] = ()
) -> dict[str, Any]:
    """The description of the whole API, as OpenAPI 3.1; `prefix` is the path it is shown under."""
    paths = {_address(made): {"get": operation(made)} for made in declared}
    for made in posted:
        paths[API + made.rule]["post"] = _posting(made)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hubgraph", "version": __version__},
        "servers": [{"url": prefix or "/"}],
        "paths": paths,
    }


def _address(made: Declared) -> str:
    """Its path as OpenAPI writes it: `/api/v1/model/{model_id}`."""
    return API + _PART.sub(r"{\1}", made.rule)


def operation(made: Declared) -> dict[str, Any]:
    """A page's twin, or a route of the API alone."""
    content = {"application/json": {"schema": answer_schema(made)}}
    if made.table:
        content["text/csv"] = {"schema": {"type": "string"}}
    if made.parquet:
        content["application/vnd.apache.parquet"] = {"schema": {"type": "string"}}
    content |= {file.mimetype: {"schema": {"type": "string"}} for file in made.files.values()}
    return {
        "operationId": made.endpoint,
        "summary": made.words,
        "parameters": [*_parts(made), *_query(made)],
        "responses": {
            "200": {"description": "The content.", "content": content},
            **{status: {"description": words} for status, words in _ERRORS.items()},
        },
    }


def _posting(made: Posted) -> dict[str, Any]:
    errors = {"400": "It was refused: why, and where.", "404": "It is switched off.", **_LATE}
    answer = {"application/json": {"schema": _enveloped(made.answer, {})}}
    return {
        "operationId": made.endpoint,
        "summary": made.words,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": made.sent.model_json_schema()}},
        },
        "responses": {
            "200": {"description": "The content.", "content": answer},
            **{status: {"description": words} for status, words in errors.items()},
        },
    }


def answer_schema(made: Declared) -> dict[str, Any]:
    """JSON Schema of the answer: the envelope around the content's own."""
    more: dict[str, Any] = {}
    if made.template is not None:
        more = {
            "page": {"type": ["object", "null"]},
            "meta": {"type": "object"},
            "links": {"type": "object"},
        }
    return _enveloped(made.content, more)


def _enveloped(type_: Any, more: dict[str, Any]) -> dict[str, Any]:
    content = TypeAdapter(type_).json_schema(mode="serialization")
    definitions = content.pop("$defs", {})
    envelope: dict[str, Any] = {"data": content, **more}
    return {
        "type": "object",
        "properties": envelope,
        "required": list(envelope),
        "additionalProperties": False,
        "$defs": definitions,
    }


def _parts(made: Declared) -> list[dict[str, Any]]:
    """The parts of the path."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PART.findall(made.rule)
    ]


def _query(made: Declared) -> list[dict[str, Any]]:
    """The parameters of the query string."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": {k: v for k, v in schema.items() if k not in ("title", "description")},
        }
        for name, schema in properties(made.twin_parameters).items()
    ]
