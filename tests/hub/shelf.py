"""All repositories of one kind: found by name, listed in any order, changed while it serves."""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import wraps
from threading import RLock
from typing import Any, NamedTuple, TypeVar, cast

from tests.hub.repository import Raw, Repository, author_of, complete, milliseconds, stated_hub_id

Keys = Callable[[Raw], Mapping[str, Sequence[str]]]
"""Record → kind of key → the keys under which it is found, such as its tags."""

SORTS: Mapping[str, Callable[[Repository], int | None]] = {
    "createdAt": lambda _: None,
    "lastModified": lambda item: item.modified,
    "downloads": lambda item: item.count("downloads"),
    "likes": lambda item: item.count("likes"),
    "trendingScore": lambda item: _thousandths(item.record.get("trending_score")),
}
"""Sort key → its value; `_id`, which begins with the time of creation, decides alone or last."""

_ADDED = 0xFFFF << 48
_Change = TypeVar("_Change", bound=Callable[..., Any])


class Query(NamedTuple):
    sort: str = "createdAt"
    descending: bool = False
    keys: tuple[tuple[str, str], ...] = ()  # kind and key: all must hold
    search: str | None = None  # in the id, in any case


class Place(NamedTuple):
    value: int | None  # of the sort key, None for `createdAt`
    hub_id: str


class Page(NamedTuple):
    items: list[Repository]
    last: Place | None  # None when nothing follows
    total: int  # of the whole listing


def _alone(change: _Change) -> _Change:
    """Let a change happen while nobody else reads or changes."""

    @wraps(change)
    def locked(shelf: "Shelf", *args: object, **fields: object) -> object:
        with shelf._lock:
            shelf._orders.clear()
            return change(shelf, *args, **fields)

    return cast("_Change", locked)


