"""What the API's answers must look like, as JSON Schema that follows from a page's declaration."""

from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from webapp.page import Declared, Page


def answer_schema(made: Declared) -> dict[str, Any]:
    """The envelope around the content's own schema."""
    content = TypeAdapter(_content(made)).json_schema(mode="serialization")
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


def _content(made: Declared) -> Any:
    """Type of what a page shows, or a route returns."""
    found = get_type_hints(made.build)["return"]
    for option in (found, *get_args(found)):
        if get_origin(option) is Page:
            return get_args(option)[0]
    return found
