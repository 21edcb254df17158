"""What an author's models add up to: a page of its own beside the author's."""

from collections.abc import Mapping

from flask import Blueprint, url_for

from graph.answers.author_work import AuthorWork, author_work
from graph.answers.query import Reader
from webapp.charts.bars import Bars, bars
from webapp.charts.marks import Mark
from webapp.charts.stacks import Stacks, stacks
from webapp.page import Moved, Page, page

bp = Blueprint("work", __name__)

VERDICTS = {
    "same": "the same licence",
    "compatible": "another, with terms that do not differ",
    "more_restrictive": "stricter terms",
    "relaxed": "looser terms",
    "undecidable": "cannot be compared",
    "undeclared": "declares none",
}


@page(
    bp,
    "/author/<name>/work",
    "work.html",
    table="families",
    examples=("/author/google/work",),
    hard=True,
)
def work(read: Reader, name: str) -> Page[AuthorWork] | Moved:
    """An author's families, licences beside those of bases, models by month, supplies, hygiene."""
    found = author_work(read, name)
    if found.author != name:
        return Moved(url_for("work.work", name=found.author))
    dated = [month for month in found.months if month.month[:2].isdigit()]
    return Page(
        found,
        view={
            "licence_bars": _verdicts(found),
            "made": _by_month({month.month: month.models for month in dated}),
            "undated": sum(m.models for m in found.months) - sum(m.models for m in dated),
        },
    )


def _verdicts(found: AuthorWork) -> Bars:
    return bars(
        [Mark(words, getattr(found.licences, name)) for name, words in VERDICTS.items()],
        most=len(VERDICTS),
    )


def _by_month(counts: Mapping[str, int]) -> Stacks:
    """A bar for each month from the first to the last, also for those in which nothing was made."""
    numbers = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in counts]
    every = range(min(numbers, default=0), max(numbers, default=-1) + 1)
    names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in every]
    groups = [(name, {"plain-mark": counts.get(name, 0)}, None) for name in names]
    return stacks(groups, ["plain-mark"])
