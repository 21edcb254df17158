"""What is known of models as vectors, without any label: words, relatives, numbers."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from graph.experiments.rows import FloatArray, IntArray, RowBase, TaskRow, TaskTable
from graph.names.pieces import pieces
from graph.observe import ids

MOST_FORMATS = 8
FEWEST_NAMES = 3
"""Names that a piece of a word has to be in."""
FEWEST_TAGGED = 3
_LETTERS = (2, 5)
_DASHES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class DescribedModels:
    """Some models without their tasks; sparse matrices have a row for each model or base."""

    place: IntArray  # in the table; -1 for models that are not in it
    published: FloatArray
    size: FloatArray  # log10 of the parameters
    names: Any  # pieces of words
    cards: Any  # library and tags
    licences: Any
    author: Any  # marks the author, of those in the table
    base: Any  # marks the bases, of those that rows of the table have
    base_rows: Any  # marks the bases that are rows of the table
    own_bases: Any  # marks the bases, of `base_names`
    base_names: Any
    base_licences: Any
    base_size: FloatArray


class Describer:
    """Turns models into vectors; the words that it knows are those of a table."""

    def __init__(self, table: TaskTable) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._table = table
        self._row = {row.id.lower(): at for at, row in enumerate(table.rows)}
        self._author = _numbered(row.author for row in table.rows)
        self._base = _numbered(base.id.lower() for row in table.rows for base in row.bases)
        formats = Counter(name for row in table.rows for name in row.formats)
        self._formats = [name for name, _ in sorted(formats.items(), key=_often)[:MOST_FORMATS]]
        self._names = TfidfVectorizer(
            analyzer="char_wb", ngram_range=_LETTERS, min_df=FEWEST_NAMES, sublinear_tf=True
        )
        self._names.fit([name_words(row.id) for row in table.rows])
        self._card = _known(card_words(row, table.named) for row in table.rows)
        self._licence = _known(_licence(row.license) for row in table.rows)

    @property
    def published_names(self) -> list[str]:
        """What the columns of `DescribedModels.published` are."""
        numbers = ["downloads", "likes", "parameters", "author frequency"]
        return [*numbers, *(f"format {name}" for name in self._formats)]

    def describe(self, rows: Sequence[TaskRow]) -> DescribedModels:
        """The vectors of some models."""
        bases = list({base.id.lower(): base for row in rows for base in row.bases}.values())
        bases = bases or [RowBase("")]  # matrices have a row
        of_base = {base.id.lower(): at for at, base in enumerate(bases)}
        own = [[base.id.lower() for base in row.bases] for row in rows]
        return DescribedModels(
            place=np.array([self._row.get(row.id.lower(), -1) for row in rows], dtype=np.int64),
            published=np.array([self._published(row) for row in rows]).reshape(len(rows), -1),
            size=np.array([_log(row.parameters) for row in rows]),
            names=self._names.transform([name_words(row.id) for row in rows]),
            cards=_marks((card_words(row, self._table.named) for row in rows), self._card),
            licences=_marks((_licence(row.license) for row in rows), self._licence),
            author=_marks(([row.author] for row in rows), self._author),
            base=_marks(own, self._base),
            base_rows=_marks(own, self._row),
            own_bases=_marks(own, of_base),
            base_names=self._names.transform([name_words(base.id) for base in bases]),
            base_licences=_marks((_licence(base.license) for base in bases), self._licence),
            base_size=np.array([_log(base.parameters) for base in bases]),
        )

    def _published(self, row: TaskRow) -> list[float]:
        formats = [
            float(name in row.formats) if row.formats else math.nan for name in self._formats
        ]
        counts = (row.downloads, row.likes)
        numbers = [math.nan if n is None else math.log1p(n) for n in counts]
        return [*numbers, _log(row.parameters), math.log1p(row.author_models), *formats]


def name_words(model_id: str) -> str:
    """The words and numbers of a model's name, without what a machine made."""
    return " ".join(piece.text for piece in pieces(ids.name(model_id)) if piece.kind != "random")


def card_words(row: TaskRow, tasks: Iterable[str]) -> list[str]:
    """The library and the tags, without those that name a task."""
    words = [f"library {row.library}"] if row.library else []
    words += [f"tag {tag}" for tag in row.tags]
    return [word for word in words if not _names_task(word, tasks)]


def _names_task(word: str, tasks: Iterable[str]) -> bool:
    dashed = f"-{_DASHES.sub('-', word.lower())}-"
    return any(f"-{task}-" in dashed for task in tasks)


def _licence(text: str | None) -> list[str]:
    return [text.lower()] if text else []


def _log(count: int | None) -> float:
    return math.log10(count) if count else math.nan


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _numbered(keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in keys:
        found.setdefault(key, len(found))
    return found


def _known(texts: Iterable[list[str]]) -> dict[str, int]:
    """The words that several models have."""
    counts = Counter(word for words in texts for word in words)
    return _numbered(sorted(word for word, count in counts.items() if count >= FEWEST_TAGGED))


def _marks(texts: Iterable[Sequence[str]], place: Mapping[str, int]) -> Any:
    """A row for each text, with 1 where a word has its place."""
    starts, columns = [0], list[int]()
    for words in texts:
        columns += {place[word] for word in words if word in place}
        starts.append(len(columns))
    shape = (len(starts) - 1, max(len(place), 1))
    return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=shape)
