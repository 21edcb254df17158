"""Which columns a dump of the Hub has, and what kind of dump a file is.

The names are the Hub's own, those of its interface. What kind a file is its columns tell, where
they do not its name, and where that does not either whoever loads it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from graph.errors import DataError

MAGIC = b"PAR1"
"""How every Parquet file begins."""


class Kind(StrEnum):
    """What the rows of a Parquet file are."""

    MODELS = "models"
    DATASETS = "datasets"
    SPACES = "spaces"
    EVENTS = "events"
    """models that were added to the Hub or deleted, week by week"""


class Shape(StrEnum):
    """What a column may be, in words."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "timestamp, date or ISO 8601 text"
    TEXTS = "list of texts"
    OBJECT = "struct or JSON text"
    GATED = "true/false or text"


_REPOSITORIES = {
    "id": Shape.TEXT,
    "_id": Shape.TEXT,
    "createdAt": Shape.TIME,
    "lastModified": Shape.TIME,
    "likes": Shape.NUMBER,
    "tags": Shape.TEXTS,
}
_DOWNLOADS = {"downloads": Shape.NUMBER, "downloadsAllTime": Shape.NUMBER}

COLUMNS: Mapping[Kind, Mapping[str, Shape]] = {
    Kind.MODELS: {
        **_REPOSITORIES,
        **_DOWNLOADS,
        "sha": Shape.TEXT,
        "trendingScore": Shape.NUMBER,
        "pipeline_tag": Shape.TEXT,
        "library_name": Shape.TEXT,
        "gated": Shape.GATED,
        "baseModels": Shape.OBJECT,
        "safetensors": Shape.OBJECT,
        "gguf": Shape.OBJECT,
        "config": Shape.OBJECT,
        "cardData": Shape.OBJECT,
        "childrenModelCount": Shape.OBJECT,
    },
    Kind.DATASETS: {**_REPOSITORIES, **_DOWNLOADS},
    Kind.SPACES: {
        **_REPOSITORIES,
        "sdk": Shape.TEXT,
        "models": Shape.TEXTS,
        "datasets": Shape.TEXTS,
    },
    Kind.EVENTS: {
        "week": Shape.TIME,
        "event": Shape.TEXT,
        "id": Shape.TEXT,
        "relation": Shape.TEXT,
        "base_models": Shape.TEXTS,
    },
}
"""Kind → the columns that are read."""

NEEDED = {
    Kind.MODELS: ("id",),
    Kind.DATASETS: ("id",),
    Kind.SPACES: ("id",),
    Kind.EVENTS: ("week", "event", "id"),
}
"""Kind → the columns without which a file cannot be read."""

TIMES = ("lastModified", "createdAt")
"""Columns that tell when a dump was taken."""

_MARKS = {
    Kind.MODELS: {"pipeline_tag", "library_name", "baseModels", "safetensors", "gguf"},
    Kind.DATASETS: {"citation", "paperswithcode_id"},
    Kind.SPACES: {"sdk", "subdomain"},
}
"""Kind → columns that no dump of another kind has."""


@dataclass(frozen=True)
class Dump:
    """A Parquet file that can be read.

    Attributes:
        path: the file.
        kind: what its rows are.
        rows: how many.
        columns: what is read of it, name → what it is.
        misfits: known columns that are left out → the type that cannot be read.
        ignored: columns that say nothing to us.
    """

    path: Path
    kind: Kind
    rows: int
    columns: Mapping[str, Shape]
    misfits: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet files do; False for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def examine(path: Path, kind: Kind | None = None) -> Dump:
    """Look at a file's columns.

    Args:
        path: the file.
        kind: what its rows are, for one that does not tell.

    Raises:
        DataError: it is none that can be read; the message says what is wrong, the hint what is
            needed.
    """
    found, rows = _schema(path)
    kind = kind or _kind(path, found)
    known = COLUMNS[kind]
    for name in NEEDED[kind]:
        if name not in found:
            raise _unusable(path, f"it has no column {name}; it has {_listed(found)}", kind)
        if not _fits(known[name], found[name]):
            reason = f"its column {name} is of type {found[name]}, not {known[name]}"
            raise _unusable(path, reason, kind)
    if not rows:
        raise _unusable(path, "it holds no rows", kind)
    fitting = {name for name, type_ in found.items() if name in known and _fits(known[name], type_)}
    return Dump(
        path,
        kind,
        rows,
        {name: shape for name, shape in known.items() if name in fitting},
        {name: str(found[name]) for name in found if name in known and name not in fitting},
        tuple(name for name in found if name not in known),
    )


