"""Read answers that hold many models, datasets or Spaces: one JSON array per page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph.errors import DataError
from graph.observe.hub.rules import Json
from spiders.hub.answers import DEEPEST, excerpt, is_shallow, read_json

_READ = 4_096
"""Bytes of an error that are looked through."""


class Broken(NamedTuple):
    """An item of a listing that cannot be used."""

    reason: str  # a phrase that completes "the item …"
    shown: str  # the beginning of what it holds, safe in any log


class Listing(NamedTuple):
    """One page of a listing: its good items in their order, and the others."""

    items: list[Json]
    broken: list[Broken]


def items(body: bytes) -> Listing:
    """The items of one page; DataError when it is no JSON array, but not for a broken item."""
    value = read_json(body)
    if not isinstance(value, list):
        raise DataError(f"The answer is no list of items: {excerpt(value)}")
    return sift(value)


def sift(values: Iterable[object]) -> Listing:
    """Tell good items from broken ones."""
    page = Listing([], [])
    for value in values:
        reason = fault(value)
        if reason is None and isinstance(value, dict):
            page.items.append(value)
        else:
            page.broken.append(Broken(reason or "is not an object", excerpt(value)))
    return page


def fault(value: object) -> str | None:
    """Why a value is no item of a listing, as a phrase that completes "the item …"."""
    if not isinstance(value, Mapping):
        return "is not an object"
    if not isinstance(value.get("id"), str) or not value["id"]:
        return "has no id"
    if not is_shallow(value):
        return f"is nested deeper than {DEEPEST}"
    return None


def carries(item: Json, tag: str) -> bool:
    """Whether an item has a tag, in any spelling; its task and its library count as tags too.

    The Hub ignores a filter that it does not know and lists everything, so each item of a filtered
    listing is checked.
    """
    tags = item.get("tags")
    carried = [*(tags if isinstance(tags, list) else ())]
    carried += map(item.get, ("pipeline_tag", "library_name"))
    wanted = tag.lower()
    return any(isinstance(other, str) and other.lower() == wanted for other in carried)


def refused_fields(body: bytes, fields: Sequence[str]) -> set[str]:
    """Those of the fields asked for, at least one, that an answer of status 400 refuses.

    A server names what it refuses, or what may be asked for, or both. Of many that it names most
    may be asked for; the others are refused. When it names none, it is the last.
    """
    said = body[:_READ].decode("utf-8", "replace")
    places = {
        name: match.start()
        for name in fields
        if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said))
    }
    if not places:
        return {fields[-1]}
    if 2 * len(places) > len(fields) and len(places) < len(fields):
        return set(fields) - places.keys()
    return {min(places, key=places.__getitem__)}
