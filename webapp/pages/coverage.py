"""What of the Hub has been crawled, how that ended, and what is still missing."""

from flask import Blueprint

from graph.answers.coverage import STATES, CoverageAnswer, coverage
from graph.answers.query import Reader
from webapp.page import Page, page
from webapp.store import store

bp = Blueprint("coverage", __name__)

SHOWN_CRAWLS = 25
STATE_WORDS = {
    "complete": "everything asked for was written",
    "capped": "the Hub does not show all of it",
    "stale": "ended well, but long ago",
    "running": "still running, or its machine went down",
    "interrupted": "stopped early; the same command resumes it",
    "failed": "an answer could not be fetched, or too little was found",
}
FOUND_WORDS = {
    "full": "all found",
    "most": "half or more",
    "few": "less than half",
    "none": "none found",
}
"""Share of a model's derivatives that the graph holds, as `CHILDREN` names it."""


@page(bp, "/coverage", "coverage.html", table="crawls")
def overview(read: Reader) -> Page[CoverageAnswer]:
    """What was crawled and how it ended, and how much is known.

    Derivatives found, of those the Hub counts.
    """
    return Page(
        coverage(read, store().settings.crawl_stale_days),
        view={
            "shown": SHOWN_CRAWLS,
            "STATES": STATES,
            "STATE_WORDS": STATE_WORDS,
            "FOUND_WORDS": FOUND_WORDS,
        },
    )
