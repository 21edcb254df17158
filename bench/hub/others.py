"""The datasets and Spaces of the made-up Hub."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.hub import vocabulary as words
from bench.hub.facts import GATED, ROWS
from bench.hub.lists import Lists
from bench.hub.text import Column, Whole, chosen, hexadecimal, joined, mixed, picked
from bench.hub.universe import DAY, FIRST_DAY, NOW, Universe, hub_ids

_DATASET_NAMES = (
    "corpus",
    "instructions",
    "preferences",
    "eval",
    "images",
    "speech",
    "pick-place",
    "chat",
)
_SPACE_NAMES = ("demo", "chat", "leaderboard", "generator", "playground", "arena", "viewer", "tts")
_SUBJECTS = ("medical", "legal", "code", "math", "news", "wiki", "poems", "law", "food", "anime")
_DATASET_TAGS = (
    "size_categories:n<1K", "size_categories:1K<n<10K", "format:parquet", "format:json",
    "modality:text", "modality:image", "library:datasets", "library:pandas", "language:en",
    "language:zh", "license:mit", "license:apache-2.0", "task_categories:text-generation",
)  # fmt: skip
_SPACE_TAGS = ("gradio", "static", "docker", "streamlit", "mcp-server", "leaderboard")


@dataclass(frozen=True)
class Kind:
    """Datasets or Spaces.

    Attributes:
        salt: what makes their chance another than that of other kinds.
        per_model: how many there are for each model.
        names: what their names end with.
        tags: what some of them have.
    """

    salt: int
    per_model: float
    names: tuple[str, ...]
    tags: tuple[str, ...]

    def count(self, hub: Universe) -> int:
        """How many there are."""
        return max(1, round(hub.models * self.per_model))

    def ids(self, hub: Universe, rows: Whole) -> Column:
        """The id of each."""
        draw = mixed(rows, self.salt)
        name = joined(
            chosen(_SUBJECTS, (draw % len(_SUBJECTS)).astype(np.int64)),
            chosen(self.names, (draw // 64 % len(self.names)).astype(np.int64)),
            pa.array(rows).cast(pa.string()),
            by="-",
        )
        return joined(self.authors(hub, rows), name, by="/")

    def authors(self, hub: Universe, rows: Whole) -> Column:
        """The account of each."""
        draw = mixed(rows, hub.seed * 16 + self.salt) % 1_000_003
        share = draw.astype(np.float64) / 1_000_003
        return chosen(hub.accounts, (share**1.5 * len(hub.accounts)).astype(np.int64))


DATASETS = Kind(1_001, 0.25, _DATASET_NAMES, _DATASET_TAGS)
SPACES = Kind(1_002, 0.3, _SPACE_NAMES, _SPACE_TAGS)

_SHARED = [
    ("_id", pa.string()),
    ("id", pa.string()),
    ("author", pa.string()),
    ("lastModified", pa.timestamp("ms", "UTC")),
    ("likes", pa.int64()),
    ("trendingScore", pa.int64()),
    ("sha", pa.string()),
    ("tags", pa.list_(pa.string())),
    ("createdAt", pa.timestamp("ms", "UTC")),
]
DATASET_SCHEMA = pa.schema(
    [*_SHARED, ("gated", pa.string()), ("downloads", pa.int64()), ("downloadsAllTime", pa.int64())]
)
SPACE_SCHEMA = pa.schema(
    [
        *_SHARED,
        ("sdk", pa.string()),
        ("models", pa.list_(pa.string())),
        ("datasets", pa.list_(pa.string())),
    ]
)


def datasets(hub: Universe, changed: int) -> Iterator[pa.Table]:
    """The rows of `datasets.parquet`; of `changed` the counts are those of the next day."""
    for rows, later in _chunks(hub, DATASETS, changed):
        random = np.random.default_rng([hub.seed, DATASETS.salt, int(rows[0])])
        downloads = (random.pareto(0.8, len(rows)) * 4).clip(0, 5e7).astype(np.int64) + later
        yield pa.table(
            {
                **_shared(hub, DATASETS, rows, later, random),
                "gated": chosen(GATED, picked(random, len(rows), (98, 1.3, 0.7))),
                "downloads": downloads,
                "downloadsAllTime": downloads * 3 + random.geometric(0.1, len(rows)),
            }
        ).select(DATASET_SCHEMA.names)


def spaces(hub: Universe, changed: int) -> Iterator[pa.Table]:
    """The rows of `spaces.parquet`; of `changed` the likes are those of the next day."""
    popular = np.argsort(hub.popularity)[: hub.models // 3].astype(np.int64)
    for rows, later in _chunks(hub, SPACES, changed):
        random = np.random.default_rng([hub.seed, SPACES.salt, int(rows[0])])
        uses = np.where(random.random(len(rows)) < 0.4, random.geometric(0.6, len(rows)), 0)
        model = popular[(random.random(int(uses.sum())) ** 6 * len(popular)).astype(np.int64)]
        reads = np.where(random.random(len(rows)) < 0.1, 1, 0)
        dataset = random.random(int(reads.sum())) ** 4 * DATASETS.count(hub)
        yield pa.table(
            {
                **_shared(hub, SPACES, rows, later, random),
                "sdk": chosen(words.SDKS, picked(random, len(rows), (62, 22, 13, 3))),
                "models": _lists(uses, hub.ids(model)),
                "datasets": _lists(reads, DATASETS.ids(hub, dataset.astype(np.int64))),
            }
        ).select(SPACE_SCHEMA.names)


def _chunks(
    hub: Universe, kind: Kind, changed: int
) -> Iterator[tuple[Whole, npt.NDArray[np.bool_]]]:
    """Numbers of the rows of each group, and which of them changed the next day."""
    count = kind.count(hub)
    random = np.random.default_rng([hub.seed, kind.salt])
    later = np.zeros(count, dtype=np.bool_)
    more = min(count, round(changed * kind.per_model))
    later[random.choice(count, more, replace=False)] = True
    for start in range(0, count, ROWS):
        rows = np.arange(start, min(start + ROWS, count))
        yield rows, later[rows]


def _shared(
    hub: Universe,
    kind: Kind,
    rows: Whole,
    later: npt.NDArray[np.bool_],
    random: np.random.Generator,
) -> dict[str, Column]:
    """The columns that datasets and Spaces have in common."""
    count, salt = len(rows), kind.salt
    share = (mixed(rows, salt) >> np.uint64(11)).astype(np.float64) / 2**53
    created = (FIRST_DAY + share ** (1 / 1.8) * (NOW - 60 - FIRST_DAY)).astype(np.int64)
    modified = np.minimum(created + random.exponential(2e5, count).astype(np.int64), NOW - 30)
    modified[later] = NOW + DAY // 2
    likes = np.minimum(random.pareto(1.1, count) * 0.6, hub.models / 300).astype(np.int64)
    lists = Lists(count, kind.tags)
    for tag in range(len(kind.tags)):
        lists.add(np.flatnonzero(random.random(count) < 0.25), tag, tag)
    region = np.flatnonzero(random.random(count) < 0.99)
    lists.add(region, len(kind.tags), lists.word("region:us"))
    revision = [mixed(rows, salt * 8 + part) for part in range(3)]
    return {
        "_id": hub_ids(rows, created, salt),
        "id": kind.ids(hub, rows),
        "author": kind.authors(hub, rows),
        "lastModified": moments(modified),
        "likes": likes + later,
        "trendingScore": np.where(random.random(count) < 0.01, random.geometric(0.2, count), 0),
        "sha": hexadecimal(*revision[:2], revision[2].astype(np.uint32)),
        "tags": lists.column(),
        "createdAt": moments(created),
    }


def moments(seconds: Whole) -> Column:
    """Seconds since 1970 as times."""
    return pa.array(seconds * 1000).cast(pa.timestamp("ms", "UTC"))


def _lists(sizes: Whole, values: Column) -> Column:
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)
