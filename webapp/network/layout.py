"""Where things are drawn: positions for a forest, computed without chance or iteration.

The same forest always gives the same picture. Units are pixels at zoom 1, y grows downwards.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

FULL = 2 * math.pi
UPWARDS = -math.pi / 2

GAP = 9.0
"""Free space between two neighbours."""
STEP = 34.0
"""Free space between a model and the first row of what hangs on it."""
WIDEST = math.radians(110)
"""Most of the circle that one model away from the centre may fill with its own."""
BASES = math.radians(70)
"""Share of the circle kept for bases, above the centre, when derivatives fill the rest."""
BASES_ALONE = math.radians(160)
GOLDEN = math.pi * (3 - math.sqrt(5))
ASPECT = 1.4
"""How much wider than high a picture of several discs becomes."""
COLUMN = 240.0
ROW = 22.0

Position = tuple[float, float]


@dataclass(frozen=True)
class Item:
    """Something to place."""

    parent: int  # index of what it hangs on; -1 for a root
    radius: float
    group: int = 0  # siblings of one group stay side by side
    above: bool = False  # on the side of the bases
    last: bool = False  # closes its group, behind the others


def radial(items: Sequence[Item]) -> list[Position]:
    """Each root in the middle of its own disc, what hangs on it in rings; discs side by side.

    Siblings without children fill rows near their parent, largest first, each group in its own
    sector; siblings with children sit on the rim behind those rows, each with a share of the
    circle in proportion to how much hangs on it. Nothing overlaps inside one disc's sector.
    """
    forest = _Forest.of(items)
    positions: list[Position] = [(0.0, 0.0)] * len(items)
    discs, radii = [], []
    for root in forest.roots:
        bases = [i for i in forest.children[root] if items[i].above]
        others = [i for i in forest.children[root] if not items[i].above]
        share = (BASES if others else BASES_ALONE) if bases else 0.0
        placed = {root: (0.0, 0.0)}
        _fan(forest, bases, root, _Wedge(UPWARDS, share), placed)
        _fan(forest, others, root, _Wedge(-UPWARDS, FULL - share), placed)
        middle, radius = _around(placed, items)
        discs.append((placed, middle))
        radii.append(radius)
    for (x, y), (placed, middle) in zip(_pack(radii), discs, strict=True):
        for index, (px, py) in placed.items():
            positions[index] = (x + px - middle[0], y + py - middle[1])
    return positions


def layered(items: Sequence[Item]) -> list[Position]:
    """Columns from left to right: bases, starting models, derivatives; one row for each leaf."""
    forest = _Forest.of(items)
    positions: list[Position] = [(0.0, 0.0)] * len(items)
    top = 0.0
    for root in forest.roots:
        heights = []
        for above in (True, False):
            chosen = [i for i in forest.children[root] if items[i].above is above]
            end = top
            for child in forest.sorted(chosen):
                end = _column(forest, child, -1 if above else 1, end, positions)
            heights.append((chosen, end - top))
        tallest = max(ROW * 2, *(height for _, height in heights))
        for chosen, height in heights:
            for child in chosen:
                _shift(forest, child, (tallest - height) / 2, positions)
        positions[root] = (0.0, top + tallest / 2)
        top += tallest + ROW
    columns = 1 + max(x for x, _ in positions) - min(x for x, _ in positions) if positions else 1
    width = max(COLUMN, top / columns)
    return [(x * width, y - top / 2) for x, y in positions]


@dataclass(frozen=True)
class _Wedge:
    middle: float
    width: float


@dataclass
class _Forest:
    items: Sequence[Item]
    roots: list[int] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, items: Sequence[Item]) -> "_Forest":
        forest = cls(items, [], [[] for _ in items], [2 * i.radius + GAP for i in items])
        for index, item in enumerate(items):
            (forest.roots if item.parent < 0 else forest.children[item.parent]).append(index)
        order = list(forest.roots)
        for index in order:
            order.extend(forest.children[index])
        for index in reversed(order):
            if items[index].parent >= 0:
                forest.weight[items[index].parent] += forest.weight[index]
        return forest

    def sorted(self, indexes: list[int]) -> list[int]:
        """Group beside group, what closes a group at its end."""
        items = self.items
        return sorted(indexes, key=lambda i: (items[i].group, items[i].last, i))


def _fan(
    forest: _Forest, members: list[int], parent: int, wedge: _Wedge, placed: dict[int, Position]
) -> None:
    """Place `members` in a wedge seen from the middle, then what hangs on them behind them."""
    stack = [(members, parent, wedge, 0.0)]
    while stack:
        members, parent, wedge, start = stack.pop()
        if not members:
            continue
        inner = start + forest.items[parent].radius + STEP
        hubs = [i for i in members if forest.children[i]]
        edge = _rows(forest, [i for i in members if not forest.children[i]], wedge, inner, placed)
        if not hubs:
            continue
        widths = [2 * forest.items[i].radius + GAP for i in hubs]
        largest = max(forest.items[i].radius for i in hubs)
        rim = max(edge + largest + (GAP if edge > inner else 0), sum(widths) / wedge.width)
        for hub, (middle, width) in zip(
            hubs, _shares(forest, hubs, widths, wedge, rim), strict=True
        ):
            placed[hub] = _at(middle, rim)
            stack.append((forest.children[hub], hub, _Wedge(middle, min(width, WIDEST)), rim))


def _shares(
    forest: _Forest, hubs: list[int], widths: list[float], wedge: _Wedge, rim: float
) -> list[tuple[float, float]]:
    """Middle and width of each hub's share: room for itself, the rest by what hangs on it."""
    total = sum(forest.weight[i] for i in hubs)
    spare = max(0.0, wedge.width - sum(widths) / rim)
    angle = wedge.middle - wedge.width / 2
    shares = []
    for hub, own in zip(hubs, widths, strict=True):
        width = own / rim + spare * forest.weight[hub] / total
        shares.append((angle + width / 2, width))
        angle += width
    return shares


