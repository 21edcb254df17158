"""The series of download and like counts: `counted_at`, `downloads_then`, `likes_then`.

A point is a time with `downloads` and `likes` at that time, -1 where a count was not stated. Of
consecutive points with equal counts only one stays: the last of the first such stretch (the model
held these counts until its first change), the first of every other. One point makes no series: a
model whose counts never changed has none.

An older record that comes later is put in its place if it states counts and has a time. A record
that said nothing new at its time is not kept: where records arrive out of order, a stretch of equal
counts may begin at another of its times.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph.resolve.held import Values
from graph.resolve.times import last_observed

MOST_POINTS = 10_000
"""Points that a model keeps, the newest."""

_COUNTS = ("downloads", "likes")


class CountsAt(NamedTuple):
    """Counts at a time; None for one that says nothing, -1 in a series."""

    at: str
    downloads: int | None
    likes: int | None


def observe_counts(held: Values, values: Values, at: str) -> None:
    """Extend the series of `values` by what a newer record states, `held` before it."""
    if any(values.get(name) != held.get(name) for name in _COUNTS):
        now = CountsAt(at, values.get("downloads"), values.get("likes"))
        values.update(series(points(held), [_whole(now)]))


def insert_counts(values: Values, point: CountsAt) -> None:
    """Put what an older record states in its place."""
    if point.downloads is not None or point.likes is not None:
        values.update(series(points(values), [point], replace=False))


def points(values: Values) -> list[CountsAt]:
    """The points of a model: its series, else what it holds now."""
    if values.get("counted_at"):
        columns = (values["counted_at"], values["downloads_then"], values["likes_then"])
        return [CountsAt(*each) for each in zip(*columns, strict=True)]
    now = CountsAt(last_observed(values), values.get("downloads"), values.get("likes"))
    return [] if now.downloads is None and now.likes is None else [_whole(now)]


def series(known: Sequence[CountsAt], more: Iterable[CountsAt], *, replace: bool = True) -> Values:
    """The properties of a series; None for less than two points.

    Args:
        known: points in the order of time.
        more: others, whose counts are None where nothing is said of them.
        replace: whether they win over known ones of the same time.
    """
    joined = list(known)
    for point in more:
        joined = _put(joined, point, replace=replace)
    starts = [
        place
        for place, point in enumerate(joined)
        if place == 0 or point[1:] != joined[place - 1][1:]
    ]
    if len(starts) < 2:
        return {"counted_at": None, "downloads_then": None, "likes_then": None}
    kept = [joined[starts[1] - 1], *(joined[place] for place in starts[1:])][-MOST_POINTS:]
    return {
        "counted_at": [point.at for point in kept],
        "downloads_then": [point.downloads for point in kept],
        "likes_then": [point.likes for point in kept],
    }


def _put(known: list[CountsAt], point: CountsAt, *, replace: bool) -> list[CountsAt]:
    """The points with one more, whose unsaid counts are as they were before it."""
    if not replace and any(each.at == point.at for each in known):
        return known
    earlier = [each for each in known if each.at < point.at]
    before = earlier[-1] if earlier else CountsAt(point.at, None, None)
    counts = (
        said if said is not None else then for said, then in zip(point[1:], before[1:], strict=True)
    )
    return [*earlier, _whole(CountsAt(point.at, *counts)), *(p for p in known if p.at > point.at)]


def _whole(point: CountsAt) -> CountsAt:
    return CountsAt(point.at, *(-1 if count is None else count for count in point[1:]))
