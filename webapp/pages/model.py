"""A model: what it is, where it comes from, what was made from it."""

from flask import Blueprint, url_for

from graph.answers.model import ModelAnswer, ModelParameters, Renamed
from graph.answers.model import model as read_model
from graph.answers.query import Reader
from graph.scores.licences.verdict import WORDS as VERDICT_WORDS
from webapp.page import Moved, Page, page
from webapp.pages import ancestry
from webapp.pages.growth import curve

bp = Blueprint("model", __name__)

SHOWN_COUNTS = 50
SHOWN_RESULTS = 12
STATES = {
    "lost": "the Hub does not link it",
    "deleted": "deleted from the Hub",
    "disabled": "disabled by the Hub",
    "renamed": "has another name now",
}
"""What became of a base that is only declared."""


@page(
    bp,
    "/model/<path:model_id>",
    "model.html",
    table="children",
    examples=(
        "/model/google/gemma-7b",
        "/model/google/gemma-7b?relation=quantized",
        "/model/google/gemma-7b?as_of=2025-01-01",
        "/model/google/gemma-7b?layers=resolved",
        "/model/GianlucaMondillo/BioTakuya",
        "/model/GianlucaMondillo/BioTakuya?as_of=2025-01-01",
    ),
)
def model(read: Reader, asked: ModelParameters, model_id: str) -> Page[ModelAnswer] | Moved:
    """Facts, scores, ancestry, results on benchmarks, history, and the models made from it.

    With `as_of`, the lineage is [that of then](history.md#as-it-was-then).
    """
    found = read_model(read, model_id, asked)
    if isinstance(found, Renamed):
        when = asked.as_of and asked.as_of.isoformat()
        return Moved(url_for("model.model", model_id=found.id, was=found.was, as_of=when))
    shown, past = found.answer, found.past
    return Page(
        shown,
        paging=found.paging,
        view={
            "drawing": ancestry.draw(model_id, shown.ancestry.links),
            "box": (ancestry.BOX_WIDTH, ancestry.BOX_HEIGHT),
            "shown_paths": ancestry.SHOWN_PATHS,
            "direct": found.direct,
            "direct_now": found.direct and asked.as_of is None,
            "layers": asked.layers,
            "states": STATES,
            "verdicts": VERDICT_WORDS,
            "was": asked.was,
            "curves": [
                drawn
                for name in ("downloads", "likes")
                if past and (drawn := curve(past.curve, name))
            ],
            "shown_counts": SHOWN_COUNTS,
            "shown_results": SHOWN_RESULTS,
            "more_changes": past is not None and len(past.changes) > len(shown.changes),
        },
    )
