"""How two models are related: the shortest ways between them, or to what both come from."""

from dataclasses import dataclass
from datetime import datetime

from graph.answers.query import Asked, Reader
from graph.answers.reports import catalogue

MOST_WAYS = 20


@dataclass(frozen=True)
class Ways:
    """Ways from a descendant up to an ancestor, the ids of the models on each."""

    ways: list[list[str]]  # the shortest; none where the two have nothing in common
    common: str | None  # the nearest common ancestor, where neither descends from the other
    asked: list[Asked]


def ways_between(read: Reader, one: str, other: str, as_of: datetime | None) -> Ways:
    """The shortest ways between two models, or else to their nearest common ancestor."""
    asked: list[Asked] = []
    ways = _shortest(read, one, other, as_of, asked)
    if ways:
        return Ways(ways, None, asked)
    report = catalogue()["common-ancestors"]
    given = report.bind({"model": one, "other": other, "limit": 1, **_by(as_of)})
    asked.append(Asked.of(report, given))
    row = read(report, given).one()
    if not row:
        return Ways([], None, asked)
    common = row["ancestor"]
    ways = [way for end in (one, other) for way in _shortest(read, end, common, as_of, asked)]
    return Ways(ways, common, asked)


def _shortest(
    read: Reader, one: str, other: str, as_of: datetime | None, asked: list[Asked]
) -> list[list[str]]:
    report = catalogue()["paths-between"]
    given = report.bind({"model": one, "base": other, "limit": MOST_WAYS, **_by(as_of)})
    asked.append(Asked.of(report, given))
    rows = read(report, given).rows
    return [list(row["models"]) for row in rows if row["steps"] == rows[0]["steps"]]


def _by(as_of: datetime | None) -> dict[str, object]:
    return {"layers": "resolved"} | ({"as_of": as_of} if as_of else {})
