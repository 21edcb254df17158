"""Finding a model, an author or a report by what a person types or pastes."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for

from graph.answers.query import Reader
from graph.answers.search import (
    MOST_AUTHORS,
    SearchParameters,
    SearchResult,
    SuggestParameters,
    meant,
    suggestions,
)
from graph.answers.search import search as find
from webapp.page import Moved, Page, page

bp = Blueprint("search", __name__)


@dataclass(frozen=True)
class Suggestions:
    """What a text may become, each with `type`, `id` and the page that shows it."""

    q: str
    suggestions: list[dict[str, Any]]


@page(
    bp,
    "/search",
    "search.html",
    table="models",
    examples=("/search", "/search?q=gemma", "/search?q=nothing-is-called-that"),
)
def search(read: Reader, asked: SearchParameters) -> Page[SearchResult] | Moved:
    """Models, authors and reports for `q`.

    An address of the Hub, an exact id or a former name leads straight to the model's page.
    """
    if asked.q and (model := meant(read, asked.q)):
        return Moved(url_for("model.model", model_id=model))
    return Page(
        find(read, asked.q, asked.limit), view={"limit": asked.limit, "most_authors": MOST_AUTHORS}
    )


@page(bp, "/suggest", examples=("/suggest?q=gem",))
def suggest(read: Reader, asked: SuggestParameters) -> Suggestions:
    """At most ten models, authors and reports that `q` may become."""
    found = suggestions(read, asked.q)
    models: list[dict[str, Any]] = [
        {
            "type": "model",
            "id": model["id"],
            "relation": model["relation"],
            "parameters": model["parameters"],
            "rank": model["scores"]["influence"]["rank"],
            "alias": model["alias"],
            "html": url_for("model.model", model_id=model["id"]),
        }
        for model in found.models
    ]
    authors: list[dict[str, Any]] = [
        {
            "type": "author",
            "id": author.name,
            "rank": author.influence_rank,
            "html": url_for("author.author", name=author.name),
        }
        for author in found.authors
    ]
    reports: list[dict[str, Any]] = [
        {"type": "report", "id": report.title, "html": url_for("reports.report", name=report.name)}
        for report in found.reports
    ]
    return Suggestions(asked.q, [*models, *authors, *reports])
