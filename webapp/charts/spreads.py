"""Dots with spread: the middle of some values, and from where to where half of them lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.charts.scales import Scale, scale


@dataclass(frozen=True)
class Spread:
    """A thing's middle value with its span, and their places in percent; None where unknown."""

    label: str
    low: float | None
    middle: float | None
    high: float | None
    href: str | None
    at_low: float
    at_middle: float
    at_high: float


@dataclass(frozen=True)
class Spreads:
    """Things below each other, on one axis."""

    spreads: list[Spread]
    axis: Scale


def spreads(
    things: Sequence[tuple[str, float | None, float | None, float | None, str | None]],
) -> Spreads:
    """Dots for things: each a label, the low, middle and high value, and the list behind it."""
    axis = scale((high for _, _, _, high, _ in things), is_log=True)
    placed = []
    for label, low, middle, high, href in things:
        at = [0.0 if value is None else axis.at(value) for value in (low, middle, high)]
        placed.append(Spread(label, low, middle, high, href, *at))
    return Spreads(placed, axis)
