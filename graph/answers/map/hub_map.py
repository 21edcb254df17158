"""A map that was drawn: its dots, what is written on it, and the files that are made of it."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.answers.facets import group_of
from graph.answers.map import points
from graph.answers.map.drawing import THEMES, draw_picture, png
from graph.answers.map.layout import Dots, Layout, arrange
from graph.answers.map.reading import NO_VERDICT, OTHER, VERDICTS, MapModels
from graph.schema import RELATIONS
from graph.scores.licences.verdict import WORDS, Verdict
from graph.scores.lineage import FloatArray, IntArray

NOT_STATED = "not stated"
NOT_COMPARED = "no base, or not compared"
_COMPARED = [verdict for verdict in WORDS if verdict is not Verdict.NOT_CRAWLED]
MOST_NAMED = 5_000
"""Islands of which the map knows the name."""
MOST_CODES = 60
"""Tasks and families of licences that have a code of their own; all others are `OTHER`."""


@dataclass(frozen=True)
class MapFacts:
    """What is known of a map as a whole; lists of words are by code, the first is `NOT_STATED`."""

    layout: str  # names the places of all dots
    graph: str  # identity of the graph that it was drawn from
    drawn_at: str  # when, in ISO 8601
    models: int
    radius: float  # of the world, in distances of two dots
    tasks: list[str]
    months: list[str]
    licences: list[str]
    verdicts: list[str]
    publishers: list[str]
    continents: list[tuple[int, float, float, float, int]]  # code of the task, disc, islands
    islands: list[tuple[int, float, float, float, int]]  # dot of the root, disc, models
    islands_total: int

    @property
    def at(self) -> datetime:
        """When it was drawn."""
        return datetime.fromisoformat(self.drawn_at)


@dataclass(frozen=True)
class HubMap:
    """Its dots are in the order of the file for browsers."""

    facts: MapFacts
    dots: pa.RecordBatch  # id, x, y, parent, and a column for each of `points.PLANES`
    bridges: IntArray  # dots of merges and of those of their bases that lie elsewhere, two rows
    points: bytes  # the file for browsers, compressed with gzip
    pictures: dict[str, bytes]  # by theme, as PNG

    def plain_points(self) -> bytes:
        """The file for browsers, not compressed."""
        return gzip.decompress(self.points)

    def column(self, name: str) -> Any:
        """A column of numbers."""
        return self.dots.column(name).to_numpy()

    def steps(self, place: float) -> float:
        """A coordinate as the file has it."""
        return (place / self.facts.radius + 1) * (points.STEPS / 2)

    def ids(self, dots: Sequence[int]) -> list[str]:
        """Names of the models of some dots."""
        found: list[str] = self.dots.column("id").take(pa.array(dots, pa.int64())).to_pylist()
        return found

    def dot(self, id_: str) -> int | None:
        """The dot of a model."""
        found = int(pc.index(self.dots.column("id"), id_).as_py())
        return found if found >= 0 else None


def draw_map(models: MapModels, graph: str, at: datetime) -> HubMap:
    """Lay out and draw the map of some models."""
    task, tasks = _coded(models.task)
    author = models.author.dictionary_encode().indices.to_numpy().astype(np.int64)
    layout = arrange(
        Dots(
            author,
            task.astype(np.int64) - 1,
            models.created,
            models.child,
            models.base,
            models.relation,
        )
    )
    x, y = points.steps(layout.place, layout.radius)
    order = points.morton(x, y)
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    month, months = _months(models.created)
    licence, licences = _coded(_families(models.licence))
    publisher, publishers = _coded(models.publisher)
    codes = {
        "verdict": _verdicts(models, layout),
        "publisher": publisher,
        "task": task,
        "month": month,
        "licence": licence,
        "continent": (layout.task + 1).astype(np.uint8),
    }
    planes = {name: code[order] for name, code in codes.items()}
    planes["made"] = points.made(layout.forest.relation, layout.hub)[order]
    file = points.packed_points(x[order], y[order], planes)
    parent = layout.forest.parent[order]
    batch = pa.record_batch(
        {
            "id": models.id.take(pa.array(order)),
            "x": x[order],
            "y": y[order],
            "parent": np.where(parent < 0, -1, rank[parent]).astype(np.int32),
            **planes,
        }
    )
    facts = MapFacts(
        hashlib.sha256(file).hexdigest()[:12],
        graph,
        at.isoformat(),
        int(order.size),
        layout.radius,
        tasks,
        months,
        licences,
        [NOT_COMPARED, *(WORDS[verdict] for verdict in _COMPARED)],
        publishers,
        _continents(layout),
        _islands(layout, rank),
        int(layout.islands.of.size),
    )
    picture = draw_picture(layout)
    bridges = rank[_bridges(models, layout)]
    return HubMap(facts, batch, bridges, file, {theme: png(picture, theme) for theme in THEMES})


def _verdicts(models: MapModels, layout: Layout) -> points.Bytes:
    """How the licence of each model compares with that of the base that it lies with."""
    code = np.zeros(layout.forest.parent.size, dtype=np.uint8)
    lies_there = layout.forest.parent[models.child] == models.base
    known = lies_there & (models.verdict != NO_VERDICT)
    codes = [_COMPARED.index(v) + 1 if v in _COMPARED else 0 for v in VERDICTS]
    code[models.child[known]] = np.array(codes, np.uint8)[models.verdict[known]]
    return code


def _bridges(models: MapModels, layout: Layout) -> IntArray:
    """Merges whose base is in another family than the merge; those of the largest bases first."""
    forest = layout.forest
    leads_over = forest.root[models.child] != forest.root[models.base]
    of = np.flatnonzero((models.relation == RELATIONS.index("merge")) & leads_over)
    child, base = models.child[of], models.base[of]
    order = np.lexsort((child, base, -forest.children[base]))
    return np.stack([child[order], base[order]])


def _coded(texts: pa.Array) -> tuple[points.Bytes, list[str]]:
    """A code for each text, and the words by code; the most common come first."""
    encoded = texts.dictionary_encode()
    words: list[str] = encoded.dictionary.to_pylist()
    index = encoded.indices.to_numpy()
    count = np.bincount(index, minlength=len(words))
    known = sorted((i for i, word in enumerate(words) if word), key=lambda i: (-count[i], words[i]))
    code = np.zeros(len(words), dtype=np.uint8)
    for place, i in enumerate(known):
        code[i] = min(place, MOST_CODES) + 1
    named = [words[i] for i in known[:MOST_CODES]]
    return code[index], [NOT_STATED, *named, *([OTHER] if len(known) > MOST_CODES else [])]


def _families(licences: pa.Array) -> pa.Array:
    """The family of each licence, as lists of models group them; `OTHER` if it is not known."""
    encoded = licences.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    family = [(group_of("license", word) or OTHER) if word else "" for word in words]
    return pa.array(family, pa.large_string()).take(encoded.indices)


def _months(created: FloatArray) -> tuple[points.Bytes, list[str]]:
    """The month of each time in milliseconds by code; 0 where it is not known."""
    known = ~np.isnan(created)
    code = np.zeros(created.size, dtype=np.uint8)
    if not known.any():
        return code, [NOT_STATED]
    time = created[known].astype("datetime64[ms]").astype("datetime64[M]")
    last = time.max()
    first = max(time.min(), last - np.timedelta64(points.CODES - 1, "M"))
    code[known] = (time - first).astype(np.int64).clip(0) + 1
    return code, [NOT_STATED, *map(str, np.arange(first, last + 1))]


def _continents(layout: Layout) -> list[tuple[int, float, float, float, int]]:
    found, task = layout.continents, layout.task[layout.islands.of]
    places = np.round([*found.centre.T, found.radius], 2).T.tolist()
    islands = [int((task == one).sum()) for one in found.of]
    return [
        (int(one) + 1, *place, count)
        for one, place, count in zip(found.of, places, islands, strict=True)
    ]


def _islands(layout: Layout, rank: IntArray) -> list[tuple[int, float, float, float, int]]:
    """The largest ones."""
    found, size = layout.islands, layout.forest.family
    largest = np.lexsort((found.of, -size[found.of]))[:MOST_NAMED]
    places = np.round([*found.centre[largest].T, found.radius[largest]], 2).T.tolist()
    roots = found.of[largest]
    counts = zip(rank[roots].tolist(), places, size[roots].tolist(), strict=True)
    return [(dot, *place, count) for dot, place, count in counts]
