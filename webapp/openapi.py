"""What a page or a route of the API accepts and answers, as OpenAPI describes it.

Everything here follows from a page's declaration and from the type of its content.
"""

import re
from typing import Any

from pydantic import TypeAdapter

from graph.answers.parameters import properties
from webapp.page import API, Declared
from webapp.pages import declared

_PART = re.compile(r"<(?:path:)?(\w+)>")
_ERRORS = {
    "400": "A parameter is unknown or cannot be used.",
    "404": "No such page, model, author or report.",
    "503": "The graph database does not answer.",
    "504": "A query took longer than its time limit.",
}


def paths() -> dict[str, Any]:
    """The path items of the whole API."""
    return {address(made): path_item(made) for made in declared()}


def address(made: Declared) -> str:
    """Its path as OpenAPI writes it: `/api/v1/model/{model_id}`."""
    return API + _PART.sub(r"{\1}", made.rule)


def path_item(made: Declared) -> dict[str, Any]:
    """The path item of a page's twin, or of a route of the API alone.

    Args:
        made: as it was declared.
    """
    content = {"application/json": {"schema": answer_schema(made)}}
    if made.table:
        content["text/csv"] = {"schema": {"type": "string"}}
    if made.parquet:
        content["application/vnd.apache.parquet"] = {"schema": {"type": "string"}}
    return {
        "get": {
            "operationId": made.endpoint,
            "summary": made.words,
            "parameters": [*_parts(made), *_query(made)],
            "responses": {
                "200": {"description": "The content.", "content": content},
                **{status: {"description": words} for status, words in _ERRORS.items()},
            },
        }
    }


def answer_schema(made: Declared) -> dict[str, Any]:
    """JSON Schema of the answer: the envelope around the content's own."""
    content = TypeAdapter(made.answer).json_schema(mode="serialization")
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
    found = []
    for name, schema in properties(made.twin_parameters).items():
        plain = {k: v for k, v in schema.items() if k not in ("title", "description")}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.get("description", ""),
                "schema": plain,
            }
        )
    return found
