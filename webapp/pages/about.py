"""What this is, which data it shows, and whether it is well."""

import tomllib
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify

from graph import __version__
from graph.errors import HubgraphError
from webapp.page import Page, Question, page
from webapp.parameters import Query
from webapp.store import store

bp = Blueprint("about", __name__)

VENDORED = Path(__file__).parent / "static" / "vendor" / "vendored.toml"


@page(bp, "/about", "about.html")
def about(_: Query) -> Page[Any]:
    """The runs that made the data, the limits, and the licences of what is bundled."""
    here = store()
    found = here.run("runs")
    vendored = tomllib.loads(VENDORED.read_text())["file"] if VENDORED.is_file() else []
    return Page(
        data={"hubgraph": __version__, "runs": found.rows, "vendored": vendored},
        table="runs",
        questions=[Question("Newest runs", here.cypher("runs"))],
        view={
            "limits": {
                "query_timeout_s": here.settings.query_timeout_s,
                "row_limit": here.settings.row_limit,
            }
        },
    )


@bp.get("/healthz")
def health() -> Response:
    """200 when a page could be answered, 503 when the database is away; for load balancers."""
    try:
        store().read("RETURN 1 AS answer", timeout_s=2)
    except HubgraphError:
        response = jsonify(status="unavailable", database="unreachable", hubgraph=__version__)
        response.status_code = 503
        return response
    return jsonify(status="ok", database="reachable", hubgraph=__version__)
