"""From the record of a dataset or a Space to the Hub's object for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.hub.repository import Raw, Repository, digits, iso, texts_of

FIELDS: dict[str, Callable[[Repository], object]] = {
    "author": lambda item: item.author,
    "createdAt": lambda item: iso(item.created),
    "datasets": lambda item: item.texts("datasets"),
    "disabled": lambda _: False,
    "downloads": lambda item: item.count("downloads"),
    "downloadsAllTime": lambda item: max(item.count("downloads_all_time"), item.count("downloads")),
    "gated": lambda _: False,
    "lastModified": lambda item: iso(item.modified),
    "likes": lambda item: item.count("likes"),
    "models": lambda item: item.texts("models"),
    "private": lambda _: False,
    "sdk": lambda item: item.text("sdk"),
    "sha": lambda item: digits(f"sha of {item.hub_id}", 40),
    "tags": lambda item: item.texts("tags"),
    "trendingScore": lambda _: 0,
}
"""Field of the object → its value."""

_SHARED = ("author", "createdAt", "lastModified", "likes", "private", "sha", "tags")
DATASET = (*_SHARED, "disabled", "downloads", "downloadsAllTime", "gated", "trendingScore")
"""What may be asked for of a dataset."""
DATASET_UNASKED = (*_SHARED, "disabled", "downloads", "gated")
SPACE = (*_SHARED, "datasets", "disabled", "models", "sdk", "trendingScore")
"""What may be asked for of a Space."""
SPACE_UNASKED = ("createdAt", "likes", "private", "sdk", "tags")
SPACE_FULL = (*_SHARED, "datasets", "models", "sdk")


def keys(record: Raw) -> Mapping[str, Sequence[str]]:
    return {
        "tag": list(dict.fromkeys(texts_of(record, "tags"))),
        "models": list(dict.fromkeys(texts_of(record, "models"))),
        "datasets": list(dict.fromkeys(texts_of(record, "datasets"))),
    }


def info(item: Repository, fields: Iterable[str]) -> dict[str, object]:
    """The object with `_id`, `id` and the fields asked for that it has."""
    values = {field: FIELDS[field](item) for field in fields}
    known = {field: value for field, value in values.items() if value is not None}
    return {"_id": item.hub_id, "id": item.id, **known}
