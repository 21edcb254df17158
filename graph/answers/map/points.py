"""The dots of a map as a file for browsers: planes of bytes that compress well.

Dots are in Morton order, so that those that follow each other are near each other. First come the
coordinates, 16 bits each, as differences to the dot before: zigzag, low bytes of x, high bytes of
x, low and high bytes of y. Then a byte for each dot of each of `PLANES`.
"""

import gzip
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from graph.scores.lineage import FloatArray, IntArray

PLANES = ("made", "task", "month", "licence", "continent", "verdict", "publisher")
"""What is known of each dot, in a byte: a code, 0 where it is not stated."""
CODES = 255
STEPS = 2**16 - 1
"""Of a coordinate, from one edge of the map to the other."""
_GROWTH = 1.145
RADII = (0.0, *(0.5 * _GROWTH**step for step in range(31)))
"""Radius of a model with children by its class: 0 is a dot."""
RELATION_BITS = 3
"""`made` has the relation in its low bits, then the class of the radius."""
_LEVEL = 6

Bytes = npt.NDArray[np.uint8]
Steps = npt.NDArray[np.uint16]


def steps(place: FloatArray, radius: float) -> tuple[Steps, Steps]:
    """Coordinates as whole steps."""
    found = np.rint((place / radius + 1) * (STEPS / 2)).clip(0, STEPS).astype(np.uint16)
    return found[:, 0], found[:, 1]


def morton(x: Steps, y: Steps) -> IntArray:
    """The dots in the order in which the file has them."""
    return np.argsort(_spread(x) | _spread(y) << np.uint32(1), kind="stable")


def made(relation: IntArray, hub: FloatArray) -> Bytes:
    """How a model was made, and how large it is drawn, in one byte."""
    size = np.searchsorted(RADII, hub, side="right") - 1
    size[hub > 0] = size[hub > 0].clip(1)
    found: Bytes = (relation | size << RELATION_BITS).astype(np.uint8)
    return found


def packed_points(x: Steps, y: Steps, planes: Mapping[str, Bytes]) -> bytes:
    """The file, compressed with gzip."""
    parts = [part for column in (x, y) for part in _differences(column)]
    parts += [planes[name] for name in PLANES]
    return gzip.compress(b"".join(part.tobytes() for part in parts), _LEVEL, mtime=0)


def _spread(values: Steps) -> npt.NDArray[np.uint32]:
    """Each bit followed by a free one."""
    found = values.astype(np.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        found = (found | found << np.uint32(shift)) & np.uint32(mask)
    return found


def _differences(values: Steps) -> tuple[Bytes, Bytes]:
    """Low and high bytes of the zigzag differences modulo 2**16."""
    difference = np.diff(values, prepend=values.dtype.type(0)).view(np.int16)
    zigzag = (difference << 1 ^ difference >> 15).view(np.uint16)
    return (zigzag & 255).astype(np.uint8), (zigzag >> 8).astype(np.uint8)
