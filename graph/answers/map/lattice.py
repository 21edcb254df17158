"""Free places on a hexagonal lattice, along a curve that keeps neighbours together."""

import math
from dataclasses import dataclass

import numpy as np

from graph.scores.lineage import BoolArray, FloatArray, IntArray

ROW = math.sqrt(3) / 2
"""Distance of two rows; places of one row are 1 apart."""
MARGIN = 0.42
"""How far from a disc a place is at least."""


@dataclass(frozen=True)
class Water:
    """What is left of a disc of `radius` around 0, 0 between other discs."""

    centres: FloatArray
    radii: FloatArray
    radius: float
    coast: float = 0.0  # width of the strip around the discs that fills first

    def places(self, count: int) -> tuple[FloatArray, float]:
        """So many places and the radius of the disc, which grows until they fit.

        The coasts fill first, then the middle. The places are in the order of a Hilbert curve, so
        that those that follow each other are near each other.
        """
        radius = max(self.radius + self.coast, math.sqrt(count * ROW / math.pi))
        while True:
            grid = _Grid(radius)
            free, near = self._free(grid)
            missing = count - int(free.sum())
            if missing <= 0:
                break
            radius = math.sqrt(radius**2 + (missing + 8) * ROW / math.pi * 1.01)
        row, column = np.nonzero(free)
        x, y = grid.x[row, column], grid.y[row]
        first = np.argsort(np.where(near[row, column], 0, x**2 + y**2), kind="stable")[:count]
        first = first[np.argsort(_hilbert(column[first], row[first]), kind="stable")]
        return np.column_stack([x[first], y[first]]), radius

    def _free(self, grid: "_Grid") -> tuple[BoolArray, BoolArray]:
        """Which places of a grid are free, and which of them are on a coast."""
        free = grid.x**2 + grid.y[:, None] ** 2 < (grid.radius - 0.5) ** 2
        near = np.zeros_like(free)
        for (x, y), radius in zip(self.centres.tolist(), self.radii.tolist(), strict=True):
            reach = radius + MARGIN + self.coast
            part = grid.window(x, y, reach)
            rows, columns = part
            square = (grid.x[part] - x) ** 2 + (grid.y[rows, None] - y) ** 2
            free[rows, columns] &= square > (radius + MARGIN) ** 2
            if self.coast:
                near[rows, columns] |= square < reach**2
        return free, near


class _Grid:
    """The places of a lattice around 0, 0 by row and column."""

    def __init__(self, radius: float) -> None:
        self.radius = radius
        self.height, self.width = int(radius / ROW) + 2, int(radius) + 2
        rows = np.arange(-self.height, self.height + 1)
        columns = np.arange(-self.width, self.width + 1)
        self.x = columns + (rows[:, None] & 1) * 0.5
        self.y = rows * ROW

    def window(self, x: float, y: float, reach: float) -> tuple[slice, slice]:
        """Rows and columns that hold a disc."""
        top, bottom = int((y - reach) / ROW) + self.height - 1, int((y + reach) / ROW)
        left, right = int(x - reach) + self.width - 2, int(x + reach) + self.width + 2
        return (
            slice(max(0, top), max(0, bottom + self.height + 2)),
            slice(max(0, left), max(0, right)),
        )


def _hilbert(x: IntArray, y: IntArray) -> IntArray:
    """Position of cells on a Hilbert curve (J. Skilling, 2004, in two dimensions)."""
    x, y = x.copy(), y.copy()
    along = np.zeros(x.size, dtype=np.int64)
    step = 1 << max(int(x.max(initial=1)), int(y.max(initial=1))).bit_length()
    while step:
        right, up = (x & step) > 0, (y & step) > 0
        along += step * step * ((3 * right) ^ up)
        turned = ~up & right
        x[turned] = step - 1 - (x[turned] & (step - 1))
        y[turned] = step - 1 - (y[turned] & (step - 1))
        x[~up], y[~up] = y[~up], x[~up].copy()
        step >>= 1
    return along
