"""The API as OpenAPI describes it: all of it follows from the declarations of pages."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from graph import __version__
from graph.answers.parameters import properties
from webapp.page import API, Declared

_PART = re.compile(r"<(?:path:)?(\w+)>")
_ERRORS = {
    "400": "A parameter is unknown or cannot be used.",
    "404": "No such page, model, author or report.",
    "503": "The graph database does not answer.",
    "504": "A query took longer than its time limit.",
}


def document(declared: Sequence[Declared], prefix: str) -> dict[str, Any]:
    """The description of the whole API, as OpenAPI 3.1; `prefix` is the path it is shown under."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "hubgraph", "version": __version__},
        "servers": [{"url": prefix or "/"}],
        "paths": {_address(made): {"get": operation(made)} for made in declared},
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


def answer_schema(made: Declared) -> dict[str, Any]:
    """JSON Schema of the answer: the envelope around the content's own."""
    content = TypeAdapter(made.content).json_schema(mode="serialization")
    definitions = content.pop("$defs", {})
    envelope: dict[str, Any] = {"data": content}
    if made.template is not None:
        envelope |= {
            "page": {"type": ["object", "null"]},
            "meta": {"type": "object"},
            "links": {"type": "object"},
        }
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
