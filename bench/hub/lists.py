"""Lists of words, one for each row, put together word by word."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.hub.text import Column, Whole


class Lists:
    """A column of lists of texts, built from (row, place in the list, word).

    Args:
        rows: how many lists there are.
        vocabulary: words known by their index.
    """

    def __init__(self, rows: int, vocabulary: Sequence[str]) -> None:
        self._rows = rows
        self._words: list[str] = list(vocabulary)
        self._index = {word: place for place, word in enumerate(self._words)}
        self._columns: list[Column] = []
        self._own = 0
        self._keys: list[npt.NDArray[np.int64]] = []
        self._codes: list[npt.NDArray[np.int64]] = []

    def word(self, text: str) -> int:
        """The index of a word, which may be new."""
        if text not in self._index:
            self._index[text] = len(self._words)
            self._words.append(text)
        return self._index[text]

    def add(self, rows: Whole, place: int | Whole, words: int | Whole) -> None:
        """Put a word of the vocabulary into the lists of these rows.

        Args:
            rows: each at most once for each place.
            place: words of lower places come first; at most 1,023.
            words: its index, or one for each row; where negative nothing is put.
        """
        codes = np.broadcast_to(np.asarray(words, dtype=np.int64), rows.shape)
        keys = rows * 1024 + place
        there = codes >= 0
        self._keys.append(keys[there])
        self._codes.append(codes[there])

    def add_texts(self, rows: Whole, place: int | Whole, texts: Column) -> None:
        """Put a text of its own into the list of each of these rows."""
        self._keys.append(rows * 1024 + place)
        self._codes.append(-1 - self._own - np.arange(len(rows)))
        self._columns.append(texts)
        self._own += len(rows)

    def column(self) -> Column:
        """The lists."""
        keys = np.concatenate(self._keys)
        codes = np.concatenate(self._codes)
        codes = np.where(codes < 0, len(self._words) - 1 - codes, codes)
        order = np.argsort(keys, kind="stable")
        sizes = np.bincount(keys // 1024, minlength=self._rows)
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        every = pa.concat_arrays([pa.array(self._words, pa.string()), *self._columns])
        return pa.ListArray.from_arrays(pa.array(offsets), every.take(pa.array(codes[order])))
