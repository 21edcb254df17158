"""The one form in which a model appears in every list, page and export."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema

from graph.schema import MODEL, MODEL_SCORES, Type, listed_properties, scores_to_json

PLAIN = (
    "id", "author", "name", "task", "library", "license", "parameters", "parameters_source",
    "created_at", "likes", "downloads", "gated", "relation", "known",
)  # fmt: skip
"""Properties that every row has."""

_STORED = ", ".join(f".{name}" for name in PLAIN + listed_properties(MODEL_SCORES))
MODEL_COLUMNS = f"{{{_STORED}}}"
"""Projection of a node that `model_row` reads: `model {…} AS model`."""


def json_type(of: Type) -> dict[str, object]:
    """JSON Schema of a property's values, null among them."""
    kinds: dict[Type, dict[str, object]] = {
        Type.INTEGER: {"type": ["integer", "null"]},
        Type.FLOAT: {"type": ["number", "null"]},
        Type.BOOLEAN: {"type": ["boolean", "null"]},
        Type.DATETIME: {"type": ["string", "null"], "format": "date-time"},
        Type.STRING: {"type": ["string", "null"]},
    }
    return kinds.get(of, {"type": ["array", "null"]})


def _described(names: tuple[str, ...]) -> dict[str, object]:
    return {
        name: {**json_type(MODEL.find(name).type), "description": MODEL.find(name).description}
        for name in names
    }


def _object(shown: Mapping[str, object]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(shown), "required": list(shown)}


_SHOWN: dict[str, object] = {
    **_described(PLAIN),
    "author_kind": {"type": ["string", "null"]},
    "scores": _object(
        {
            name: _object({part: {"type": ["number", "null"]} for part in parts})
            for name, parts in scores_to_json(MODEL_SCORES, {})["scores"].items()
        }
    ),
    **_described(tuple(s.name for s in MODEL_SCORES if s.listed and not s.ranked)),
}
ModelRow = Annotated[dict[str, Any], WithJsonSchema(_object(_SHOWN))]
"""A model wherever it appears; what a list adds stands beside."""
_WHOLE = {"type": "integer"}
_TEXT = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_MORE = {"type": "object", "description": "Further properties, as columns ask for them."}
ListedRow = Annotated[
    dict[str, Any], WithJsonSchema(_object(_SHOWN | {"more": _MORE, "position": _WHOLE}))
]
"""A model in an ordered list, with its position from 1."""
DerivativeRow = Annotated[dict[str, Any], WithJsonSchema(_object(_SHOWN | {"relations": _TEXTS}))]
"""A model made from another, and how."""
FoundRow = Annotated[
    dict[str, Any], WithJsonSchema(_object(_SHOWN | {"match": _WHOLE, "alias": _TEXT}))
]
"""A model that fits a search: how well, and by which former name."""


def model_row(record: Mapping[str, Any]) -> ModelRow:
    """A model as its row, from columns `model` (`MODEL_COLUMNS`) and `author_kind` of a query.

    What is not known is null, never absent.
    """
    model = record["model"]
    return {
        **{name: model.get(name) for name in PLAIN},
        "author_kind": record.get("author_kind"),
        **scores_to_json(MODEL_SCORES, model),
    }
