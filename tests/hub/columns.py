"""What repositories are ordered by, in arrays: a million of them are put in order at once."""

from array import array
from bisect import bisect_right
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tests.hub.repository import Raw, Repository, count_of

SortKey = Literal["createdAt", "lastModified", "downloads", "likes", "trendingScore"]

Rows = npt.NDArray[np.int64]
Numbers: TypeAlias = "array[int]"


class Query(NamedTuple):
    """What is listed, and in which order.

    Attributes:
        sort: the key; ties are in the order of `_id`.
        descending: whether the greatest comes first.
        keys: (kind, key) pairs that all must hold.
        search: text in the id, in any spelling.
    """

    sort: SortKey = "createdAt"
    descending: bool = False
    keys: tuple[tuple[str, str], ...] = ()
    search: str | None = None


class Place(NamedTuple):
    """Where in a listing a repository stands.

    Attributes:
        value: of the sort key, None for `createdAt`, which `_id` alone orders.
        hub_id: the `_id`.
    """

    value: int | None
    hub_id: str


class Columns:
    """`_id`, times and counts of each row.

    Attributes:
        created: milliseconds since 1970.
        modified: milliseconds since 1970.
    """

    def __init__(self) -> None:
        self.created, self.modified = array("q"), array("q")
        self._high, self._low = array("q"), array("Q")
        self._downloads, self._likes, self._trending = array("q"), array("q"), array("q")

    def __len__(self) -> int:
        return len(self._high)

    def append(self, repository: Repository) -> None:
        """Add a row."""
        self._high.append(int(repository.hub_id[:8], 16))
        self._low.append(int(repository.hub_id[8:], 16))
        self.created.append(repository.created)
        self.modified.append(repository.modified)
        self._downloads.append(count_of(repository.record, "downloads"))
        self._likes.append(count_of(repository.record, "likes"))
        self._trending.append(_thousandths(repository.record))

    def change(self, row: int, record: Raw, modified: int) -> None:
        """Take what a record states from now on; `_id` and creation stay."""
        self.modified[row] = modified
        self._downloads[row] = count_of(record, "downloads")
        self._likes[row] = count_of(record, "likes")
        self._trending[row] = _thousandths(record)

    def hub_id(self, row: int) -> str:
        """The `_id`."""
        return f"{self._high[row]:08x}{self._low[row]:016x}"

    def place(self, query: Query, row: int) -> Place:
        """Where a row stands in a listing."""
        value = None if query.sort == "createdAt" else self._values(query.sort)[row]
        return Place(value, self.hub_id(row))

    def ordered(self, query: Query, rows: Rows) -> Rows:
        """Rows in the order of a listing."""
        high = np.array(self._high, dtype=np.int64)[rows]
        low = np.array(self._low, dtype=np.uint64)[rows]
        if query.sort == "createdAt":
            order = rows[np.lexsort((low, high))]
            return order[::-1] if query.descending else order
        values = np.array(self._values(query.sort), dtype=np.int64)[rows]
        return rows[np.lexsort((low, high, -values if query.descending else values))]

    def after(self, query: Query, order: Rows, place: Place) -> int:
        """How many of the rows in an order stand up to a place."""
        high, low = int(place.hub_id[:8], 16), int(place.hub_id[8:], 16)
        sign = -1 if query.descending else 1
        if query.sort == "createdAt":
            return bisect_right(
                order,
                (sign * high, sign * low),
                key=lambda row: (sign * self._high[row], sign * self._low[row]),
            )
        values = self._values(query.sort)
        return bisect_right(
            order,
            (sign * (place.value or 0), high, low),
            key=lambda row: (sign * values[row], self._high[row], self._low[row]),
        )

    def _values(self, sort: SortKey) -> Numbers:
        return {
            "createdAt": self._high,
            "lastModified": self.modified,
            "downloads": self._downloads,
            "likes": self._likes,
            "trendingScore": self._trending,
        }[sort]


def _thousandths(record: Raw) -> int:
    value = record.get("trending_score")
    return round(value * 1000) if isinstance(value, int | float) else 0
