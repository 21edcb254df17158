"""The values of a column of a dump: which Arrow types can be read, and as what."""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from graph.schema import KeyShape

_GATED = {"true": True, "false": False, "": None}


class Unreadable(NamedTuple):
    """Stands for a value that cannot be read."""

    reason: str
    value: object = None


def fits(shape: KeyShape, type_: Any) -> bool:
    """Whether values of an Arrow type can be read as a shape; a column of nulls fits any."""
    return bool(types.is_null(type_)) or _SHAPES[shape].accepts(type_)


def read_column(column: Any, shape: KeyShape) -> list[Any]:
    """The values of a column as the Hub's API gives them, or `Unreadable`."""
    return _SHAPES[shape].read(column)


def stored(type_: Any) -> Any:
    """The type of the values, without what dictionaries and extensions add."""
    while True:
        if isinstance(type_, pa.BaseExtensionType):
            type_ = type_.storage_type
        elif types.is_dictionary(type_):
            type_ = type_.value_type
        else:
            return type_


_UNREADABLE: Final = Unreadable("cannot be read")
_NOT_JSON = "is not a JSON object"


class _Shape(NamedTuple):
    accepts: Callable[[Any], bool]
    read: Callable[[Any], list[Any]]


def is_text(type_: Any) -> bool:
    """Whether values of a type are texts."""
    type_ = stored(type_)
    return bool(
        types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_)
    )


def _plain(column: Any) -> list[Any]:
    """The values as Python's own."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    try:
        return list(column.to_pylist())
    except ValueError:
        return [_one(item) for item in column]


def _one(item: Any) -> object:
    try:
        return item.as_py()
    except ValueError:
        return _UNREADABLE


def _is_number(type_: Any) -> bool:
    return bool(types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_))


def _numbers(column: Any) -> list[Any]:
    if types.is_decimal(column.type) or types.is_floating(column.type):
        column = column.cast(pa.float64(), safe=False)
        return [None if value != value else value for value in column.to_pylist()]  # noqa: PLR0124
    return _plain(column)


def _is_measure(type_: Any) -> bool:
    return _is_number(type_) or is_text(type_)


def _measures(column: Any) -> list[Any]:
    return _numbers(column) if _is_number(column.type) else _plain(column)


def _is_flag(type_: Any) -> bool:
    return bool(types.is_boolean(type_))


def _is_time(type_: Any) -> bool:
    return bool(types.is_timestamp(type_) or types.is_date(type_)) or is_text(type_)


def _times(column: Any) -> list[Any]:
    if types.is_timestamp(column.type) or types.is_date(column.type):
        zone = getattr(column.type, "tz", None) and "UTC"
        column = column.cast(pa.timestamp("ms", zone), safe=False).cast(pa.timestamp("ms"))
        column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return _plain(column)


def _is_texts(type_: Any) -> bool:
    kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_list_view)
    if not any(is_kind(type_) for is_kind in kinds):
        return False
    return types.is_null(type_.value_type) or is_text(type_.value_type)


def _is_gated(type_: Any) -> bool:
    return _is_flag(type_) or is_text(type_)


def _gated(column: Any) -> list[Any]:
    return [
        _GATED.get(value.strip().lower(), value) if isinstance(value, str) else value
        for value in _plain(column)
    ]


def _is_object(type_: Any) -> bool:
    return bool(types.is_struct(type_) or types.is_map(type_)) or is_text(type_)


def _objects(column: Any) -> list[Any]:
    return [_object(value) for value in _plain(column)]


def _object(value: object) -> object:
    if not isinstance(value, str):
        return _without_nulls(value) or None
    if not value or value.isspace():
        return None
    try:
        found = _without_nulls(json.loads(value))
    except (ValueError, RecursionError):
        return Unreadable(_NOT_JSON, value)
    if found is not None and not isinstance(found, dict):
        return Unreadable(_NOT_JSON, value)
    return found or None


def _without_nulls(value: object) -> object:
    """A value without the nulls in it: a struct has every field that any row has.

    Maps, which Arrow gives as lists of pairs, become objects.
    """
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return _without_nulls(dict(value))
        return [_without_nulls(item) for item in value if item is not None]
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


_SHAPES = {
    KeyShape.TEXT: _Shape(is_text, _plain),
    KeyShape.NUMBER: _Shape(_is_number, _numbers),
    KeyShape.MEASURE: _Shape(_is_measure, _measures),
    KeyShape.FLAG: _Shape(_is_flag, _plain),
    KeyShape.TIME: _Shape(_is_time, _times),
    KeyShape.TEXTS: _Shape(_is_texts, _plain),
    KeyShape.OBJECT: _Shape(_is_object, _objects),
    KeyShape.GATED: _Shape(_is_gated, _gated),
}
