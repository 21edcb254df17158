"""One error shape: as JSON under `/api/v1`, as a page everywhere else; never a trace, no secret."""

import logging
import secrets
from dataclasses import dataclass, field

from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from graph.answers.names import UnknownNameError
from graph.errors import (
    ConfigurationError,
    HubgraphError,
    ParameterError,
    QueryTimeoutError,
    RefusedQueryError,
    ServerError,
)
from webapp.lanes import BusyError
from webapp.store import NotStoredError

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5


class NotFoundError(HubgraphError):
    """No such page or report; `suggestions` are near names, each with its address."""

    code = "not_found"

    def __init__(
        self, message: str, hint: str = "", suggestions: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message, hint)
        self.suggestions = suggestions or []


class ForeignHostError(HubgraphError):
    """The request names a host under which the app does not answer."""

    code = "foreign_host"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This app does not answer under the host {host[:100]!r}.",
            "Whoever runs it lists its names in HUBGRAPH_WEB_HOSTS.",
        )


class ForeignPageError(HubgraphError):
    """A page of another site made the browser ask."""

    code = "foreign_page"

    def __init__(self) -> None:
        super().__init__("Only pages of this app, and programs, may send this.")


@dataclass(frozen=True)
class Problem:
    """An error as people and programs see it."""

    status: int
    code: str
    message: str
    hint: str = ""
    parameter: str | None = None
    suggestions: list[dict[str, str]] = field(default_factory=list)
    place: tuple[int, int] | None = None  # line and column in a query, from 1


_STATUS = {ForeignHostError: 421, ForeignPageError: 403, BusyError: 503}


def register(app: Flask) -> None:
    """Answer every failure in the one shape."""
    app.before_request(_number)
    app.register_error_handler(HubgraphError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether this request is a program's."""
    return request.path.startswith("/api/") or request.path == "/healthz"


def request_id() -> str:
    """The number of this request, as in the log."""
    return str(g.get("request_id", "-"))


def problem_of(error: HubgraphError) -> Problem:
    """Which status and code an expected failure has; only words of our own are shown."""
    shown = (error.message, error.hint)
    match error:
        case ParameterError():
            return Problem(400, "bad_parameter", *shown, parameter=error.parameter)
        case RefusedQueryError():
            place = (error.line, error.column) if error.line else None
            return Problem(400, error.code, *shown, place=place)
        case NotFoundError():
            return Problem(404, error.code, *shown, suggestions=error.suggestions)
        case UnknownNameError():
            near = [{"name": name, "html": _shown_at(error.kind, name)} for name in error.near]
            return Problem(404, error.code, *shown, suggestions=near)
        case ForeignHostError() | ForeignPageError() | BusyError():
            return Problem(_STATUS[type(error)], error.code, *shown)
        case NotStoredError():
            problem = Problem(504, error.code, *shown)
        case QueryTimeoutError():
            hint = "Narrow the question, then try again."
            problem = Problem(504, "timeout", error.message, hint)
        case ServerError() | ConfigurationError():
            hint = "Start it with `hubgraph up`, or wait a moment if it is starting."
            message = "The graph database does not answer."
            problem = Problem(503, "database_unavailable", message, hint)
        case _:
            message = "The database could not answer this question."
            hint = "The server's log says why, under this request id."
            problem = Problem(500, "internal", message, hint)
    return problem


def _number() -> None:
    g.request_id = secrets.token_hex(6)


def _expected(error: HubgraphError) -> Response:
    problem = problem_of(error)
    if problem.status >= 500:
        log.warning("%s %s: %s", request_id(), request.path, error)
    return answer(problem)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if status == 404:
        hint = "Search, or start from the home page."
        return answer(Problem(404, "not_found", "There is no page at this address.", hint))
    if status == 405:
        message = "This address can only be read (GET)."
        response = answer(Problem(405, "method_not_allowed", message))
        response.headers["Allow"] = "GET, HEAD"
        return response
    return answer(Problem(status, "bad_request" if status < 500 else "internal", f"{error.name}."))


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed", request_id(), request.path, exc_info=error)
    hint = "The server's log has the details under this request id."
    return answer(Problem(500, "internal", "Something went wrong on the server.", hint))


def answer(problem: Problem) -> Response:
    """The response for a problem, in the shape that the request expects."""
    if wants_json():
        body: dict[str, object] = {
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
            "request_id": request_id(),
        }
        if problem.parameter is not None:
            body["parameter"] = problem.parameter
        if problem.place is not None:
            body["line"], body["column"] = problem.place
        if problem.suggestions:
            body["suggestions"] = problem.suggestions
        response = jsonify(error=body)
    else:
        page = render_template("error.html", problem=problem, request_id=request_id())
        response = make_response(page)
    response.status_code = problem.status
    if problem.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _shown_at(kind: str, name: str) -> str:
    """The page of what has a name: a model, an author, or either."""
    is_author = kind == "author" or (kind != "model" and "/" not in name)
    if is_author:
        return url_for("author.author", name=name)
    return url_for("model.model", model_id=name)
