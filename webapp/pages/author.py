"""An author: what they published, whose work they build on, and who builds on theirs."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, Response, url_for
from pydantic import Field

from graph.answers.author import AuthorTotals, Partner
from graph.answers.author import author as read_author
from graph.answers.filters import Filters
from graph.answers.lists import ListParameters, models
from graph.answers.orders import ORDERS
from graph.answers.parameters import OneOf
from graph.answers.query import Reader
from graph.answers.row import ListedRow
from webapp import assets
from webapp.avatars import tile
from webapp.page import Moved, Page, page

bp = Blueprint("author", __name__)


class AuthorParameters(ListParameters):
    """What an author's page accepts."""

    sort: Annotated[str, OneOf(*ORDERS)] = Field("downloads", description="Order of the models.")


@dataclass(frozen=True)
class AuthorAnswer:
    """An author with a page of models."""

    author: dict[str, Any]  # facts and scores
    totals: AuthorTotals
    upstream: list[Partner]  # whose models these were made from
    downstream: list[Partner]  # who made models from these
    more_upstream: bool  # whether there are more than those listed
    more_downstream: bool
    models: list[ListedRow]
    sort: str
    order: str


@page(
    bp,
    "/author/<name>",
    "author.html",
    table="models",
    examples=("/author/google", "/author/google?sort=created"),
)
def author(read: Reader, asked: AuthorParameters, name: str) -> Page[AuthorAnswer] | Moved:
    """Facts, totals, whose models the author builds on, and who builds on theirs.

    The author's models are sorted and paged as in `/models`.
    """
    found = read_author(read, name)
    if found.name != name:
        return Moved(url_for("author.author", name=found.name))
    listing = models(read, asked, Filters({"author": [found.name]}))
    return Page(
        AuthorAnswer(
            author=found.author,
            totals=found.totals,
            upstream=found.upstream,
            downstream=found.downstream,
            more_upstream=found.more_upstream,
            more_downstream=found.more_downstream,
            **vars(listing.content),
        ),
        paging=listing.paging,
        view={
            "sorts": ORDERS,
            "without": listing.without,
            "built_on": any(not partner.itself for partner in found.downstream),
        },
    )


@bp.get("/avatar/<name>.svg")
def avatar(name: str) -> Response:
    """The tile that stands for an author; drawn from the name alone."""
    response = Response(tile(name), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={assets.YEAR_S}, immutable"
    return response
