"""Columns of text from columns of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[np.int64]
Column = Any
"""A pyarrow array; pyarrow states no types."""

_DIGITS = np.frombuffer(b"".join(f"{byte:02x}".encode() for byte in range(256)), dtype=np.uint16)
_CONSONANTS = "bcdfghjklmnprstvwxyz"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in "aeiou"]
_STRIDE = 61_803_399
"""No factor in common with the number of names, so that each number gives another name."""


def mixed(numbers: npt.NDArray[np.generic], salt: int) -> npt.NDArray[np.uint64]:
    """Numbers that look random, always the same for the same number and salt (SplitMix64)."""
    with np.errstate(over="ignore"):
        value = numbers.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) % 2**64)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


def hexadecimal(*parts: npt.NDArray[np.unsignedinteger[Any]]) -> Column:
    """Each row's numbers as hexadecimal digits, one after the other."""
    wide = [p.astype(p.dtype.newbyteorder(">")).view(np.uint8).reshape(len(p), -1) for p in parts]
    digits = _DIGITS[np.concatenate(wide, axis=1)]
    width = 2 * digits.shape[1]
    offsets = np.arange(0, (len(digits) + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(digits), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(digits))
    )


def chosen(words: Sequence[str] | Column, index: npt.NDArray[np.signedinteger[Any]]) -> Column:
    """The word of each index; null where it is negative."""
    array = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    return array.take(pa.array(index, mask=index < 0))


def joined(*columns: Column, by: str) -> Column:
    """The texts of each row with `by` between them; nulls are left out."""
    return pc.binary_join_element_wise(*columns, by, null_handling="skip")


def account_names(count: int) -> Column:
    """As many distinct names of accounts, also when case is ignored."""
    number = np.arange(count, dtype=np.int64)
    code = (number * _STRIDE) % len(_SYLLABLES) ** 4
    parts = [code // len(_SYLLABLES) ** place % len(_SYLLABLES) for place in range(4)]
    head = np.where(mixed(number, 1) % 3 == 0, parts[0] + len(_SYLLABLES), parts[0])
    heads = [*_SYLLABLES, *(syllable.capitalize() for syllable in _SYLLABLES)]
    year = np.where(mixed(number, 2) % 4 == 0, (mixed(number, 3) % 100).astype(np.int64), -1)
    ends = [f"-{number}" if number % 3 else f"{number:02d}" for number in range(100)]
    ending = chosen(["", *ends], year + 1)
    return joined(
        chosen(heads, head), *(chosen(_SYLLABLES, part) for part in parts[1:]), ending, by=""
    )


def free_words(taken: set[str]) -> list[str]:
    """Made-up words of two and three syllables that are none of `taken`."""
    two = [first + second for first in _SYLLABLES for second in _SYLLABLES[::7]]
    three = [first + second + "no" for first in _SYLLABLES for second in _SYLLABLES[::3]]
    return [word for word in two + three if word not in taken]


def picked(
    random: np.random.Generator,
    count: int,
    weights: Sequence[float] | npt.NDArray[np.floating[Any]],
) -> Whole:
    """Indices drawn with these weights."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(bounds, random.random(count) * bounds[-1], side="right")
    places: Whole = np.clip(found.astype(np.int64), 0, len(bounds) - 1)
    return places
