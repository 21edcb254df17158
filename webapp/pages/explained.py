"""Why a model has its influence; how its ModelRank, and that of an author, went."""

from flask import Blueprint, url_for

from graph.answers.explanation import AuthorByMonth, Explanation, Share, author_by_month
from graph.answers.explanation import explain as read_explanation
from graph.answers.query import Reader
from graph.schema import RELATION
from graph.scores.modelrank import Month
from webapp.charts.lines import Lines, lines
from webapp.page import Moved, Page, page
from webapp.store import store

bp = Blueprint("explained", __name__)

PARTS = {
    "by_relation": "How its descendants were made",
    "by_depth": "Steps to them",
    "by_author": "Author",
    "by_swarm": "Rule that finds automatic uploads",
}
"""List of the answer → what its rows are."""


@page(
    bp,
    "/influence/<path:model_id>",
    "explained.html",
    table="by_month",
    examples=("/influence/google/gemma-7b",),
    hard=True,
)
def influence(read: Reader, model_id: str) -> Page[Explanation] | Moved:
    """What gives a model its [effective descendants](influence.md), and its ModelRank by month.

    The parts add up. What would be left without an author is said in two ways: if their models
    counted nothing, and if they were not there.
    """
    found = read_explanation(read, store().settings, model_id)
    if found.model != model_id:
        return Moved(url_for("explained.influence", model_id=found.model))
    parts = {words: getattr(found, name) for name, words in PARTS.items()}
    return Page(
        found,
        view={
            "parts_of_it": {
                words: [(_word(share), share) for share in shares]
                for words, shares in parts.items()
                if any(share.name != "none" for share in shares)
            },
            "authors": PARTS["by_author"],
            "chart": chart(found.by_month),
        },
    )


@page(
    bp,
    "/author/<name>/months",
    "months.html",
    table="by_month",
    examples=("/author/google/months",),
    hard=True,
)
def months(read: Reader, name: str) -> Page[AuthorByMonth] | Moved:
    """The [ModelRank](influence.md#modelrank) of an author by month: what others made counts."""
    found = author_by_month(read, store().settings, name)
    if found.author != name:
        return Moved(url_for("explained.months", name=found.author))
    return Page(found, view={"chart": chart(found.by_month)})


def chart(by_month: list[Month]) -> Lines:
    """ModelRank as a line over the months."""
    return lines([(each.month, {"ModelRank": each.modelrank}) for each in by_month], ["ModelRank"])


def _word(share: Share) -> str:
    return RELATION[share.name].plural if share.name in RELATION else share.name
