"""What people decide by: may I use this model, and what breaks if it goes?"""

from typing import Annotated

from flask import Blueprint, url_for
from pydantic import Field

from graph.answers.blast.answer import MOST_LISTED, BlastRadius
from graph.answers.blast.answer import blast as read_blast
from graph.answers.blast.events import EVENTS
from graph.answers.blast.family import RELATIONS
from graph.answers.blast.relicensing import licence_of_table
from graph.answers.licence import ASKED_WORDS, CARD_WORDS, LicenceAnswer
from graph.answers.licence import licence as read_licence
from graph.answers.parameters import Flag, OneOf, Parameters, Text, Whole
from graph.answers.query import Reader
from graph.errors import ParameterError
from graph.scores.licences.table import LicenceTable
from graph.scores.licences.verdict import WORDS
from webapp.page import Moved, Page, page
from webapp.store import store

bp = Blueprint("decide", __name__)

RELICENSED = "relicensed"


@page(
    bp,
    "/licence/<path:model_id>",
    "licence.html",
    examples=("/licence/google/gemma-7b-it", "/licence/GianlucaMondillo/BioTakuya"),
    hard=True,
)
def licence(read: Reader, model_id: str) -> Page[LicenceAnswer] | Moved:
    """What a model's licence and those of all its ancestors ask, each with the way to who asks it.

    What cards declare is [compared with a table](licences.md); that is no legal advice.
    """
    found = read_licence(read, store().settings, model_id)
    if found.model != model_id:
        return Moved(url_for("decide.licence", model_id=found.model))
    ways = {tuple(hop.model for hop in doubt.path): doubt.path for doubt in found.in_doubt}
    return Page(
        found,
        view={
            "asked_words": ASKED_WORDS,
            "card_words": CARD_WORDS,
            "verdict_words": WORDS,
            "doubts": [
                ([doubt.column for doubt in found.in_doubt if doubt.path == way], way)
                for way in ways.values()
            ],
        },
    )


class BlastParameters(Parameters):
    """What the page about an event accepts."""

    event: Annotated[str, OneOf(*EVENTS)] = Field("withdrawn", description="What happens.")
    licence: Text | None = Field(None, description="The new licence, of what is `relicensed`.")
    mirrors: Flag = Field(False, description="It happens to copies by other publishers as well.")
    limit: Whole = Field(50, ge=1, le=MOST_LISTED, description="Most affected models listed.")


@page(
    bp,
    "/blast/<path:name>",
    "blast.html",
    table="models",
    examples=("/blast/google/gemma-7b", "/blast/google/gemma-7b?event=gated"),
    hard=True,
)
def blast(read: Reader, asked: BlastParameters, name: str) -> Page[BlastRadius] | Moved:
    """Who is hit if something happens to a model, or to all models of an author.

    The affected models are listed with the nearest first; [what counts](blast.md) is documented.
    """
    if asked.licence and asked.event != RELICENSED:
        raise ParameterError("licence", "`licence` goes with `event=relicensed`.", "")
    if asked.event == RELICENSED and not asked.licence:
        hint = "For example `licence=apache-2.0`."
        raise ParameterError("licence", "`event=relicensed` needs a new `licence`.", hint)
    other = None
    if asked.licence:
        table = LicenceTable.read(store().settings)
        other = (table, licence_of_table(table, asked.licence))
    found = read_blast(
        read, name, asked.event, mirrors=asked.mirrors, licence=other, most=asked.limit
    )
    if found.name != name:
        return Moved(
            url_for("decide.blast", name=found.name, **asked.model_dump(exclude_unset=True))
        )
    return Page(
        found,
        view={
            "events": EVENTS,
            "words": EVENTS[asked.event],
            "given": asked,
            "kinds": [name for name in RELATIONS if name in found.by_relation],
            "most": MOST_LISTED,
        },
    )
