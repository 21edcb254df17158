"""Circles of any sizes beside each other, none over another."""

import math
from collections.abc import Sequence

import numpy as np

from graph.scores.lineage import FloatArray

GOLDEN = math.pi * (3 - math.sqrt(5))
"""Angle between one point of a sunflower and the next."""
MOST_EXACT = 6_000
"""Circles that are packed tightly; what is smaller lies in a spiral around them."""
FEW_EXACT = 400
SMALL = 1.4
"""Radius up to which a circle may lie in the spiral."""
DENSITY = 0.76
"""Share of the spiral's area that its circles fill."""
_ROUNDS = 24


def packed(radii: FloatArray) -> tuple[FloatArray, float]:
    """Centres of circles around 0, 0, and the radius of a circle around all of them.

    The first is near the middle; the others come by falling radius.
    """
    count = radii.size
    exact = min(count, MOST_EXACT, max(FEW_EXACT, int((radii > SMALL).sum())))
    if count - exact < FEW_EXACT and count <= MOST_EXACT:
        exact = count
    centres = np.array(_front(radii[:exact].tolist())).reshape(-1, 2)
    middle, around = _enclosing(centres, radii[:exact])
    centres -= middle
    if exact == count:
        return centres, around
    rest = radii[exact:]
    area = np.cumsum(rest**2) - rest**2 / 2
    distance = np.sqrt((around + rest[0]) ** 2 + area / DENSITY)
    angle = GOLDEN * np.arange(rest.size)
    spiral = distance[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.vstack([centres, spiral]), float((distance + rest).max())


def _enclosing(centres: FloatArray, radii: FloatArray) -> tuple[FloatArray, float]:
    """Middle and radius of a circle around all, close to the smallest (Badoiu and Clarkson)."""
    if radii.size == 2:  # they touch
        around = float(radii.sum())
        along = (centres[1] - centres[0]) / around
        return centres[0] + along * (around - radii[0]), around
    middle = np.average(centres, axis=0, weights=radii**2)
    best = middle, math.inf
    for number in range(_ROUNDS):
        reach = np.hypot(*(centres - middle).T) + radii
        farthest = int(reach.argmax())
        if reach[farthest] < best[1]:
            best = middle, float(reach[farthest])
        middle = middle + (centres[farthest] - middle) / (number + 2)
    return best


def _front(radii: Sequence[float]) -> list[tuple[float, float]]:
    """Each circle touches two that were placed before it, as near the middle as there is room.

    After W. Wang, H. Wang, G. Dai, H. Wang: Visualization of large hierarchical data by circle
    packing (CHI 2006): the circles on the rim form a chain, and a new one goes where it is nearest.
    """
    front = _Front(radii)
    for circle in range(3, len(radii)):
        front.add(circle)
    return list(zip(front.x, front.y, strict=True))


class _Front:
    """Circles that are placed, and the chain of those on the rim."""

    def __init__(self, radii: Sequence[float]) -> None:
        self.radii = radii
        count = len(radii)
        self.x, self.y = [0.0] * count, [0.0] * count
        if count > 1:
            self.x[0], self.x[1] = -radii[1], radii[0]
        if count > 2:
            self._touch(2, 1, 0)
        self.after = {0: 1, 1: 2, 2: 0}
        self.before = {1: 0, 2: 1, 0: 2}
        self.best = 0

    def add(self, new: int) -> None:
        """Place a circle beside the pair that is nearest to the middle, and put it in the chain."""
        left, right = self.best, self.after[self.best]
        while True:
            self._touch(new, left, right)
            hit = self._hit(new, left, right)
            if hit is None:
                break
            side, other = hit
            left, right = (left, other) if side else (other, right)
            self.after[left], self.before[right] = right, left
        self.after[left], self.after[new] = new, right
        self.before[right], self.before[new] = new, left
        self.best = self._nearest(new)

    def _touch(self, new: int, left: int, right: int) -> None:
        """Put a circle where it touches two others, outside of the chain."""
        x, y, radii = self.x, self.y, self.radii
        dx, dy = x[left] - x[right], y[left] - y[right]
        square = dx * dx + dy * dy
        if not square:
            x[new], y[new] = x[right] + radii[right] + radii[new], y[right]
            return
        to_right = (radii[right] + radii[new]) ** 2
        to_left = (radii[left] + radii[new]) ** 2
        if to_right > to_left:
            along = (square + to_left - to_right) / (2 * square)
            across = math.sqrt(max(0.0, to_left / square - along * along))
            x[new] = x[left] - along * dx - across * dy
            y[new] = y[left] - along * dy + across * dx
        else:
            along = (square + to_right - to_left) / (2 * square)
            across = math.sqrt(max(0.0, to_right / square - along * along))
            x[new] = x[right] + along * dx - across * dy
            y[new] = y[right] + along * dy + across * dx

    def _hit(self, new: int, left: int, right: int) -> tuple[bool, int] | None:
        """A circle of the chain that lies under the new one, the nearest along the chain.

        True where it comes after the pair.
        """
        ahead, behind = self.after[right], self.before[left]
        gone_ahead, gone_behind = self.radii[right], self.radii[left]
        while True:
            if gone_ahead <= gone_behind:
                if self._overlap(ahead, new):
                    return True, ahead
                gone_ahead += self.radii[ahead]
                ahead = self.after[ahead]
            else:
                if self._overlap(behind, new):
                    return False, behind
                gone_behind += self.radii[behind]
                behind = self.before[behind]
            if ahead == self.after[behind]:
                return None

    def _overlap(self, one: int, other: int) -> bool:
        dx, dy = self.x[one] - self.x[other], self.y[one] - self.y[other]
        reach = self.radii[one] + self.radii[other] - 1e-6
        return reach > 0 and reach * reach > dx * dx + dy * dy

    def _nearest(self, start: int) -> int:
        """The circle that is, with the next of the chain, nearest to the middle."""
        best, least = start, self._distance(start)
        one = self.after[start]
        while one != start:
            distance = self._distance(one)
            if distance < least:
                best, least = one, distance
            one = self.after[one]
        return best

    def _distance(self, one: int) -> float:
        """Square of the distance of the touching point of a pair from the middle."""
        x, y, radii, other = self.x, self.y, self.radii, self.after[one]
        both = radii[one] + radii[other]
        across = (x[one] * radii[other] + x[other] * radii[one]) / both
        down = (y[one] * radii[other] + y[other] * radii[one]) / both
        return across * across + down * down
