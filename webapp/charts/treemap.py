"""A treemap: tiles whose areas are to each other as their values, as square as they can be.

The layout is that of Bruls, Huizing and van Wijk, "Squarified treemaps" (2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.charts.marks import Mark
from webapp.charts.scales import WHOLE

ASPECT = 2.0
"""Width of the frame by its height, for which tiles are made square."""
WIDE, TALL = 9.0, 9.0
"""Least percent of the frame, by side, of a tile that has room for its label everywhere."""
SOME_WIDE, SOME_TALL = 6.0, 7.0
"""The same on wide pages."""


@dataclass(frozen=True)
class Tile:
    """A mark with its place in percent of the frame."""

    mark: Mark
    x: float
    y: float
    width: float
    height: float

    @property
    def shown(self) -> str:
        """Where its label has room: `always`, `wide` or `never`."""
        if self.width >= 2 * WIDE and self.height >= TALL:
            return "always"
        return "wide" if self.width >= SOME_WIDE and self.height >= SOME_TALL else "never"


def treemap(marks: Sequence[Mark]) -> list[Tile]:
    """Tiles for marks with a value above 0, the largest first, which fill the frame."""
    found = [(mark, mark.value) for mark in marks if mark.value is not None and mark.value > 0]
    found.sort(key=lambda item: -item[1])
    total = sum(value for _, value in found)
    tiles: list[Tile] = []
    x, y, width, height = 0.0, 0.0, ASPECT, 1.0
    areas = [(mark, ASPECT * (value / total)) for mark, value in found]
    while areas:
        short = min(width, height)
        row = _row([area for _, area in areas], short)
        taken, areas = areas[:row], areas[row:]
        depth = sum(area for _, area in taken) / short if short > 0 else 0.0
        along = 0.0
        for mark, area in taken:
            length = area / depth if depth > 0 else 0.0
            place = (x, y + along, depth, length) if height <= width else (
                x + along, y, length, depth,
            )  # fmt: skip
            tiles.append(_tile(mark, *place))
            along += length
        if height <= width:
            x, width = x + depth, max(0.0, width - depth)
        else:
            y, height = y + depth, max(0.0, height - depth)
    return tiles


def _row(areas: Sequence[float], short: float) -> int:
    """How many of the next tiles make a row whose worst tile is as square as can be."""
    best, total = float("inf"), 0.0
    for count, area in enumerate(areas, 1):
        total += area
        if min(area, short, total) <= 0:
            return len(areas)
        side = (total / short) ** 2
        worst = max(areas[0] / side, side / area)
        if worst > best:
            return count - 1
        best = worst
    return len(areas)


def _tile(mark: Mark, x: float, y: float, width: float, height: float) -> Tile:
    """In percent; what rounding would push over the rim stays inside."""
    left, top = min(WHOLE, WHOLE * x / ASPECT), min(WHOLE, WHOLE * y)
    across, down = WHOLE * width / ASPECT, WHOLE * height
    return Tile(mark, left, top, min(across, WHOLE - left), min(down, WHOLE - top))
