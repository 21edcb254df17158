"""What this is, which data it shows, and whether it is well."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from graph import __version__
from graph.answers.query import Reader
from graph.answers.runs import RunEntry, runs
from graph.errors import HubgraphError
from webapp.page import Page, page
from webapp.store import store

bp = Blueprint("about", __name__)


@dataclass(frozen=True)
class AboutAnswer:
    """What made the data."""

    hubgraph: str  # version of the app
    runs: list[RunEntry]  # the newest first


@page(bp, "/about", "about.html", table="runs")
def about(read: Reader) -> Page[AboutAnswer]:
    """The data that is shown, its runs, limits, licences."""
    settings = store().settings
    return Page(
        AboutAnswer(__version__, runs(read)),
        view={
            "limits": {"query_timeout_s": settings.query_timeout_s, "row_limit": settings.row_limit}
        },
    )


@bp.get("/healthz")
def health() -> Response:
    """200 when a page could be answered, 503 when the database is away; for load balancers."""
    try:
        stuck = store().health()
    except HubgraphError:
        response = jsonify(status="unavailable", database="unreachable", hubgraph=__version__)
        response.status_code = 503
        return response
    return jsonify(status="ok", database="reachable", stuck_queries=stuck, hubgraph=__version__)
