"""What of the Hub has been crawled, how that ended, and what is still missing."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from graph.answers.coverage import MOST_CRAWLS, MOST_PARENTS, STATES, coverage
from graph.store.connection import Result
from webapp.page import Page, Question, page
from webapp.parameters import Query
from webapp.store import store

bp = Blueprint("coverage", __name__)

SHOWN_CRAWLS = 25
STATE_WORDS = {
    "complete": "everything that was asked for is written",
    "capped": "the Hub does not show everything to it",
    "stale": "ended well, but long ago",
    "running": "not ended yet, or its machine went down",
    "interrupted": "stopped before its end; the same command goes on",
    "failed": "an answer could not be had, or too little was found",
}
HELD_WORDS = {
    "full": "all held",
    "most": "half or more",
    "few": "less than half",
    "none": "none held",
}
"""Share of a parent's derivatives that the graph holds, as `coverage-children` names it."""


@page(bp, "/coverage", "coverage.html")
def overview(_: Query) -> Page[Any]:
    """Crawls with how they ended, derivatives held of those announced, how much is known."""
    here = store()
    stale_days = here.settings.crawl_stale_days

    def read(name: str, parameters: Mapping[str, object]) -> Result:
        return here.run(name, parameters)

    found = coverage(read, stale_days)
    asked = {"stale_days": stale_days, "limit": MOST_CRAWLS}
    return Page(
        data={**found, "stale_days": stale_days},
        table="crawls",
        questions=[
            Question("How much is known", here.cypher("coverage-numbers")),
            Question("Crawls", here.cypher("crawls"), asked),
            Question("Derivatives held", here.cypher("coverage-children")),
            Question("Most missing", here.cypher("children-missing"), {"limit": MOST_PARENTS}),
        ],
        view={
            "shown": SHOWN_CRAWLS,
            "STATES": STATES,
            "STATE_WORDS": STATE_WORDS,
            "HELD_WORDS": HELD_WORDS,
        },
    )
