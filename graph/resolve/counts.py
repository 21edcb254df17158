"""Counts follow the time of observation: `downloads` and `likes` now, and their series.

The series is `counted_at`, `downloads_then`, `likes_then`. A point is a time with `downloads` and
`likes` at that time, -1 where a count was not stated. Of consecutive points with equal counts only
one stays: the last of the first such stretch (the model held these counts until its first change),
the first of every other. One point makes no series: a model whose counts never changed has none.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.draft import DraftNode
from graph.resolve.held import Values
from graph.resolve.past import COUNTS, Past

MOST_POINTS = 10_000
"""Points that a model keeps, the newest."""

_BOTH = sum(COUNTS.values())

Counts = dict[str, int | None]
"""What a record states of `downloads` and `likes`; None: that there is none."""


class CountsAt(NamedTuple):
    """Counts at a time; -1 for one that is not known."""

    at: str
    downloads: int
    likes: int


def settle_counts(node: DraftNode, held: Values, record: Record, past: Past) -> None:
    """Take in the counts that a record states; `held` and `past` are those without the record."""
    properties = cast("Counts", record.properties)
    stated = {name: properties[name] for name in COUNTS if name in properties}
    if stated:
        at = memory.time_of(record)
        derive_counts(node.values, either_counted(stated_counts(held, past), {at: stated}))


def stated_counts(values: Values, past: Past) -> dict[str, Counts]:
    """What records stated of counts, by time, in order."""
    points = _points(values)
    found: dict[str, Counts] = {}
    place = 0
    same: dict[tuple[int, int], Counts] = {}  # point, facts → what was stated: for most times alike
    for at in memory.times(past, _BOTH):
        while place + 1 < len(points) and points[place + 1].at <= at:
            place += 1
        key = place, past[at] & _BOTH
        found[at] = same.get(key) or same.setdefault(key, _stated(points[place], past[at]))
    return found


def _stated(point: CountsAt, facts: int) -> Counts:
    """Of the counts of a point those that were stated."""
    counts = zip(COUNTS.items(), point[1:], strict=True)
    return {name: None if n < 0 else n for (name, bit), n in counts if facts & bit}


def either_counted(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> dict[str, Counts]:
    """What was stated in one or the other."""
    both = {at: _greater(one[at], other[at]) for at in one.keys() & other.keys()}
    return {**one, **other, **both}


def derive_counts(values: Values, stated: Mapping[str, Counts]) -> None:
    """Work out the counts of now and their series."""
    points = []
    counts = dict.fromkeys(COUNTS, -1)
    said: set[str] = set()
    last: Counts = {}
    for at in sorted(stated):
        if stated[at] is not last:
            last = stated[at]
            counts |= {name: -1 if count is None else count for name, count in last.items()}
            said |= last.keys()
        points.append(CountsAt(at, *counts.values()))
    values.update({name: None if counts[name] < 0 else counts[name] for name in said})
    values.update(series(points))


def series(points: Iterable[CountsAt]) -> Values:
    """The properties of a series, given every point in the order of time; None without a change."""
    known = list(points)
    starts = [n for n, point in enumerate(known) if n == 0 or point[1:] != known[n - 1][1:]]
    if len(starts) < 2:
        return {"counted_at": None, "downloads_then": None, "likes_then": None}
    kept = [known[starts[1] - 1], *(known[place] for place in starts[1:])][-MOST_POINTS:]
    return {
        "counted_at": [point.at for point in kept],
        "downloads_then": [point.downloads for point in kept],
        "likes_then": [point.likes for point in kept],
    }


def _points(values: Values) -> list[CountsAt]:
    """The points of a model: its series, else what it holds now."""
    if values.get("counted_at"):
        columns = (values["counted_at"], values["downloads_then"], values["likes_then"])
        return [CountsAt(*each) for each in zip(*columns, strict=True)]
    counts = {name: values.get(name) for name in COUNTS}
    return [CountsAt("", **{name: -1 if n is None else n for name, n in counts.items()})]


def _greater(one: Counts, other: Counts) -> Counts:
    """What two records of one time state: the greater number."""
    both = {
        name: max((one[name], other[name]), key=lambda count: -1 if count is None else count)
        for name in one.keys() & other.keys()
    }
    return {**one, **other, **both}
