"""An author: what they published, whose work they build on, and who builds on theirs."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, Response, request, url_for
from pydantic import Field

from graph.answers.author import AuthorTotals, Partner
from graph.answers.author import author as read_author
from graph.answers.filters import Filters
from graph.answers.lists import ListParameters, models
from graph.answers.orders import ORDERS
from graph.answers.parameters import OneOf
from graph.answers.query import Reader
from graph.answers.row import ListedRow
from graph.store.avatars import kept_avatar
from webapp.avatars import tile
from webapp.page import Moved, Page, page
from webapp.store import store

bp = Blueprint("author", __name__)

AVATAR_CACHED = "public, max-age=86400, stale-while-revalidate=2592000"
"""A day, then shown for another month while the browser asks whether a crawl brought a new one."""


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


@bp.get("/avatar/<name>")
def avatar(name: str) -> Response:
    """The picture that a crawl kept of an account, else a tile drawn from its name."""
    if kept := kept_avatar(store().settings, name):
        response = Response(kept, mimetype="image/webp")
    else:
        response = Response(tile(name), mimetype="image/svg+xml")
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20], weak=True)
    response.headers["Cache-Control"] = AVATAR_CACHED
    response.make_conditional(request)
    return response
