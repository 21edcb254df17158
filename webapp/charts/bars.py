"""Bars: things in the order of a value, each with its length."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.charts.marks import Mark
from webapp.charts.scales import Scale

MOST_BARS = 12
LEAST_LENGTH = 0.4
"""Length of a value that is not 0, so that it can be seen."""


@dataclass(frozen=True)
class Bar:
    """A mark with its length in percent; None where its value is unknown."""

    mark: Mark
    length: float | None


@dataclass(frozen=True)
class Bars:
    """The first of some things; `rest` more are not drawn."""

    bars: list[Bar]
    rest: int
    is_log: bool


def bars(marks: Sequence[Mark], *, most: int = MOST_BARS, is_log: bool = False) -> Bars:
    """The first marks as bars, in the order given, the longest as long as the frame."""
    shown = marks[:most]
    high = max((mark.value for mark in shown if mark.value is not None), default=0.0)
    axis = Scale(high, is_log)
    drawn = [Bar(mark, None if mark.value is None else _length(axis, mark.value)) for mark in shown]
    return Bars(drawn, len(marks) - len(shown), is_log)


def _length(axis: Scale, value: float) -> float:
    return max(LEAST_LENGTH, axis.at(value)) if value > 0 else 0.0
