"""A growth curve as a drawing: counts over time as the path of an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.answers.history.timeline import CurvePoint

WIDTH, HEIGHT = 600, 120
"""Size of the drawing; the page stretches it."""
MARGIN = 4
"""Room for the line above the most and below the least."""
MOST_POINTS = 500
"""Points that are drawn; of more, evenly many are left out."""


@dataclass(frozen=True)
class Curve:
    """A count from the first time to the last."""

    name: str  # `downloads` or `likes`
    start: datetime
    end: datetime
    first: int
    last: int
    low: int
    high: int
    line: str  # path of the curve: a level for as long as nothing else was seen
    area: str  # path of what lies below it


def curve(points: Sequence[CurvePoint], name: str) -> Curve | None:
    """The curve of one count over time; None where fewer than two values are known."""
    known = [(point.at, value) for point in points if (value := getattr(point, name)) is not None]
    if len(known) < 2:
        return None
    known = [*known[: -1 : len(known) // MOST_POINTS + 1], known[-1]]
    values = [value for _, value in known]
    start, end, low, high = known[0][0], known[-1][0], min(values), max(values)
    length = (end - start).total_seconds() or 1.0

    def x(at: datetime) -> str:
        return f"{WIDTH * (at - start).total_seconds() / length:.4g}"

    def y(value: int) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.4g}"

    line = f"M{x(start)} {y(values[0])}"
    for at, value in known[1:]:
        line += f"H{x(at)}V{y(value)}"
    area = f"{line}V{HEIGHT}H0Z"
    return Curve(name, start, end, values[0], values[-1], low, high, line, area)
