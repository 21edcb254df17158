"""An author: what they published, whose work they build on, and who builds on theirs."""

from typing import Any

from flask import Blueprint, Response, url_for

from webapp import assets
from webapp.avatars import tile
from webapp.errors import NotFoundError
from webapp.page import Moved, Page, Question, page
from webapp.pages import search
from webapp.pages.leaderboard import FILTERS, listing
from webapp.parameters import Query
from webapp.store import store

bp = Blueprint("author", __name__)

SHOWN = (
    "name",
    "kind",
    "full_name",
    "organization_type",
    "verified",
    "enterprise",
    "followers",
    "first_seen",
    "last_seen",
    "influence",
    "influence_rank",
    "effective_descendants",
    "outside_models",
    "outside_publishers",
)


@page(bp, "/author/<name>", "author.html")
def author(query: Query, name: str) -> Page[Any] | Moved:
    """One author's page.

    Raises:
        NotFoundError: nobody of that name is known.
    """
    here = store()
    folded = name.strip().lower()
    usable = folded.isprintable() and 0 < len(folded) <= 200
    facts = here.run("author-facts", {"folded": folded}).one() if usable else {}
    if not facts:
        raise NotFoundError(
            f"No author is called {name[:100]!r}.",
            "Check the spelling, or search.",
            search.near_authors(here, folded) if usable else [],
        )
    canonical = facts["author"]["name"]
    if canonical != name:
        return Moved(url_for("author.author", name=canonical))
    made = listing(query, dict.fromkeys(FILTERS) | {"author": canonical}, "downloads")
    given = {"name": canonical, "top": 20}
    made.data = {
        "author": {key: facts["author"].get(key) for key in SHOWN},
        "totals": {
            key: facts[key] for key in ("models", "with_base", "scored", "downloads", "likes")
        },
        "upstream": here.run("author-upstream", given).rows,
        "downstream": here.run("author-downstream", given).rows,
        **made.data,
    }
    made.questions = [
        *made.questions,
        Question("Facts and totals", here.cypher("author-facts"), {"folded": folded}),
        Question("Whose models this author builds on", here.cypher("author-upstream"), given),
        Question("Who builds on this author's models", here.cypher("author-downstream"), given),
    ]
    return made


@bp.get("/avatar/<name>.svg")
def avatar(name: str) -> Response:
    """The tile that stands for an author; drawn from the name alone."""
    response = Response(tile(name), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={assets.YEAR_S}, immutable"
    return response