def _schema(path: Path) -> tuple[dict[str, Any], int]:
    if path.is_dir():
        raise DataError(f"{path} is a directory.", "Name the files in it.")
    if path.is_file() and not is_parquet(path):
        raise DataError(f"{path} is no Parquet file.")
    try:
        with pq.ParquetFile(path) as file:
            fields, rows = list(file.schema_arrow), int(file.metadata.num_rows)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
        raise DataError(
            f"{path} is damaged or cut off: {brief(error)}.", "Get the file again."
        ) from error
    often = Counter(field.name.lower() for field in fields)
    if twice := [name for name, count in often.items() if count > 1]:
        raise DataError(f"{path} has more than one column {twice[0]}, regardless of case.")
    return {field.name: _stored(field.type) for field in fields}, rows


def _kind(path: Path, found: Mapping[str, object]) -> Kind:
    if {"week", "event"} <= found.keys():
        return Kind.EVENTS
    if "id" not in found:
        raise _unusable(path, f"it has no column id; it has {_listed(found)}")
    marked = [kind for kind, marks in _MARKS.items() if marks & found.keys()]
    named = [kind for kind in _MARKS if kind.value[:-1] in path.name.lower()]
    for kinds in (marked, named):
        if len(kinds) == 1:
            return kinds[0]
    raise DataError(
        f"{path} does not tell what it is a dump of: it has {_listed(found)}.",
        "Say it: --kind models, datasets or spaces.",
    )


def _unusable(path: Path, why: str, kind: Kind | None = None) -> DataError:
    dumps = [kind] if kind else [Kind.MODELS, Kind.EVENTS]
    needs = "; ".join(f"{_name(each)} needs {_parts(each)}" for each in dumps)
    what = _name(kind) if kind else "a dump of the Hub or an event file"
    return DataError(f"{path} cannot be read as {what}: {why}.", f"{needs[0].upper()}{needs[1:]}.")


def _name(kind: Kind) -> str:
    if kind is Kind.EVENTS:
        return "an event file"
    return f"a dump of {'Spaces' if kind is Kind.SPACES else kind.value}"


def _parts(kind: Kind) -> str:
    optional = [name for name in COLUMNS[kind] if name not in NEEDED[kind]]
    return f"{', '.join(NEEDED[kind])}, and may have {', '.join(optional)}"


def _listed(found: Mapping[str, object]) -> str:
    names = [name[:40] for name in found]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more if names else "none"


def brief(error: Exception) -> str:
    """The first line of what a library says, short and without its full stop."""
    return (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(". ")


def _stored(type_: Any) -> Any:
    """The type of the values, without what dictionaries and extensions add."""
    while True:
        if isinstance(type_, pa.BaseExtensionType):
            type_ = type_.storage_type
        elif types.is_dictionary(type_):
            type_ = type_.value_type
        else:
            return type_


def _fits(shape: Shape, type_: Any) -> bool:
    """Whether values of an Arrow type can be read as what a column is; of nothing they can."""
    return bool(types.is_null(type_)) or _ACCEPTED[shape](type_)


def _is_text(type_: Any) -> bool:
    type_ = _stored(type_)
    return bool(
        types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_)
    )


def _is_list(type_: Any) -> bool:
    kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_list_view)
    return any(is_kind(type_) for is_kind in kinds)


def _is_texts(type_: Any) -> bool:
    if not _is_list(type_):
        return False
    return types.is_null(type_.value_type) or _is_text(type_.value_type)


def _is_number(type_: Any) -> bool:
    return bool(types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_))


def _is_time(type_: Any) -> bool:
    return bool(types.is_timestamp(type_) or types.is_date(type_)) or _is_text(type_)


def _is_object(type_: Any) -> bool:
    return bool(types.is_struct(type_) or types.is_map(type_)) or _is_text(type_)


_ACCEPTED: Mapping[Shape, Callable[[Any], bool]] = {
    Shape.TEXT: _is_text,
    Shape.NUMBER: _is_number,
    Shape.TIME: _is_time,
    Shape.TEXTS: _is_texts,
    Shape.OBJECT: _is_object,
    Shape.GATED: lambda type_: bool(types.is_boolean(type_)) or _is_text(type_),
}
