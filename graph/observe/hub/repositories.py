"""From the Hub's objects for datasets and Spaces to records."""

from collections.abc import Mapping

from graph.errors import DataError
from graph.observe import DATASET_FORM, SPACE_FORM
from graph.observe.hub import Json

_SHARED = {
    "_id": "hub_id",
    "likes": "likes",
    "createdAt": "created_at",
    "lastModified": "last_modified",
}
DATASET = {**_SHARED, "downloads": "downloads", "downloadsAllTime": "downloads_all_time"}
SPACE = {**_SHARED, "sdk": "sdk"}
"""Key of an answer → field of a record, where the value is taken as it is."""


def dataset_record(info: Json, observed_at: str | None = None) -> dict[str, object]:
    """The record of one dataset.

    Args:
        info: the answer's object, from the detail or the list route.
        observed_at: when it was given, ISO 8601.

    Raises:
        DataError: it is no answer about a dataset.
    """
    return _record(DATASET_FORM, info, DATASET, ("tags",), observed_at)


def space_record(info: Json, observed_at: str | None = None) -> dict[str, object]:
    """The record of one Space.

    Args:
        info: the answer's object, from the detail or the list route.
        observed_at: when it was given, ISO 8601.

    Raises:
        DataError: it is no answer about a Space.
    """
    return _record(SPACE_FORM, info, SPACE, ("tags", "models", "datasets"), observed_at)


def _record(
    form: str,
    info: Json,
    plain: Mapping[str, str],
    lists: tuple[str, ...],
    observed_at: str | None,
) -> dict[str, object]:
    if not isinstance(info, Mapping) or not isinstance(info.get("id"), str):
        kind = form.partition("/")[0]
        raise DataError(f"This is not the Hub's answer about a {kind}: it has no id.")
    record: dict[str, object] = {"record": form, "id": info["id"]}
    record |= {field: info[key] for key, field in plain.items() if key in info}
    record |= {key: _texts(info[key]) for key in lists if key in info}
    if observed_at is not None:
        record["observed_at"] = observed_at
    return record


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
