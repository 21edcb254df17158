"""What is wrong in the cards of models, and the line that would mend each."""

from flask import Blueprint

from graph.answers.hygiene import (
    BY_MONTH,
    CHECKS,
    FOUND,
    MOST_CHECKED,
    HygieneAnswer,
    HygieneParameters,
    hygiene_found,
)
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from webapp.charts.marks import Mark
from webapp.page import Page, page
from webapp.pages.drawing import drawing

bp = Blueprint("hygiene", __name__)


@page(
    bp,
    "/hygiene",
    "hygiene.html",
    table="models",
    examples=(
        "/hygiene",
        "/hygiene?check=format-copy&author=mlx-community",
        "/hygiene?check=no-licence",
    ),
    hard=True,
)
def overview(read: Reader, asked: HygieneParameters) -> Page[HygieneAnswer]:
    """[What is wrong in cards](hygiene.md), how often, and which line would mend it.

    With `check`, the models that it finds, the most downloaded first; with `author`, only theirs.
    """
    found = hygiene_found(read, asked)
    cut = len(found.models) < found.total
    return Page(
        found,
        columns=catalogue()[FOUND].columns,
        view={
            "chosen": next((row for row in found.checks if row["check"] == asked.check), None),
            "past": {check: trend(found, check) for check in CHECKS},
            "MOST_CHECKED": MOST_CHECKED,
            "drawing": drawing(catalogue()[BY_MONTH], found.months),
        },
        part=f"-{asked.check}-first-{len(found.models)}-of-{found.total}" if cut else "",
    )


def trend(found: HygieneAnswer, check: str) -> list[Mark]:
    """A check's counts over time, each with its day; empty unless it was counted twice."""
    marks = [
        Mark(past.at.date().isoformat(), past.models[check])
        for past in found.history
        if check in past.models
    ]
    return marks if len(marks) > 1 else []
