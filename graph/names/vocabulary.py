"""The words of `vocabulary.csv`, found by their spelling in lower case.

Its columns: `part`, the `meaning`, other `words` for it (`-` stands for anything between two), and
of a family the `architecture` (after `~`: where no other family says something else), those of its
`versions` (`2.5-vl:qwen2_5_vl`) where they differ, and the billions of parameters behind rounded
`sizes` (`3.2/1b:1.236`). Of a format, `sizes` holds its bits.
"""

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from graph.names.parts import Says

_FILE = Path(__file__).with_name("vocabulary.csv")


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A row: what a word says."""

    says: Says
    meaning: str
    architecture: str | None = None
    versions: dict[str, str | None] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words, what words begin with, and the codes of languages."""

    words: dict[str, KnownWord]
    beginnings: frozenset[str]
    languages: dict[str, KnownWord]


@cache
def vocabulary() -> Vocabulary:
    """The words, read once."""
    words: dict[str, KnownWord] = {}
    languages: dict[str, KnownWord] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = _known(row)
            spellings = row["words"].split()
            if known.says is Says.LANGUAGE and len(known.meaning) < 4:
                languages[known.meaning] = known
            elif known.says is not Says.BITS:
                spellings.append(known.meaning.replace(" ", "-").replace("_", "-"))
            for spelling in spellings:
                words.setdefault(spelling, known)
                words.setdefault(spelling.replace("-", ""), known)
    beginnings = frozenset(word[:end] for word in words for end in range(1, len(word) + 1))
    return Vocabulary(words, beginnings, languages)


def _known(row: dict[str, str]) -> KnownWord:
    says, meaning, sizes = Says(row["part"]), row["meaning"], row["sizes"]
    if says is Says.FORMAT:
        return KnownWord(says, meaning, bits=int(sizes) if sizes else None)
    versions = (pair.partition(":") for pair in row["versions"].split())
    exact = (pair.partition(":") for pair in sizes.split())
    return KnownWord(
        says,
        meaning,
        row["architecture"] or None,
        {version: architecture or None for version, _, architecture in versions},
        {size: float(billions) for size, _, billions in exact},
    )
