"""The first page: a search field, the graph in numbers, and where to start."""

from typing import Any

from flask import Blueprint

from graph import schema
from graph.answers.reports import catalogue
from webapp.page import Page, Question, page
from webapp.pages.search import describe
from webapp.parameters import Query
from webapp.store import Store, store

bp = Blueprint("home", __name__)

TOP = 10
QUESTIONS = (
    "top-models-by-task",
    "lineage-up",
    "licence-differs",
    "merge-parents",
    "unknown-bases",
    "longest-chains",
)
"""Reports offered on the first page; each of another subject."""


@page(bp, "/", "home.html")
def home(_: Query) -> Page[Any]:
    """Numbers, the most influential, the largest families, six questions."""
    here = store()
    return Page(
        data=_content(here),
        table="families",
        questions=[
            Question("The numbers", here.cypher("home-numbers")),
            Question("Most influential models", here.cypher("home-models"), {"top": TOP}),
            Question("Most influential authors", here.cypher("home-authors"), {"top": TOP}),
            Question("Largest families", here.cypher("home-families"), {"top": TOP}),
        ],
    )


def _content(here: Store) -> dict[str, Any]:
    numbers = here.run("home-numbers").one()
    families = here.run("home-families", {"top": TOP}).rows
    return {
        "numbers": {
            **numbers,
            "links": sum(numbers[relation] for relation in schema.RELATIONS),
        },
        "models": here.run("home-models", {"top": TOP}).rows,
        "authors": here.run("home-authors", {"top": TOP}).rows,
        "families": families,
        "starters": [describe(catalogue()[name]) for name in QUESTIONS if name in catalogue()],
    }
