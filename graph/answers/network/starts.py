"""Which models a network starts from."""

from dataclasses import dataclass

from graph.answers.filters import filters_of
from graph.answers.lists import ListPage
from graph.answers.network.content import NetworkRequest, UnknownModelsError
from graph.answers.network.queries import FIND, TOP
from graph.answers.query import Asked, Reader


@dataclass(frozen=True)
class Starts:
    """The models to start from."""

    ids: list[str]
    missing: list[str]  # ids asked for that the graph does not hold
    asked: Asked


def find_starts(read: Reader, request: NetworkRequest) -> Starts:
    """The models asked for, or the first of a list; `UnknownModelsError` if none is there."""
    models = request.path or request.models
    if not models and request.listed:
        chosen = filters_of(read, request.listed)
        part = ListPage(read, request.listed, chosen, limit=request.top).part()
        return Starts([row["id"] for row in part.rows], [], part.asked)
    if not models:
        top = {"top": request.top}
        rows = read(TOP, top, row_limit=request.top).rows
        return Starts([row["id"] for row in rows], [], Asked.of(TOP, top))
    folded = {model.lower(): model for model in models}
    names = {"ids": list(folded)}
    ids = sorted(row["id"] for row in read(FIND, names, row_limit=len(folded)).rows)
    for id_ in ids:
        folded.pop(id_.lower(), None)
    if not ids or (request.path and folded):
        raise UnknownModelsError(list(folded.values()))
    return Starts(ids, list(folded.values()), Asked.of(FIND, names))
