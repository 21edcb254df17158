"""An author: what they published, whose work they build on, and who builds on theirs."""

from typing import Annotated, Any

from flask import Blueprint, Response, url_for
from pydantic import Field

from graph.answers import lists
from graph.answers.list_queries import ORDERS
from graph.answers.lists import ListParameters
from graph.answers.parameters import OneOf
from graph.answers.query import Reader
from webapp import assets
from webapp.avatars import tile
from webapp.errors import NotFoundError
from webapp.page import Moved, Page, Question, page
from webapp.pages import search
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


class AuthorParameters(ListParameters):
    """What an author's page accepts."""

    sort: Annotated[str, OneOf(*ORDERS)] = Field("downloads", description="Order of the models.")


@page(bp, "/author/<name>", "author.html", table="models", examples=("/author/google",))
def author(read: Reader, asked: AuthorParameters, name: str) -> Page[Any] | Moved:
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
    found = lists.models(read, asked, {"author": canonical})
    given = {"name": canonical, "top": 20}
    data = {
        "author": {key: facts["author"].get(key) for key in SHOWN},
        "totals": {
            key: facts[key] for key in ("models", "with_base", "scored", "downloads", "likes")
        },
        "upstream": here.run("author-upstream", given).rows,
        "downstream": here.run("author-downstream", given).rows,
        **vars(found.content),
    }
    questions = [
        found.asked,
        Question("Facts and totals", here.cypher("author-facts"), {"folded": folded}),
        Question("Whose models this author builds on", here.cypher("author-upstream"), given),
        Question("Who builds on this author's models", here.cypher("author-downstream"), given),
    ]
    view = {"sorts": ORDERS, "without": found.without}
    return Page(data, paging=found.paging, questions=questions, view=view)


@bp.get("/avatar/<name>.svg")
def avatar(name: str) -> Response:
    """The tile that stands for an author; drawn from the name alone."""
    response = Response(tile(name), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={assets.YEAR_S}, immutable"
    return response
