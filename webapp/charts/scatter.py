"""Dots on two logarithmic axes, with the median of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from webapp.charts.scales import WHOLE, Scale, scale

PHONE, DESK = (270, 320), (500, 320)
"""Pixels of the frame on a phone and beside other things on a desk: where labels find room."""
LETTER, LINE = 7, 16
"""Pixels of a letter's width and a line's height."""
INSET = 4.0
"""Percent of the frame that stays free at its ends, for dots on its rim."""


@dataclass(frozen=True)
class Spot:
    """A dot, in percent of the frame from the left and from above; None for what has no place."""

    label: str
    x_value: float
    y_value: float
    x: float
    y: float
    href: str | None
    shown: str  # where its label has room: `always`, `wide` or `never`
    is_left: bool  # whether its label stands to its left


@dataclass(frozen=True)
class Scatter:
    """Dots, the largest labelled first; `without` more lack one of the values."""

    spots: list[Spot]
    x_axis: Scale
    y_axis: Scale
    x_median: float | None
    y_median: float | None
    without: int

    def x_at(self, value: float) -> float:
        """Percent from the left."""
        return _inset(self.x_axis.at(value))

    def y_at(self, value: float) -> float:
        """Percent from above."""
        return WHOLE - _inset(self.y_axis.at(value))


def scatter(
    things: Sequence[tuple[str, float | None, float | None, str | None]],
) -> Scatter:
    """Dots for things, the most important first, each a label, its two values and its list."""
    known = [(t, x, y, href) for t, x, y, href in things if x is not None and y is not None]
    xs, ys = [x for _, x, _, _ in known], [y for _, _, y, _ in known]
    frame = Scatter(
        [],
        scale(xs, is_log=True),
        scale(ys, is_log=True),
        median(xs) if xs else None,
        median(ys) if ys else None,
        len(things) - len(known),
    )
    places = [(label, frame.x_at(x), frame.y_at(y)) for label, x, y, _ in known]
    narrow, wide = _labelled(places, *PHONE), _labelled(places, *DESK)
    for at, (label, x, y, href) in enumerate(known):
        shown = "always" if at in narrow and at in wide else "wide" if at in wide else "never"
        place = places[at]
        frame.spots.append(Spot(label, x, y, place[1], place[2], href, shown, _is_left(place[1])))
    return frame


def _inset(share: float) -> float:
    return INSET + share * (WHOLE - 2 * INSET) / WHOLE


def _is_left(x: float) -> bool:
    return x > WHOLE * 0.6


def _labelled(places: Sequence[tuple[str, float, float]], width: int, height: int) -> set[int]:
    """Which dots are labelled in a frame so large: the first ones whose labels overlap nothing."""
    dots = [(x * width / WHOLE, y * height / WHOLE) for _, x, y in places]
    taken: list[tuple[float, float, float, float]] = []
    found = set()
    for at, (label, x, _) in enumerate(places):
        px, py = dots[at]
        long = LETTER * len(label)
        left = px - 8 - long if _is_left(x) else px + 8
        box = (left, py - LINE / 2, left + long, py + LINE / 2)
        inside = box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height
        free = not any(_overlap(box, other) for other in taken)
        hides = any(
            box[0] - 4 < x2 < box[2] + 4 and box[1] < y2 < box[3]
            for other, (x2, y2) in enumerate(dots)
            if other != at
        )
        if inside and free and not hides:
            taken.append(box)
            found.add(at)
    return found


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
