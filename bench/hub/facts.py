"""What is stated about each model besides its name and its bases, as numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.hub import vocabulary as words
from bench.hub.text import Whole, picked
from bench.hub.universe import NOW, Universe

ROWS = 100_000
"""Models whose rows are made together."""
_HAVE_DOWNLOADS = 0.45
_LEAST_DOWNLOADS = 7.2
_DOWNLOADS_TAIL = 0.75
_MOST_DOWNLOADS = 2.5e8
_WITH_PARAMETERS = 0.23

TASK_OF_STEM = [words.TASKS.index(s.task) if s.task in words.TASKS else -1 for s in words.STEMS]
LIBRARIES = sorted({name for group in words.LIBRARIES.values() for name, _ in group if name})
GATED = ("False", "auto", "manual")


@dataclass
class Facts:
    """Facts of some consecutive models; indices in the vocabulary are -1 for none.

    Attributes:
        rows: the models' numbers.
        random: where the chance of what else is in their rows comes from.
        downloads: of the last 30 days.
        all_time: downloads ever.
        likes: how many.
        modified: seconds since 1970.
        trending: score.
        task: index in `TASKS`.
        library: index in `LIBRARIES`.
        license: index in `LICENSES`, 0 for none.
        gated: index in `GATED`.
        parameters: stated count; -1 for none.
        tensor_type: index in `TENSOR_TYPES` of most weights.
        revision: how often the files were changed.
    """

    rows: Whole
    random: np.random.Generator
    downloads: Whole
    all_time: Whole
    likes: Whole
    modified: Whole
    trending: Whole
    task: Whole
    library: Whole
    license: Whole
    gated: Whole
    parameters: Whole
    tensor_type: Whole
    revision: Whole


def facts(hub: Universe, chunk: int) -> Facts:
    """The facts of the models of one chunk of `ROWS`."""
    random = np.random.default_rng([hub.seed, chunk])
    rows = np.arange(chunk * ROWS, min((chunk + 1) * ROWS, len(hub)))
    count = len(rows)
    stem, relation = hub.parts.stem[rows], hub.lineage.meant[rows]
    created = hub.created[rows]
    popular = (hub.popularity[rows] + 0.5) / len(hub)
    downloads = _downloads(popular)
    age = np.maximum(0, NOW - created) / (30 * 86_400)
    likes = np.clip(popular * np.exp(random.normal(0, 1, count)), 1e-8, 1)
    task = np.array(TASK_OF_STEM)[stem]
    task[random.random(count) < 0.35] = -1
    parameters, tensor_type = _weights(random, hub, rows)
    return Facts(
        rows=rows,
        random=random,
        downloads=downloads,
        all_time=(downloads * (1 + age * random.random(count) ** 2)).astype(np.int64)
        + random.geometric(0.05, count),
        likes=np.minimum(0.45 * likes**-0.625, 14_000).astype(np.int64),
        modified=_modified(random, created),
        trending=np.where(popular < 0.002, random.geometric(0.1, count), 0),
        task=task,
        library=_libraries(random, relation),
        license=_licenses(random, hub, rows),
        gated=picked(random, count, (97.5, 1.5, 1.0)),
        parameters=parameters,
        tensor_type=tensor_type,
        revision=np.zeros(count, dtype=np.int64),
    )


def _downloads(popular: npt.NDArray[np.float64]) -> Whole:
    """A tail without a mean of its own, bent where the real one ends; median 0."""
    raw = _LEAST_DOWNLOADS * (_HAVE_DOWNLOADS / popular) ** (1 / _DOWNLOADS_TAIL)
    raw[popular > _HAVE_DOWNLOADS] = 0
    return (raw / (1 + raw / _MOST_DOWNLOADS)).astype(np.int64)


def _modified(random: np.random.Generator, created: Whole) -> Whole:
    """Most are left alone within minutes, some are worked on for months."""
    later = random.exponential(600, len(created))
    later[random.random(len(created)) < 0.2] *= 3_000
    newest = np.maximum(created, NOW - 1)
    return np.minimum(created + later.astype(np.int64), newest)


def _libraries(random: np.random.Generator, relation: npt.NDArray[np.int8]) -> Whole:
    library = np.full(len(relation), -1)
    for name, group in words.LIBRARIES.items():
        rows = np.flatnonzero(relation == (words.RELATIONS.index(name) if name else -1))
        places = np.array([LIBRARIES.index(n) if n else -1 for n, _ in group])
        library[rows] = places[picked(random, len(rows), [weight for _, weight in group])]
    return library


def _licenses(random: np.random.Generator, hub: Universe, rows: Whole) -> Whole:
    """Seven of ten derivatives have the licence that their family's size and stem suggest."""
    weights = [weight for _, weight in words.LICENSES]
    own = picked(random, len(rows), weights)
    family = hub.parts.stem[rows].astype(np.int64) * 31 + hub.sized[rows]
    usual = picked(np.random.default_rng(0), 2_000, weights)[family]
    kept = (hub.lineage.meant[rows] >= 0) & (random.random(len(rows)) < 0.7)
    return np.where(kept, usual, own)


def _weights(random: np.random.Generator, hub: Universe, rows: Whole) -> tuple[Whole, Whole]:
    count = len(rows)
    size = hub.sized[rows]
    sized = np.array([total for _, total, _ in words.SIZES])[size]
    unsized = np.array(words.UNSIZED)[random.integers(0, len(words.UNSIZED), count)]
    total = np.where(size >= 0, sized, unsized) + random.integers(0, 2_000, count) * 512
    total = np.where(random.random(count) < _WITH_PARAMETERS, total, -1)
    plain = picked(random, count, (52, 16, 28, 1, 1, 0, 0, 0, 0, 0, 0))
    packed = picked(random, count, (10, 8, 2, 0, 8, 8, 34, 0, 28, 2, 0))
    quantized = hub.lineage.meant[rows] == words.RELATIONS.index("quantized")
    return total, np.where(quantized, packed, plain)
