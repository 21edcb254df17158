"""Lines over a row of times, with the area below the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.charts.scales import WHOLE, Scale, scale
from webapp.charts.stacks import MOST_LABELS, step


@dataclass(frozen=True)
class Point:
    """A time with its values by series, and where it stands."""

    label: str
    values: Mapping[str, float | None]
    at: float  # percent from the left
    is_labelled: bool


@dataclass(frozen=True)
class Line:
    """A series as the path of an SVG of 100 by 100; unknown values leave gaps."""

    name: str
    path: str
    area: str


@dataclass(frozen=True)
class Lines:
    """Series on one axis."""

    lines: list[Line]
    points: list[Point]
    axis: Scale


def lines(
    points: Sequence[tuple[str, Mapping[str, float | None]]],
    names: Sequence[str],
    times: Sequence[float] = (),
) -> Lines:
    """Lines through points, each with its label and its values by series.

    They stand evenly apart, or as their `times` do, which rise.
    """
    axis = scale(values.get(name) for _, values in points for name in names)
    places = _places(times or range(len(points)))
    evenly = range(len(points) - 1, -1, -step(len(points)))
    labelled = _labelled(places) if times else set(evenly)
    placed = [
        Point(label, values, at, number in labelled)
        for number, ((label, values), at) in enumerate(zip(points, places, strict=True))
    ]
    return Lines([_line(name, placed, axis) for name in names], placed, axis)


def _places(times: Sequence[float]) -> list[float]:
    length = (times[-1] - times[0]) or 1 if times else 1
    return [WHOLE * (time - times[0]) / length for time in times]


def _labelled(places: Sequence[float]) -> set[int]:
    """Which points have room for a label, from the last one back."""
    found, left = set(), 2 * WHOLE
    for number in range(len(places) - 1, -1, -1):
        if left - places[number] >= WHOLE / MOST_LABELS:
            found.add(number)
            left = places[number]
    return found


def _line(name: str, points: Sequence[Point], axis: Scale) -> Line:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        value = point.values.get(name)
        if value is not None:
            runs[-1].append((point.at, WHOLE - axis.at(value)))
        elif runs[-1]:
            runs.append([])
    path = area = ""
    for run in filter(None, runs):
        drawn = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in run)
        path += drawn if len(run) > 1 else drawn + "h.01"  # a point by itself is seen, too
        area += f"{drawn}V{WHOLE:g}H{run[0][0]:.2f}Z"
    return Line(name, path, area)
