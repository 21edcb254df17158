"""Models side by side."""

from flask import Blueprint, url_for

from graph.answers.comparison import (
    MOST_COMPARED,
    Comparison,
    ComparisonParameters,
    comparison,
)
from graph.answers.query import Reader
from webapp.page import Page, page

bp = Blueprint("compare", __name__)


@page(
    bp,
    "/compare",
    "compare.html",
    examples=(
        "/compare?m=google/gemma-7b&m=google/gemma-7b-it&m=meta-llama/Llama-2-7b-chat-hf",
        "/compare",
    ),
    hard=True,
)
def compare(read: Reader, asked: ComparisonParameters) -> Page[Comparison]:
    """Two to six models side by side: facts, scores, how they are related, what descends.

    Descendants are counted by which of the models they were made from.
    """
    found = comparison(read, asked)
    ids = [model["id"] for model in found.models]

    def at(names: list[str]) -> str:
        kept = "true" if found.differing else None
        return url_for("compare.compare", m=names, differing=kept)

    return Page(
        found,
        view={
            "most": MOST_COMPARED,
            "without": {name: at([other for other in ids if other != name]) for name in ids},
            "earlier": {
                name: at([*ids[: n - 1], name, ids[n - 1], *ids[n + 1 :]])
                for n, name in enumerate(ids)
                if n
            },
            "switched": url_for(
                "compare.compare", m=ids, differing=None if found.differing else "true"
            ),
            "network": url_for("network.network", m=ids),
        },
    )