class Shelf:
    """All repositories of one kind; each has a number that it keeps through renames.

    `keys` says under which keys a record is found, apart from its author. Hold `lock` while reading
    what others may change.
    """

    def __init__(
        self,
        records: Iterable[Raw],
        keys: Keys,
        clock: Callable[[], float] = time.time,
        lock: AbstractContextManager[bool] | None = None,
    ) -> None:
        self._lock = lock or RLock()
        self._keys = keys
        self._clock = clock
        self._items: dict[int, Repository] = {}
        self._numbers: dict[str, int] = {}
        self._former: dict[str, int] = {}
        self._hidden: set[int] = set()
        self._index: dict[tuple[str, str], set[int]] = {}
        self._orders: dict[Query, list[Repository]] = {}
        self._next = 0
        for record in records:
            self._append(complete(record))

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: str) -> bool:
        return self.find(name) is not None

    def __getitem__(self, name: str) -> Repository:
        """What is there under that name, spelled exactly; private ones included."""
        return self._items[self._number(name)]

    def __iter__(self) -> Iterator[Repository]:
        return (item for number, item in self._items.items() if number not in self._hidden)

    def find(self, name: str) -> Repository | None:
        """What everybody may see under that name, spelled exactly."""
        item = self._visible(self._numbers.get(name.lower()))
        return item if item and item.id == name else None

    def moved(self, name: str) -> str | None:
        """The present name of what once had this one, or spells it otherwise."""
        lower = name.lower()
        item = self._visible(self._numbers.get(lower, self._former.get(lower)))
        return item.id if item and item.id != name else None

    def count(self, kind: str, key: str) -> int:
        return len(self._found(kind, key))

    def keys(self, kind: str) -> Iterator[str]:
        """Every key of a kind under which something is found."""
        return (key for other, key in self._index if other == kind and self._found(kind, key))

    def names(self, kind: str, key: str, most: int) -> list[str]:
        """Ids of what everybody may see under a key, the first of them."""
        return [self._items[number].id for number in sorted(self._found(kind, key))[:most]]

    def page(self, query: Query, limit: int, after: Place | None = None) -> Page:
        """The items of a listing that follow a place in it."""
        key = _order_by(query)
        order = self._order(query)
        start = bisect_right(order, key(after), key=lambda i: key(_place(i, query))) if after else 0
        return self.slice(query, start, limit)

    def slice(self, query: Query, start: int, limit: int) -> Page:
        order = self._order(query)
        items = order[start : start + limit]
        more = items and start + limit < len(order)
        return Page(items, _place(items[-1], query) if more else None, len(order))

    @_alone
    def add(self, record: Raw) -> Repository:
        """Add one, created now unless the record says when; ValueError if its name is taken."""
        made = dict(record)
        if stated_hub_id(made) is None:
            created = milliseconds(made.get("created_at"))
            seconds = (self._now() if created is None else created) // 1000
            made["hub_id"] = f"{seconds:08x}{_ADDED + self._next:016x}"
        return self._append(complete(made))

    @_alone
    def change(self, name: str, **fields: object) -> Repository:
        """Change fields of its record; `last_modified` becomes now unless it is one of them."""
        number, held = self._number(name), self[name]
        record = {**held.record, **fields}
        modified = max(self._now(), held.modified + 1)
        if record.get("last_modified") != held.record.get("last_modified"):
            modified = complete(record).modified
        return self._put(number, replace(held, record=record, modified=modified))

    @_alone
    def rename(self, name: str, new: str) -> None:
        """Give it another name; the old one leads there from now on."""
        number, held = self._number(name), self[name]
        if self._numbers.get(new.lower(), number) != number:
            raise ValueError(f"{new} is there already.")
        self._former[name.lower()] = self._numbers.pop(name.lower())
        self._former.pop(new.lower(), None)
        self._numbers[new.lower()] = number
        self._put(number, replace(held, record={**held.record, "id": new}))

    @_alone
    def delete(self, name: str) -> None:
        """Remove it; names that led to it lead nowhere."""
        number = self._number(name)
        del self._numbers[name.lower()]
        self._former = {old: other for old, other in self._former.items() if other != number}
        self._remove(number)

    @_alone
    def take_over(self, name: str, **fields: object) -> Repository:
        """Put something new under a name that is in use or once was."""
        form = next(iter(self._items.values())).record["record"]
        if name.lower() in self._numbers:
            self.delete(name)
        return self.add({"record": form, "id": name, **fields})

    @_alone
    def hide(self, name: str) -> None:
        self._hidden.add(self._number(name))

    @_alone
    def show(self, name: str) -> None:
        self._hidden.discard(self._number(name))

    def _number(self, name: str) -> int:
        number = self._numbers.get(name.lower())
        if number is None or self._items[number].id != name:
            raise KeyError(name)
        return number

    def _visible(self, number: int | None) -> Repository | None:
        return None if number is None or number in self._hidden else self._items[number]

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _append(self, repository: Repository) -> Repository:
        lower = repository.id.lower()
        if lower in self._numbers:
            raise ValueError(f"Two records of {repository.id}.")
        self._former.pop(lower, None)
        self._numbers[lower] = number = self._next
        self._next += 1
        return self._put(number, repository)

    def _put(self, number: int, repository: Repository) -> Repository:
        if number in self._items:
            for key in self._keys_of(self._items[number]):
                self._index[key].discard(number)
        self._items[number] = repository
        for key in self._keys_of(repository):
            self._index.setdefault(key, set()).add(number)
        return repository

    def _remove(self, number: int) -> None:
        for key in self._keys_of(self._items.pop(number)):
            self._index[key].discard(number)
        self._hidden.discard(number)

    def _keys_of(self, repository: Repository) -> Iterator[tuple[str, str]]:
        if author := author_of(repository.id):
            yield "author", author
        for kind, keys in self._keys(repository.record).items():
            yield from ((kind, key) for key in keys)

    def _found(self, kind: str, key: str) -> set[int]:
        return self._index.get((kind, key), set()) - self._hidden

    def _order(self, query: Query) -> list[Repository]:
        """A whole listing in its order; made once for as long as nothing changes."""
        if query not in self._orders:
            key = _order_by(query)
            found = sorted(self._matching(query), key=lambda item: key(_place(item, query)))
            self._orders[query] = found
        return self._orders[query]

    def _matching(self, query: Query) -> Iterator[Repository]:
        numbers = set(self._items) - self._hidden
        for kind, key in query.keys:
            numbers &= self._found(kind, key)
        text = (query.search or "").lower()
        return (item for n in numbers if text in (item := self._items[n]).id.lower())


def _place(item: Repository, query: Query) -> Place:
    return Place(SORTS[query.sort](item), item.hub_id)


def _order_by(query: Query) -> Callable[[Place], tuple[int, ...]]:
    sign = -1 if query.descending else 1

    def key(place: Place) -> tuple[int, ...]:
        number = int(place.hub_id, 16)
        return (sign * number,) if place.value is None else (sign * place.value, number)

    return key


def _thousandths(score: object) -> int:
    return round(score * 1000) if isinstance(score, int | float) else 0
