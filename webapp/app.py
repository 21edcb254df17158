"""The factory: one app, one blueprint per area, and what every answer carries."""

from collections.abc import Sequence

from flask import Flask, Response, request

from graph import __version__
from graph.settings import Settings, load_settings
from graph.store.connection import Graph
from webapp import assets, compression, errors, formats, pages
from webapp.browser import browser_link, coloured, runnable
from webapp.gate import FORWARDED, Prefixed, is_allowed
from webapp.page import Json, address
from webapp.store import Store, store

NAVIGATION = (
    ("leaderboard.models", "Models"),
    ("map.whole", "Map"),
    ("network.network", "Network"),
    ("dashboard.overview", "Dashboard"),
    ("history.changes", "Changes"),
    ("reports.gallery", "Reports"),
    ("console.console", "Cypher"),
    ("coverage.overview", "Coverage"),
    ("about.about", "About"),
)

ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{what} {where}" for what, where in ALLOWED.items())
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(settings: Settings | None = None, graph: Graph | None = None) -> Flask:
    """Build the app; without `settings`, from the environment.

    Without `graph`, each process opens a connection of its own for the first page that needs it,
    and opens it anew when the database went away and came back.
    """
    app = Flask(__name__)
    app.json = Json(app)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    settings = settings or load_settings()
    app.extensions["store"] = Store(settings, graph)
    app.wsgi_app = Prefixed(app.wsgi_app, settings.web_prefix)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    app.jinja_env.filters.update(
        formats.FILTERS, runnable=runnable, browser_link=browser_link, coloured=coloured
    )
    app.jinja_env.globals.update(
        formats.GLOBALS,
        asset=assets.address,
        here=_here,
        nav=[item for item in NAVIGATION if item[0] in app.view_functions],
        version=__version__,
    )
    compression.register(app)
    errors.register(app)
    app.before_request(_begin)
    app.after_request(_headers)
    return app


def _here(**changes: str | Sequence[str] | None) -> str:
    """This page's address with some parameters changed."""
    return address(request.path, **changes)


def _begin() -> None:
    here = store()
    if not is_allowed(request, here.settings):
        raise errors.ForeignHostError(request.headers.get("Host", ""))
    here.begin()


def _headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.vary.add(FORWARDED)
    if request.endpoint == "static":
        assets.cache(response)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
