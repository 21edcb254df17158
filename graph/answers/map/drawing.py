"""The map as a picture: for pages without scripts, and for the first page."""

import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.answers.map.forest import NO_RELATION
from graph.answers.map.layout import Layout
from graph.schema import RELATION
from graph.scores.lineage import FloatArray, IntArray

SIDE = 960
"""Pixels of each side."""
THEMES = ("light", "dark")
DOT = 0.42
"""Radius of a dot, where the next one is 1 away."""
MOST_SCALE = 12.0
"""Pixels from one dot to the next: a map of few models is small."""
ROOT, LOOSE, LAND = NO_RELATION, NO_RELATION + 1, NO_RELATION + 2
_OTHERS = {"light": ("#1b2430", "#b3bcc9", "#e9ecf2"), "dark": ("#eef2f8", "#465266", "#1a212d")}
"""Colours of roots, of models without lineage, and of the ground of continents."""

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Canvas:
    """Pixels around the middle of the map; 0 is transparent, others are 1 + an index of colours."""

    pixels: Picture
    scale: float  # pixels of a unit

    def disc(self, centre: FloatArray, radius: float, colour: int) -> None:
        """One disc of any size."""
        reach = radius * self.scale
        x, y = (centre + SIDE / 2 / self.scale) * self.scale
        left, right = (max(0, int(value)) for value in (x - reach, x + reach + 1))
        top, bottom = (max(0, int(value)) for value in (y - reach, y + reach + 1))
        part = self.pixels[top:bottom, left:right]
        rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
        part[(columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2 <= reach**2] = colour + 1

    def dots(self, place: FloatArray, radius: float, colour: IntArray) -> None:
        """Many of one size; what is smaller than a pixel is one."""
        at = np.floor((place + SIDE / 2 / self.scale) * self.scale).astype(np.int64)
        reach = radius * self.scale
        far = math.floor(reach)
        for down in range(-far, far + 1):
            for across in range(-far, far + 1):
                if across**2 + down**2 <= reach**2 or not far:
                    x = (at[:, 0] + across).clip(0, SIDE - 1)
                    y = (at[:, 1] + down).clip(0, SIDE - 1)
                    self.pixels[y, x] = colour + 1


def draw_picture(layout: Layout) -> Picture:
    """The whole map; each pixel is 0, or 1 + `ROOT`, `LOOSE`, `LAND` or the index of a relation."""
    canvas = _Canvas(np.zeros((SIDE, SIDE), np.uint8), min(MOST_SCALE, SIDE / 2 / layout.radius))
    for centre, radius in zip(layout.continents.centre, layout.continents.radius, strict=True):
        canvas.disc(centre, float(radius) + 1, LAND)
    forest = layout.forest
    colour = np.where(forest.children > 0, ROOT, LOOSE)
    colour = np.where(forest.relation == NO_RELATION, colour, forest.relation)
    is_large = layout.hub > DOT * 2
    canvas.dots(layout.place[~is_large], DOT, colour[~is_large])
    large = np.flatnonzero(is_large)
    for model in large[np.argsort(-layout.hub[large], kind="stable")].tolist():
        canvas.disc(layout.place[model], float(layout.hub[model]), int(colour[model]))
    return canvas.pixels


def png(picture: Picture, theme: str) -> bytes:
    """As a PNG with the colours of a theme on a transparent ground."""
    colours = [getattr(relation.colour, theme) for relation in RELATION.values()]
    colours = ["#000000", *colours, *_OTHERS[theme]]
    height, width = picture.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each begins with the filter: none
    rows[:, 1:] = picture
    header = struct.pack(">2I5B", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", b"".join(bytes.fromhex(colour[1:]) for colour in colours)),
            _chunk(b"tRNS", b"\0"),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
