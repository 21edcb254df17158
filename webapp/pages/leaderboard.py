"""Models in order: by a measure the reader chooses, within what they care about."""

from flask import Blueprint

from graph.answers import lists
from graph.answers.list_queries import FILTERS, ORDERS, TOTALS, VALUES
from graph.answers.lists import ModelList, ModelsParameters
from graph.answers.query import Reader
from webapp.page import Page, page

bp = Blueprint("leaderboard", __name__)


@page(
    bp,
    "/models",
    "models.html",
    table="models",
    examples=("/models", "/models?task=text-generation&sort=likes&order=asc"),
)
def models(read: Reader, asked: ModelsParameters) -> Page[ModelList]:
    """Models in the order of a score or a count, narrowed by author, task, licence and library."""
    found = lists.models(read, asked)
    values = read(VALUES).one()
    there = read(TOTALS).one()["models"]
    return Page(
        found.content,
        paging=found.paging,
        questions=[found.asked],
        view={
            "sorts": ORDERS,
            "without": found.without,
            "chosen": {name: found.filters.get(name) for name in FILTERS},
            "values": values,
            "left_out": {
                name: there - values[f"with_{name}"]
                for name in FILTERS[1:]
                if name in found.filters
            },
        },
    )
