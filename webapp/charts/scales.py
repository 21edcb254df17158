"""From values to places: percent of a frame, along straight or logarithmic axes."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

WHOLE = 100.0
"""Length of a frame, in percent of itself."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Numbers that people count in."""
MOST_DECADES = 6
"""Ticks of a logarithmic axis, besides that of 0."""


@dataclass(frozen=True)
class Tick:
    """A value on an axis and where it stands."""

    value: float
    at: float  # percent


@dataclass(frozen=True)
class Scale:
    """An axis from 0 to `high`; a logarithmic one has 0 at its start, as `log10(1 + value)`.

    Between whole numbers, such as counts, there is no tick.
    """

    high: float
    is_log: bool = False
    is_whole: bool = False

    def at(self, value: float) -> float:
        """Where a value stands, in percent of the axis, never outside."""
        if self.high <= 0:
            return 0.0
        if self.is_log:
            share = math.log10(1 + max(0.0, value)) / math.log10(1 + self.high)
        else:
            share = value / self.high
        return WHOLE * min(1.0, max(0.0, share))

    @property
    def ticks(self) -> list[Tick]:
        """Round values along it, the first is 0."""
        if self.high <= 0:
            return [Tick(0, 0)]
        if not self.is_log:
            step = _step(self.high, is_whole=self.is_whole)
            return [Tick(n * step, self.at(n * step)) for n in range(round(self.high / step) + 1)]
        decades = range(math.floor(math.log10(max(self.high, 1))) + 1)
        every = len(decades) // (MOST_DECADES + 1) + 1
        return [Tick(0, 0)] + [Tick(10**n, self.at(10**n)) for n in decades[::every]]


def scale(values: Iterable[float | None], *, is_log: bool = False) -> Scale:
    """The axis for some values: straight ones end at a round number, so that ticks fit."""
    known = [value for value in values if value is not None]
    high, is_whole = max(known, default=0.0), all(isinstance(value, int) for value in known)
    if is_log or high <= 0:
        return Scale(max(high, 0.0), is_log)
    step = _step(high, is_whole=is_whole)
    return Scale(math.ceil(high / step - 1e-9) * step, is_whole=is_whole)


def _step(high: float, *, is_whole: bool) -> float:
    """A round step of which three to five reach `high`; fewer if only whole ones may."""
    raw = high / 4
    size = 10.0 ** math.floor(math.log10(raw))
    steps = (step * size for step in STEPS if step * size >= raw * (1 - 1e-9))
    if not is_whole:
        return next(steps)
    return next((step for step in steps if step >= 1 and step.is_integer()), 1.0)
