"""The Hub's addresses and what each answers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from tests.hub import cursors, model_info, website
from tests.hub import dataset_space_info as others
from tests.hub.content import Content
from tests.hub.leaderboards import OFFICIAL, leaderboard
from tests.hub.messages import Answer, Request, error_answer, html_answer, json_answer
from tests.hub.pictures import picture
from tests.hub.repository import Repository
from tests.hub.shelf import SORTS, Query, Shelf

MOST = 1_000
"""Items of one answer of a listing."""
ITEMS = 30
"""Models on a page of the website."""
PAGES = 100
"""Pages of a listing on the website."""

_NOT_FOUND = "Sorry, we can't find the page you are looking for."
_MISSING = "Invalid username or password."
_SITE_SORTS = {
    **{name: name for name in SORTS},
    "created": "createdAt",
    "modified": "lastModified",
    "trending": "trendingScore",
}


class _Kind(NamedTuple):
    """What is listed, and what its items may show: when asked, unasked, and with `full`."""

    shelf: Shelf
    show: Callable[[Repository, Sequence[str]], dict[str, object]]
    allowed: Sequence[str]
    unasked: Sequence[str]
    full: Sequence[str]
    parameters: Sequence[str]  # that select items besides the usual ones


def answer(request: Request, content: Content, hub_url: str) -> Answer:
    """What a Hub at this address answers when nothing is wrong with it."""
    parts = [part for part in request.path.split("/") if part]
    with content.lock:
        if parts[:1] == ["api"]:
            return _interface(request, content, hub_url, parts[1:])
        return _website(request, content, parts)


def _interface(request: Request, content: Content, hub_url: str, parts: list[str]) -> Answer:
    match parts:
        case [name] if kind := _kinds(content).get(name):
            return _listing(request, kind, hub_url)
        case ["models", *name] if 1 <= len(name) <= 2:
            return _model(request, content, "/".join(name))
        case ["datasets", *name, "leaderboard"] if 1 <= len(name) <= 2:
            return _leaderboard(request, content, "/".join(name))
        case [("users" | "organizations") as owners, name, "overview"]:
            return _account(content, name, owners)
    return error_answer(404, _NOT_FOUND)


def _website(request: Request, content: Content, parts: list[str]) -> Answer:
    match parts:
        case ["models-json"]:
            models, total, page = _site_page(request, content)
            return json_answer(website.listing(content, models, total, page))
        case ["models"]:
            models, total, page = _site_page(request, content)
            return html_answer(website.models_page(content, models, total, page))
        case ["v1", "production", "uploads", *_]:
            return Answer(body=picture(request.path), headers={"Content-Type": "image/png"})
        case [*name] if 1 <= len(name) <= 2:
            return _page(content, "/".join(name))
    return html_answer(website.error_page(404, _NOT_FOUND), 404)


def _kinds(content: Content) -> dict[str, _Kind]:
    return {
        "models": _Kind(
            content.models, content.model, model_info.LISTED, model_info.LISTED_UNASKED,
            model_info.LISTED_FULL, ("pipeline_tag", "library"),
        ),
        "datasets": _Kind(
            content.datasets, others.info, others.DATASET, others.DATASET_UNASKED,
            others.DATASET_UNASKED, (),
        ),
        "spaces": _Kind(
            content.spaces, others.info, others.SPACE, others.SPACE_UNASKED,
            others.SPACE_FULL, ("models", "datasets"),
        ),
    }  # fmt: skip


def _listing(request: Request, kind: _Kind, hub_url: str) -> Answer:
    sort = request.value("sort") or "trendingScore"
    if sort not in SORTS:
        return error_answer(400, f"Cannot sort by {sort[:80]!a}.")
    asked = request.values("expand[]", "expand")
    if refusal := _refused(asked, kind.allowed):
        return refusal
    direction = request.value("direction") or ("-1" if sort == "trendingScore" else "1")
    keys = [
        *(("tag", tag) for tag in request.values("filter")),
        *((name, value) for name in ("author", *kind.parameters) for value in request.values(name)),
    ]
    query = Query(sort, direction == "-1", tuple(keys), request.value("search"))
    cursor = request.value("cursor")
    try:
        after = cursors.read(cursor, query) if cursor else None
    except ValueError:
        return error_answer(400, "Invalid cursor.")
    page = kind.shelf.page(query, _limit(request), after)
    shown = asked or (kind.full if request.value("full") in ("true", "1") else kind.unasked)
    if sort == "trendingScore" and not asked:
        shown = (*shown, sort)
    headers = {}
    if page.last is not None:
        following = cursors.written(page.last, query)
        headers["Link"] = f'<{hub_url}{_with_cursor(request, following)}>; rel="next"'
    return json_answer([kind.show(item, shown) for item in page.items], headers=headers)


def _refused(asked: Sequence[str], allowed: Sequence[str]) -> Answer | None:
    wrong = next((field for field in asked if field not in allowed), None)
    if wrong is None:
        return None
    known = ", ".join(allowed)
    return error_answer(400, f"Cannot expand {wrong[:80]!a}, only any of {known}.")


def _limit(request: Request) -> int:
    limit = request.value("limit") or ""
    return min(int(limit[:9]), MOST) or MOST if limit.isascii() and limit.isdigit() else MOST


def _with_cursor(request: Request, cursor: str) -> str:
    """The same address, letter by letter, with another cursor at its end."""
    query = request.target.partition("?")[2].split("&")
    kept = [part for part in query if part and not part.startswith("cursor=")]
    return f"{request.raw_path}?{'&'.join([*kept, f'cursor={cursor}'])}"


def _model(request: Request, content: Content, name: str) -> Answer:
    asked = request.values("expand[]", "expand")
    if refusal := _refused(asked, model_info.DETAIL):
        return refusal
    model = content.models.find(name)
    if model is not None:
        return json_answer(content.model(model, asked or model_info.DETAIL_UNASKED))
    if moved := content.models.moved(name):
        return Answer(307, headers={"Location": f"/api/models/{quote(moved)}"})
    if request.token is None:
        return error_answer(401, _MISSING)
    return error_answer(404, "Repository not found", "RepoNotFound")


def _leaderboard(request: Request, content: Content, name: str) -> Answer:
    benchmark = content.datasets.find(name)
    if benchmark is None or OFFICIAL not in benchmark.texts("tags"):
        return error_answer(404, "This dataset has no leaderboard")
    if benchmark.record.get("closed") and request.token is None:
        return error_answer(401, f"Access to dataset {name} is restricted.", "GatedRepo")
    everyone = request.value("base_model") == "false"
    task = request.value("task_id")
    return json_answer(leaderboard(content, benchmark, task, with_derivatives=everyone))


def _account(content: Content, name: str, kind: str) -> Answer:
    overview = content.account_overview(name)
    if kind == "users" and (overview is None or "user" not in overview):
        return error_answer(404, "This user does not exist")
    if overview is None or (kind == "organizations" and "user" in overview):
        return error_answer(404, _NOT_FOUND)
    return json_answer(overview)


def _site_page(request: Request, content: Content) -> tuple[list[Repository], int, int]:
    number = request.value("p") or "0"
    page = int(number[:9]) if number.isascii() and number.isdigit() else 0
    keys = [
        *(("tag", tag) for text in request.values("other") for tag in text.split(",")),
        *(("pipeline_tag", value) for value in request.values("pipeline_tag")),
        *(("library", value) for value in request.values("library")),
        *(("author", value) for value in request.values("author")),
    ]
    sort = _SITE_SORTS.get(request.value("sort") or "", "trendingScore")
    query = Query(sort, True, tuple(keys), request.value("search"))
    found = content.models.slice(query, page * ITEMS, ITEMS if page < PAGES else 0)
    return found.items, found.total, page


def _page(content: Content, name: str) -> Answer:
    model = content.models.find(name)
    if model is not None:
        return html_answer(website.model_page(content, model))
    if moved := content.models.moved(name):
        return Answer(307, headers={"Location": f"/{quote(moved)}"})
    if "/" in name:
        return html_answer(website.error_page(401, _MISSING), 401)
    account = content.account(name)
    if account is None:
        return html_answer(website.error_page(404, _NOT_FOUND), 404)
    return html_answer(website.account_page(account))
