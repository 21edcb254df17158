"""The columns of a dump of the Hub, and what kind of dump a file is.

Columns have the names of the Hub's API. They decide the kind; failing that, the file name; failing
that, `--kind`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import DataError
from graph.observe.dumps.values import fits, stored
from graph.observe.issues import Issue, Outcome
from graph.schema import DUMPED, KeyShape, NodeType

MAGIC = b"PAR1"
"""How every Parquet file begins."""


EVENTS = "events"
"""Models that were added to the Hub or deleted, week by week."""

KINDS = (*(node.slug for node in DUMPED), EVENTS)
"""What the rows of a Parquet file may be."""

COLUMNS: Mapping[str, Mapping[str, KeyShape]] = {
    **{
        node.slug: {node.key: KeyShape.TEXT}
        | {key.name: key.shape for key in node.hub_keys.values()}
        for node in DUMPED
    },
    EVENTS: {
        "week": KeyShape.TIME,
        "event": KeyShape.TEXT,
        "id": KeyShape.TEXT,
        "relation": KeyShape.TEXT,
        "base_models": KeyShape.TEXTS,
    },
}
"""Kind → the columns that are read."""

TIMES = ("lastModified", "createdAt")
"""Columns that show when a dump was taken."""

_NODES = {node.slug: node for node in DUMPED}
_NEEDED = {**{kind: (node.key,) for kind, node in _NODES.items()}, EVENTS: ("week", "event", "id")}


@dataclass(frozen=True)
class Dump:
    """A Parquet file that can be read; `misfits` are columns whose type cannot be."""

    path: Path
    kind: str  # what its rows are, of `KINDS`
    rows: int
    columns: Mapping[str, KeyShape]  # the columns that are read → their shape
    misfits: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()  # columns that are not known

    @property
    def node(self) -> NodeType:
        """What the rows of a dump describe; an event file has no such node."""
        return _NODES[self.kind]

    @property
    def notes(self) -> tuple[Issue, ...]:
        """That columns are left out, as the notes of its first row."""
        return tuple(
            Issue(name, Outcome.DROPPED, f"is a column of type {type_} that cannot be read")
            for name, type_ in self.misfits.items()
        )


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet files do; False for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def examine(path: Path, kind: str | None = None) -> Dump:
    """Look at a file's columns; `kind` is of `KINDS`, where they and its name do not show it.

    Raises:
        DataError: it cannot be read; the message says why, the hint what is needed.
    """
    found, rows = _schema(path)
    kind = kind or _kind(path, found)
    known = COLUMNS[kind]
    for name in _NEEDED[kind]:
        if name not in found:
            raise _unusable(path, f"it has no column {name}; it has {_listed(found)}", kind)
        if not fits(known[name], found[name]):
            reason = f"its column {name} is of type {found[name]}, not {known[name]}"
            raise _unusable(path, reason, kind)
    if not rows:
        raise _unusable(path, "it holds no rows", kind)
    fitting = {name for name, type_ in found.items() if name in known and fits(known[name], type_)}
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
        raise DataError(f"{path} is not a Parquet file.")
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
    return {field.name: stored(field.type) for field in fields}, rows


def _kind(path: Path, found: Mapping[str, object]) -> str:
    if {"week", "event"} <= found.keys():
        return EVENTS
    if "id" not in found:
        raise _unusable(path, f"it has no column id; it has {_listed(found)}")
    marked = [node.slug for node in DUMPED if found.keys() & set(node.marks)]
    named = [node.slug for node in DUMPED if node.singular.lower() in path.name.lower()]
    for kinds in (marked, named):
        if len(kinds) == 1:
            return kinds[0]
    raise DataError(
        f"Neither its columns nor its name show what {path} is a dump of: it has {_listed(found)}.",
        f"Say what it holds: --kind {', '.join(KINDS[:-2])} or {KINDS[-2]}.",
    )


def _unusable(path: Path, why: str, kind: str | None = None) -> DataError:
    dumps = [kind] if kind else [KINDS[0], EVENTS]
    needs = "; ".join(f"{_name(each)} needs {_parts(each)}" for each in dumps)
    what = _name(kind) if kind else "a dump of the Hub or an event file"
    return DataError(f"{path} cannot be read as {what}: {why}.", f"{needs[0].upper()}{needs[1:]}.")


def _name(kind: str) -> str:
    return "an event file" if kind == EVENTS else f"a dump of {_NODES[kind].plural}"


def _parts(kind: str) -> str:
    optional = [name for name in COLUMNS[kind] if name not in _NEEDED[kind]]
    return f"{', '.join(_NEEDED[kind])}, and may have {', '.join(optional)}"


def _listed(found: Mapping[str, object]) -> str:
    names = [name[:40] for name in found]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more if names else "none"


def brief(error: Exception) -> str:
    """The first line of what a library says, short and without its full stop."""
    return (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(". ")