def _rows(
    forest: _Forest, leaves: list[int], wedge: _Wedge, inner: float, placed: dict[int, Position]
) -> float:
    """Fill a wedge with leaves, group beside group, row behind row; returns where they end."""
    groups: dict[int, list[int]] = {}
    for leaf in leaves:
        groups.setdefault(forest.items[leaf].group, []).append(leaf)
    need = {
        group: sum((2 * forest.items[i].radius + GAP) ** 2 for i in members)
        for group, members in groups.items()
    }
    angle = wedge.middle - wedge.width / 2
    edge = inner
    for group in sorted(groups):
        width = wedge.width * need[group] / sum(need.values())
        edge = max(
            edge, _sector(forest, groups[group], _Wedge(angle + width / 2, width), inner, placed)
        )
        angle += width
    return edge


def _sector(
    forest: _Forest, leaves: list[int], wedge: _Wedge, inner: float, placed: dict[int, Position]
) -> float:
    items = forest.items
    queue = deque(sorted(leaves, key=lambda i: (items[i].last, -items[i].radius, i)))
    radius = inner
    while queue:
        distance = radius + items[queue[0]].radius
        row: list[int] = []
        used = 0.0
        while queue:
            width = (2 * items[queue[0]].radius + GAP) / distance
            if row and used + width > wedge.width:
                break
            used += width
            row.append(queue.popleft())
        distance = radius + max(items[i].radius for i in row)
        spread = min(wedge.width, used * 1.5) if not queue and len(row) > 1 else wedge.width
        slack = max(0.0, spread - used) / len(row)
        angle = wedge.middle - (used + slack * len(row)) / 2
        for index in row:
            width = (2 * items[index].radius + GAP) / distance + slack
            placed[index] = _at(angle + width / 2, distance)
            angle += width
        radius = distance + max(items[i].radius for i in row) + GAP
    return radius


def _at(angle: float, distance: float) -> Position:
    return math.cos(angle) * distance, math.sin(angle) * distance


def _around(placed: dict[int, Position], items: Sequence[Item]) -> tuple[Position, float]:
    """Middle and radius of a disc that holds everything placed."""
    left = min(x - items[i].radius for i, (x, _) in placed.items())
    right = max(x + items[i].radius for i, (x, _) in placed.items())
    top = min(y - items[i].radius for i, (_, y) in placed.items())
    bottom = max(y + items[i].radius for i, (_, y) in placed.items())
    x, y = (left + right) / 2, (top + bottom) / 2
    reach = max(math.hypot(px - x, py - y) + items[i].radius for i, (px, py) in placed.items())
    return (x, y), reach + STEP / 2


def _pack(radii: list[float]) -> list[Position]:
    """Middles of discs that do not overlap: the largest first, the others spiralling out."""
    middles: list[Position] = [(0.0, 0.0)] * len(radii)
    taken = np.empty((0, 3))
    reached = 0.0
    for index in sorted(range(len(radii)), key=lambda i: (-radii[i], i)):
        radius = radii[index]
        step = radius / 4
        turn = int((reached / step) ** 2)
        while True:
            reached = step * math.sqrt(turn)
            x, y = _at(turn * GOLDEN, reached)
            x *= ASPECT
            if (np.hypot(taken[:, 0] - x, taken[:, 1] - y) >= taken[:, 2] + radius).all():
                break
            turn += 1
        middles[index] = (x, y)
        taken = np.vstack([taken, (x, y, radius)])
    return middles


def _column(forest: _Forest, node: int, side: int, top: float, positions: list[Position]) -> float:
    """Place a subtree from `top` down, x counted in columns; returns where it ends."""
    end = top
    # Deep chains exist: a stack of (model, column, whether its children are placed).
    stack = [(node, side, False)]
    while stack:
        index, column, ready = stack.pop()
        children = forest.sorted(forest.children[index])
        if ready:
            middles = [positions[child][1] for child in children]
            positions[index] = (column, (middles[0] + middles[-1]) / 2)
        elif children:
            stack.append((index, column, True))
            stack += [(child, column + side, False) for child in reversed(children)]
        else:
            height = max(ROW, 2 * forest.items[index].radius + GAP / 2)
            positions[index] = (column, end + height / 2)
            end += height
    return end


def _shift(forest: _Forest, node: int, by: float, positions: list[Position]) -> None:
    stack = [node]
    while stack:
        index = stack.pop()
        positions[index] = (positions[index][0], positions[index][1] + by)
        stack.extend(forest.children[index])
