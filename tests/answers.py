"""What the API's answers must look like, as JSON Schema that follows from a page's declaration."""

from typing import Any

from pydantic import TypeAdapter

from webapp.page import Declared


def answer_schema(made: Declared) -> dict[str, Any]:
    """The envelope around the content's own schema."""
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
