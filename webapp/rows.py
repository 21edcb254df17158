"""The one form in which a model appears in every list, page and export."""

from collections.abc import Mapping
from typing import Any

STATED = (
    "id",
    "author",
    "name",
    "task",
    "library",
    "license",
    "parameters",
    "parameters_source",
    "created_at",
    "likes",
    "downloads",
    "gated",
    "relation",
    "known",
)


def model_row(record: Mapping[str, Any]) -> dict[str, Any]:
    """A model as its JSON row; what is not stated is null, never absent.

    Args:
        record: columns `model` and `author_kind` of a query in `cypher/explorer`.
    """
    model = record["model"]
    return {
        **{name: model.get(name) for name in STATED},
        "author_kind": record.get("author_kind"),
        "scores": {
            "influence": {
                "value": model.get("influence"),
                "rank": model.get("influence_rank"),
                "effective_descendants": model.get("effective_descendants"),
            }
        },
        "descendants": model.get("descendants"),
    }
