"""Read answers that hold many models, datasets or Spaces: one JSON array per page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph.errors import DataError
from graph.observe.hub.rules import Json
from spiders.hub.answers import DEEPEST, excerpt, is_shallow, read_json

_READ = 4_096
"""Bytes of an error that are looked through."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An item of a listing that cannot be used.

    Attributes:
        index: its place in the answer, from 0.
        reason: a phrase that completes "the item …".
        shown: the beginning of what it holds, safe in any log.
    """

    index: int
    reason: str
    shown: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing.

    Attributes:
        items: the good items, in their order.
        broken: the others.
    """

    items: list[Json] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def items(body: bytes) -> Listing:
    """The items of one page; a broken one never costs the others.

    Raises:
        DataError: the answer is no JSON array: an error, a web page, another shape.
    """
    value = read_json(body)
    if not isinstance(value, list):
        raise DataError(f"The answer is no list of items: {excerpt(value)}")
    return sift(value)


def sift(values: Iterable[object]) -> Listing:
    """Tell good items from broken ones."""
    page = Listing()
    for index, value in enumerate(values):
        reason = fault(value)
        if reason is None and isinstance(value, dict):
            page.items.append(value)
        else:
            page.broken.append(Broken(index, reason or "is not an object", excerpt(value)))
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
    carried = [
        *(tags if isinstance(tags, list) else ()),
        *map(item.get, ("pipeline_tag", "library_name")),
    ]
    wanted = tag.lower()
    return any(isinstance(other, str) and other.lower() == wanted for other in carried)


def refused_fields(body: bytes, fields: Sequence[str]) -> set[str]:
    """Which of the fields asked for an error is about.

    A server names what it refuses, or what may be asked for, or both. Of many that it names most
    may be asked for; the others are refused.

    Args:
        body: the answer of status 400.
        fields: what was asked for; at least one.

    Returns:
        At least one of them; the last when none is named.
    """
    said = body[:_READ].decode("utf-8", "replace")
    places = {name: re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) for name in fields}
    named = [name for name in fields if places[name]]
    if not named:
        return {fields[-1]}
    if 2 * len(named) > len(fields) and len(named) < len(fields):
        return set(fields) - set(named)
    return {min(named, key=lambda name: places[name].start())}  # type: ignore[union-attr]
