"""All repositories of one kind: found by name, listed in any order, changed while it serves.

A row is a number that stays with its repository through renames; what is gone leaves its row empty.
Sort keys lie in arrays, the records themselves may be made when they are asked for, so that a
million of them fit into little memory.
"""

import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from threading import RLock
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from tests.hub.columns import Columns, Numbers, Place, Query, Rows
from tests.hub.repository import (
    Raw,
    Repository,
    author_of,
    complete,
    milliseconds,
    stated_hub_id,
)

Keys = Callable[[Raw], Mapping[str, Sequence[str]]]
"""Record → kind of key → the keys under which it is found, such as its tags."""

_ADDED = 0xFFFF << 48
_KEPT_ORDERS = 64

_Change = TypeVar("_Change", bound=Callable[..., Any])


class Page(NamedTuple):
    """A piece of a listing.

    Attributes:
        items: in their order.
        last: where the last of them stands, None when nothing follows.
        total: how many the whole listing has.
    """

    items: list[Repository]
    last: Place | None
    total: int


def _alone(change: _Change) -> _Change:
    """Let a change happen while nobody else reads or changes."""

    @wraps(change)
    def locked(shelf: "Shelf", *args: object, **fields: object) -> object:
        with shelf._lock:
            return change(shelf, *args, **fields)

    return cast("_Change", locked)


