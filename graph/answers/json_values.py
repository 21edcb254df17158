"""Answers as JSON knows them."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType

_AS_IS = frozenset((NoneType, bool, int, str))


def json_value(value: object) -> object:
    """The value as JSON knows it: times as ISO 8601 in UTC, numbers that are none as null."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return iso_time(value)
    if is_dataclass(value):
        value = {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):  # columns of a network have tens of thousands
        return [item if type(item) in _AS_IS else json_value(item) for item in value]
    return value


def iso_time(value: datetime) -> str:
    """A time as ISO 8601 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
