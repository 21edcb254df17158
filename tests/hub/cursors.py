"""Cursors: where the next page of a listing begins, in a form that nobody should look into."""

import json
import operator
from base64 import b64decode, b64encode
from urllib.parse import quote

from tests.hub.repository import iso, milliseconds
from tests.hub.shelf import Place, Query


def written(place: Place, query: Query) -> str:
    """A cursor as it stands in an address."""
    if place.value is None:
        return _packed({"_id": {"$lt" if query.descending else "$gt": place.hub_id}})
    value: object = place.value
    if query.sort == "lastModified":
        value = iso(place.value)
    elif query.sort == "trendingScore":
        value = place.value // 1000 if place.value % 1000 == 0 else place.value / 1000
    beyond = "$lt" if query.descending else "$gt"
    return _packed(
        {
            "$or": [
                {query.sort: value, "_id": {"$gt": place.hub_id}},
                {query.sort: {beyond: value}},
                {query.sort: None},
            ]
        }
    )


def read(cursor: str, query: Query) -> Place | None:
    """The place that a cursor stands for, None for the beginning; or ValueError."""
    try:
        held = json.loads(b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
        if not held.keys() - {"again"}:
            return None
        if query.sort == "createdAt":
            (hub_id,) = held["_id"].values()
            return Place(None, f"{int(hub_id, 16):024x}")
        first = held["$or"][0]
        value = first[query.sort]
        if query.sort == "lastModified":
            value = milliseconds(value)
        elif query.sort == "trendingScore":
            value = round(value * 1000)
        return Place(operator.index(value), f"{int(first['_id']['$gt'], 16):024x}")
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"No cursor of this listing: {cursor[:80]}") from error


def again(cursor: str | None, number: int) -> str:
    held = json.loads(b64decode(cursor)) if cursor else {}
    return _packed({**held, "again": number})


def _packed(held: object) -> str:
    text = json.dumps(held, separators=(",", ":"))
    return quote(b64encode(text.encode()).decode(), safe="")