class Shelf:
    """All repositories of one kind.

    Args:
        records: what is there at first; may make its items when they are asked for.
        keys: under which keys a record is found, besides its author.
        clock: seconds since 1970, for what is added or changed later.
        lock: held during each change; whoever reads while others change holds it too.
    """

    def __init__(
        self,
        records: Sequence[Raw],
        keys: Keys,
        clock: Callable[[], float] = time.time,
        lock: AbstractContextManager[bool] | None = None,
    ) -> None:
        self._lock = lock or RLock()
        self._first = records
        self._keys = keys
        self._clock = clock
        self._later: dict[int, Raw] = {}
        self._names: list[str] = []
        self._rows: dict[str, int] = {}
        self._former: dict[str, int] = {}
        self._hidden: set[int] = set()
        self._listed = bytearray()
        self._columns = Columns()
        self._index: dict[str, dict[str, Numbers]] = {}
        self._orders: dict[Query, Rows] = {}
        self._added = 0
        for record in records:
            self._append(complete(record))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: str) -> bool:
        return self.find(name) is not None

    def __getitem__(self, name: str) -> Repository:
        """What is there under that name, spelled exactly; private ones included.

        Raises:
            KeyError: nothing is.
        """
        return self._repository(self._row(name))

    def __iter__(self) -> Iterator[Repository]:
        """What everybody may see."""
        return (self._repository(row) for row, listed in enumerate(self._listed) if listed)

    def find(self, name: str) -> Repository | None:
        """What everybody may see under that name, spelled exactly."""
        row = self._rows.get(name.lower())
        if row is None or self._names[row] != name or row in self._hidden:
            return None
        return self._repository(row)

    def moved(self, name: str) -> str | None:
        """The present name of what once had this one, or spells it otherwise."""
        folded = name.lower()
        row = self._rows.get(folded, self._former.get(folded))
        if row is None or row in self._hidden or self._names[row] == name:
            return None
        return self._names[row] if self._listed[row] else None

    def count(self, kind: str, key: str) -> int:
        """How many everybody may see under a key."""
        return sum(map(self._listed.__getitem__, self._index.get(kind, {}).get(key, ())))

    def keys(self, kind: str) -> Iterator[str]:
        """Every key of a kind under which something is found."""
        return (key for key in self._index.get(kind, {}) if self.count(kind, key))

    def names(self, kind: str, key: str, most: int) -> list[str]:
        """Ids of what everybody may see under a key, the first of them."""
        rows = self._index.get(kind, {}).get(key, ())
        return [self._names[row] for row in rows if self._listed[row]][:most]

    def page(self, query: Query, limit: int, after: Place | None = None) -> Page:
        """The items of a listing that follow a place in it."""
        order = self._order(query)
        start = 0 if after is None else self._columns.after(query, order, after)
        return self._page(query, order, start, limit)

    def slice(self, query: Query, start: int, limit: int) -> Page:
        """The items of a listing from the one with number `start`."""
        return self._page(query, self._order(query), start, limit)

    @_alone
    def add(self, record: Raw) -> Repository:
        """Add one; it is created now unless the record says when.

        Raises:
            ValueError: that name is taken.
        """
        if str(record.get("id")).lower() in self._rows:
            raise ValueError(f"{record['id']} is there already.")
        made = dict(record)
        if stated_hub_id(made) is None:
            self._added += 1
            created = milliseconds(made.get("created_at"))
            seconds = (self._now() if created is None else created) // 1000
            made["hub_id"] = f"{seconds:08x}{_ADDED + self._added:016x}"
        self._later[len(self._names)] = made
        self._former.pop(str(made["id"]).lower(), None)
        repository = complete(made)
        self._append(repository)
        return repository

    @_alone
    def change(self, name: str, **fields: object) -> Repository:
        """Change fields of its record; `last_modified` becomes now unless it is one of them."""
        row = self._row(name)
        later = max(self._now(), self._columns.modified[row] + 1)
        self._replace(row, {**self._record(row), **fields}, later)
        return self._repository(row)

    @_alone
    def rename(self, name: str, new: str) -> None:
        """Give it another name; the old one leads there from now on."""
        row = self._row(name)
        if self._rows.get(new.lower(), row) != row:
            raise ValueError(f"{new} is there already.")
        del self._rows[name.lower()]
        self._former[name.lower()] = row
        self._former.pop(new.lower(), None)
        self._replace(row, {**self._record(row), "id": new}, self._columns.modified[row])
        self._names[row] = new
        self._rows[new.lower()] = row

    @_alone
    def delete(self, name: str) -> None:
        """Remove it; names that led to it lead nowhere."""
        row = self._row(name)
        del self._rows[name.lower()]
        self._former = {old: other for old, other in self._former.items() if other != row}
        self._listed[row] = 0
        self._orders.clear()

    @_alone
    def take_over(self, name: str, **fields: object) -> Repository:
        """Put something new under a name that is in use or once was."""
        if name.lower() in self._rows:
            self.delete(name)
        form = self._record(0).get("record") if self._names else None
        return self.add({"record": form, "id": name, **fields})

    @_alone
    def hide(self, name: str) -> None:
        """Make it private."""
        self._set_hidden(name, hidden=True)

    @_alone
    def show(self, name: str) -> None:
        """Make it public again."""
        self._set_hidden(name, hidden=False)

    def _set_hidden(self, name: str, *, hidden: bool) -> None:
        row = self._row(name)
        (self._hidden.add if hidden else self._hidden.discard)(row)
        self._listed[row] = not hidden
        self._orders.clear()

    def _row(self, name: str) -> int:
        row = self._rows.get(name.lower())
        if row is None or self._names[row] != name:
            raise KeyError(name)
        return row

    def _record(self, row: int) -> Raw:
        changed = self._later.get(row)
        return self._first[row] if changed is None else changed

    def _repository(self, row: int) -> Repository:
        columns = self._columns
        created, modified = columns.created[row], columns.modified[row]
        return Repository(self._record(row), columns.hub_id(row), created, modified)

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _append(self, repository: Repository) -> None:
        row = len(self._names)
        name = repository.id
        if self._rows.setdefault(name.lower(), row) != row:
            raise ValueError(f"Two records of {name}.")
        self._names.append(name)
        self._columns.append(repository)
        self._listed.append(1)
        for kind, keys in self._found_by(repository.record).items():
            index = self._index.setdefault(kind, {})
            for key in keys:
                rows = index.get(key)
                if rows is None:
                    index[key] = array("I", (row,))
                else:
                    rows.append(row)
        if self._orders:
            self._orders.clear()

    def _replace(self, row: int, record: Raw, modified: int) -> None:
        before, after = self._found_by(self._record(row)), self._found_by(record)
        for kind in before.keys() | after.keys():
            index = self._index.setdefault(kind, {})
            old, new = set(before.get(kind, ())), set(after.get(kind, ()))
            for key in old - new:
                index[key].remove(row)
            for key in new - old:
                index.setdefault(key, array("I")).append(row)
        stated = complete(record)
        if record.get("last_modified") != self._record(row).get("last_modified"):
            modified = stated.modified
        self._later[row] = record
        self._columns.change(row, record, modified)
        self._orders.clear()

    def _found_by(self, record: Raw) -> Mapping[str, Sequence[str]]:
        author = author_of(str(record["id"]))
        return {**self._keys(record), "author": (author,) if author else ()}

    def _order(self, query: Query) -> Rows:
        """The rows of a listing in its order; made once for as long as nothing changes."""
        order = self._orders.get(query)
        if order is None:
            order = self._columns.ordered(query, self._matching(query))
            while len(self._orders) >= _KEPT_ORDERS:
                del self._orders[next(iter(self._orders))]
            self._orders[query] = order
        return order

    def _matching(self, query: Query) -> Rows:
        rows: Rows = np.arange(len(self._names))
        if query.keys:
            found = [self._index.get(kind, {}).get(key, ()) for kind, key in query.keys]
            found.sort(key=len)
            rows = np.array(found[0], dtype=np.int64)
            for other in found[1:]:
                rows = np.intersect1d(rows, np.array(other, dtype=np.int64))
        rows = rows[np.frombuffer(bytes(self._listed), dtype=np.bool_)[rows]]
        if query.search:
            text, names = query.search.lower(), self._names
            rows = np.array([r for r in rows.tolist() if text in names[r].lower()], dtype=np.int64)
        return rows

    def _page(self, query: Query, order: Rows, start: int, limit: int) -> Page:
        rows = order[start : start + limit].tolist()
        items = [self._repository(row) for row in rows]
        if start + limit >= len(order) or not rows:
            return Page(items, None, len(order))
        return Page(items, self._columns.place(query, rows[-1]), len(order))
