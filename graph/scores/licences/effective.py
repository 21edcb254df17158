"""The terms that reach a model over all its ancestors.

What a card asks is a row of bits: one for each obligation that the table knows, and one for each
column that may hide some. Terms join by OR, the least upper bound of "more obligations": a looser
card below removes nothing, and models that descend from one another share one row. An obligation
that is there is there; a column in doubt says "at least".
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.scores.engine import Links
from graph.scores.licences.card import CardState, Declared
from graph.scores.licences.table import NONE, UNKNOWN, Licence, LicenceTable
from graph.scores.lineage import IntArray

Words = npt.NDArray[np.uint64]
_WORD = 64


@dataclass(frozen=True, order=True)
class Obligation:
    """Something that a licence asks: a column of the table, and what stands there."""

    column: str
    value: str


_FULL = {"commercial_use": "nc", "derivatives_allowed": "no", "network_copyleft": "yes"}
"""Columns whose highest value leaves no doubt, whatever an unread card says."""
COLUMNS = (
    "commercial_use", "user_threshold", "derivatives_allowed", "share_alike", "network_copyleft",
    "use_policy", "naming_requirement", "attribution_notice",
)  # fmt: skip
"""The columns that are joined, in the order in which they are shown."""
TERMS = {
    "non-commercial": (Obligation("commercial_use", "nc"),),
    "threshold": (Obligation("commercial_use", "threshold"), "user_threshold"),
    "no-derivatives": (Obligation("derivatives_allowed", "no"),),
    "share-alike": ("share_alike",),
    "network-copyleft": ("network_copyleft",),
    "use-policy": ("use_policy",),
    "naming": ("naming_requirement",),
}
"""A word for each kind of obligation → the obligations, or columns with any.

Almost every licence asks for a notice, which has no word.
"""


class Terms:
    """Rows of bits for the licences of a table."""

    def __init__(self, table: LicenceTable) -> None:
        self._table = table
        every = {item for row in table.rows.values() for item in _asked(row)}
        self.obligations = sorted(every, key=lambda item: (COLUMNS.index(item.column), item.value))
        self._place = {item: i for i, item in enumerate(self.obligations)}
        self._doubt = {name: i for i, name in enumerate(COLUMNS, start=len(self._place))}
        self._all_doubt = sum(1 << place for place in self._doubt.values())
        self.size = -(-(len(self._place) + len(COLUMNS)) // _WORD)
        self._closing = {
            self._doubt[name]: self._place.get(Obligation(name, value))
            for name, value in _FULL.items()
        }
        self._words = {
            word: sum(
                1 << i
                for i, item in enumerate(self.obligations)
                if item in asked or item.column in asked
            )
            for word, asked in TERMS.items()
        }

    def of(self, licence: Declared) -> int:
        """What a card asks. Of several licences, what all of them ask; the rest is in doubt."""
        if licence.state is not CardState.DECLARED:
            return self._all_doubt
        rows = [self._bits(self._table.row(id_)) for id_ in sorted(licence.ids)]
        common = reduce(and_, rows)
        differ = reduce(lambda a, b: a | b, rows) & ~common
        for item, place in self._place.items():
            if differ >> place & 1:
                common |= 1 << self._doubt[item.column]
        return common | reduce(lambda a, b: a | b, rows) & self._all_doubt

    def asked(self, bits: int) -> list[Obligation]:
        """The obligations that are known."""
        found = [item for item, place in self._place.items() if bits >> place & 1]
        is_nc = Obligation("commercial_use", "nc") in found
        return [o for o in found if not (is_nc and o == Obligation("commercial_use", "threshold"))]

    def doubts(self, bits: int) -> list[str]:
        """The columns where more may be asked."""
        closed = {
            doubt
            for doubt, place in self._closing.items()
            if place is not None and bits >> place & 1
        }
        return [n for n, place in self._doubt.items() if bits >> place & 1 and place not in closed]

    def bit(self, item: Obligation) -> int:
        """The bit of an obligation."""
        return 1 << self._place[item]

    def doubt(self, column: str) -> int:
        """The bit that says that a column is in doubt."""
        return 1 << self._doubt[column]

    def words(self, bits: int) -> list[str]:
        """What is known to be asked, in the words of `TERMS`."""
        found = [word for word, mask in self._words.items() if bits & mask]
        if "non-commercial" in found and "threshold" in found:
            found.remove("threshold")
        return found

    def packed(self, rows: Iterable[int]) -> Words:
        """Rows of bits as an array with a line for each."""
        data = b"".join(bits.to_bytes(self.size * 8, "little") for bits in rows)
        return np.frombuffer(data, dtype="<u8").reshape(-1, self.size)

    def unpacked(self, row: Words) -> int:
        """One line of such an array."""
        return int.from_bytes(row.astype("<u8").tobytes(), "little")

    def _bits(self, row: Licence) -> int:
        asked = sum(1 << self._place[item] for item in _asked(row))
        unread = (name for name in COLUMNS if getattr(row, name) == UNKNOWN)
        bits = asked | sum(1 << self._doubt[name] for name in unread)
        if row.share_alike == "weak":  # whether that reaches weights is not known
            bits |= 1 << self._doubt["share_alike"]
        return bits


def joined_terms(own: Words, child: IntArray, base: IntArray) -> Words:
    """The rows of all models joined with those of all their ancestors; circles are allowed."""
    size = len(own)
    if not child.size:
        return own
    matrix = coo_array((np.ones(child.size, np.int8), (child, base)), shape=(size, size))
    count, part = connected_components(matrix.tocsr(), directed=True, connection="strong")
    joined = np.zeros((count, own.shape[1]), dtype=np.uint64)
    np.bitwise_or.at(joined, part, own)
    below, above = part[child].astype(np.int64), part[base].astype(np.int64)
    outward = below != above
    below, above = below[outward], above[outward]
    level = Links(below, above, count).level[below]
    order = np.lexsort((below, level))
    below, above, level = below[order], above[order], level[order]
    for front in np.split(np.arange(below.size), np.flatnonzero(np.diff(level)) + 1):
        starts = np.flatnonzero(np.diff(below[front], prepend=-1))
        if starts.size:
            rows = np.bitwise_or.reduceat(joined[above[front]], starts, axis=0)
            joined[below[front][starts]] |= rows
    return joined[part]


def proof(start: str, bases: Mapping[str, Sequence[str]], carries: Iterable[str]) -> list[str]:
    """The shortest way from a model to one of those that carry something, both included.

    Of several, the first by its models' ids; empty if none is among its ancestors.
    """
    carriers = set(carries)
    came_from: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting:
        model = waiting.popleft()
        if model in carriers:
            return list(_back(model, came_from))[::-1]
        for base in sorted(bases.get(model, ())):
            if base not in came_from:
                came_from[base] = model
                waiting.append(base)
    return []


def _back(model: str, came_from: Mapping[str, str]) -> Iterator[str]:
    while model:
        yield model
        model = came_from[model]


def _asked(row: Licence) -> Iterator[Obligation]:
    """What a row is known to ask."""
    for name, most in _FULL.items():
        if getattr(row, name) == most:
            yield Obligation(name, most)
    if row.commercial_use in ("threshold", "nc"):  # who may not earn at all may not earn much
        yield Obligation("commercial_use", "threshold")
    for name in ("user_threshold", "use_policy", "naming_requirement", "attribution_notice"):
        value = getattr(row, name)
        if value not in (NONE, UNKNOWN):
            yield Obligation(name, value)
    if row.share_alike in ("same", "terms_follow"):
        yield Obligation("share_alike", row.id)
