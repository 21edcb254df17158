"""The columns of a dump of the Hub, and what kind of dump a file is.

Columns have the names of the Hub's API, in any spelling (`lastModified`, `last_modified`). They
decide the kind; failing that, the file name; failing that, `--kind`.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import DataError
from graph.observe.dumps.values import Unreadable, fits, is_text, read_column, stored
from graph.observe.issues import Issue, Outcome
from graph.schema import DUMPED, EVALUATION, KeyShape, NodeType

MAGIC = b"PAR1"
"""How every Parquet file begins."""


EVENTS = "events"
"""Models that were added to the Hub or deleted, week by week."""

RESULTS = EVALUATION.slug
"""Results of models on benchmarks."""

LEADERBOARDS = "leaderboards"
"""The Hub's leaderboards in one table, a row for each model."""

MODEL_NAME, SCORE = "model_name", "_score"
"""Its column of ids, and how the column of a benchmark ends."""
_MEAN = "aggregate_score"
"""The mean of whatever results a model has, by which nothing can be compared."""

TABLES = (EVENTS, RESULTS, LEADERBOARDS)
"""What no dump of the Hub is, and is read row by row."""

KINDS = (*(node.slug for node in DUMPED), *TABLES)
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
    RESULTS: {
        "model": KeyShape.TEXT,
        "benchmark": KeyShape.TEXT,
        "metric": KeyShape.TEXT,
        "value": KeyShape.MEASURE,
        "source": KeyShape.TEXT,
        "observed": KeyShape.TIME,
        "variant": KeyShape.TEXT,
        "higher_is_better": KeyShape.FLAG,
        "verified": KeyShape.FLAG,
    },
    LEADERBOARDS: {MODEL_NAME: KeyShape.TEXT},
}
"""Kind → the columns that are read."""

LINEAGE = "bases"
"""The field of a record that says what a model was made from."""

TIMES = ("lastModified", "createdAt")
"""Columns that show when a dump was taken."""

_NODES = {node.slug: node for node in DUMPED}
_NEEDED = {
    **{kind: (node.key,) for kind, node in _NODES.items()},
    EVENTS: ("week", "event", "id"),
    RESULTS: ("model", "benchmark", "value", "source", "observed"),
    LEADERBOARDS: (MODEL_NAME,),
}

_BATCH = 5_000
"""Rows."""
_LINEAGE_WORDS = re.compile("(?i)base[ _.-]?model|parent")
"""Columns that are not known, and yet sound like lineage."""
REDUNDANT = frozenset({"author"})
"""Columns that are passed over without a word: another one says the same."""


@dataclass(frozen=True)
class Dump:
    """A Parquet file that can be read; `misfits` are columns whose type cannot be."""

    path: Path
    kind: str  # what its rows are, of `KINDS`
    rows: int
    columns: Mapping[str, KeyShape]  # the columns that are read → their shape
    spelled: Mapping[str, str]  # known columns → their names in the file
    misfits: Mapping[str, str] = field(default_factory=dict)  # known columns → why, as a phrase
    ignored: tuple[str, ...] = ()  # names in the file of columns that are not known
    unreadable: tuple[str, ...] = ()  # columns that are read, and have no value that can be

    @property
    def node(self) -> NodeType:
        """What the rows of a dump describe; an event file has no such node."""
        return _NODES[self.kind]

    @property
    def notes(self) -> tuple[Issue, ...]:
        """That columns are left out or passed over, as issues of the file as a whole."""
        misfits = (
            Issue(self.spelled[name], Outcome.DROPPED, f"is a column {misfit}")
            for name, misfit in self.misfits.items()
        )
        ignored = (Issue(name, Outcome.DROPPED, "is not a known column") for name in self.ignored)
        return (*misfits, *ignored)

    @property
    def losses(self) -> tuple[str, ...]:
        """What is lost because columns cannot be read, in sentences; all lineage comes first."""
        fills = _fills(self.kind)
        told = [name for name in self.columns if name not in self.unreadable]
        read = {filled for name in told for filled in fills.get(name, ())}
        losses = []
        nothing = {n: f"of text, none of which is {self.columns[n]}" for n in self.unreadable}
        for name, misfit in {**self.misfits, **nothing}.items():
            filled_by = fills.get(name, (name,))
            lost = ", ".join(filled for filled in filled_by if filled not in read)
            left = ", ".join(filled for filled in filled_by if filled in read)
            losses.append(
                f"{self.path.name}: its column {self.spelled[name]} is {misfit}, and was left out"
                + (f"; lost with it: {lost}" if lost else "")
                + (f"; of {left}, only what other columns say is left." if left else ".")
            )
        of_lineage = {name for name, filled in fills.items() if LINEAGE in filled}
        if of_lineage and LINEAGE not in read:
            which = " or ".join(name for name in fills if name in of_lineage)
            if of_lineage.isdisjoint({*self.misfits, *self.unreadable}):
                why = f"No lineage: it has no column {which}."
            else:
                why = f"ALL LINEAGE IS LOST: no column {which} can be read."
            losses.insert(0, f"{self.path.name}: {why}")
        unread = [name for name in self.ignored if of_lineage and _LINEAGE_WORDS.search(name)]
        losses += [
            f"{self.path.name}: its column {name} is not read; lineage is taken from "
            f"{', '.join(fill for fill in fills if fill in of_lineage)}."
            for name in unread
        ]
        return tuple(losses)


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
    known = {**COLUMNS[kind], **(_scores(found) if kind == LEADERBOARDS else {})}
    spelled = _spelled(kind, known, found)
    for name in _NEEDED[kind]:
        if name not in spelled:
            raise _unusable(path, f"it has no column {name}; it has {_listed(found)}", kind)
    misfits = {
        name: f"of type {found[column]}, not {known[name]}"
        for name, column in spelled.items()
        if not fits(known[name], found[column])
    }
    texts = {
        column: known[name]
        for name, column in spelled.items()
        if known[name] is KeyShape.OBJECT and is_text(found[column])
    }
    unreadable = _unreadable(path, texts)
    for name in misfits.keys() & {*_NEEDED[kind]}:
        raise _unusable(path, f"its column {spelled[name]} is {misfits[name]}", kind)
    if not rows:
        raise _unusable(path, "it holds no rows", kind)
    said = {*map(_form, known), *(_key_form(node) for node in DUMPED), *REDUNDANT}
    return Dump(
        path,
        kind,
        rows,
        {name: shape for name, shape in known.items() if name in spelled.keys() - misfits},
        spelled,
        misfits,
        tuple(name for name in found if name not in spelled.values() and _form(name) not in said),
        tuple(name for name, column in spelled.items() if column in unreadable),
    )


def _unreadable(path: Path, texts: Mapping[str, KeyShape]) -> set[str]:
    """Columns of text that have values, none of which can be read as their shape."""
    left, filled = dict(texts), set()
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=list(left)) if left else ():
                for name, shape in list(left.items()):
                    values = [v for v in read_column(batch.column(name), shape) if v is not None]
                    if any(not isinstance(value, Unreadable) for value in values):
                        del left[name]
                    elif values:
                        filled.add(name)
                if not left:
                    break
    except (pa.ArrowException, OSError):
        return set()  # whoever reads the rows says what is damaged
    return filled & left.keys()


def _scores(found: Iterable[str]) -> dict[str, KeyShape]:
    """The columns of benchmarks, which come and go."""
    return {
        name: KeyShape.MEASURE
        for name in found
        if name.endswith(SCORE) and name not in (SCORE, _MEAN)
    }


def _spelled(kind: str, known: Iterable[str], found: Collection[str]) -> dict[str, str]:
    """Known columns → their names in a file: the Hub's own spelling first, else any other."""
    others = {_form(name): name for name in reversed(list(found))}
    names = {}
    for name in known:
        forms = [_form(name)]
        if kind in _NODES and name == _NODES[kind].key:
            forms.append(_key_form(_NODES[kind]))
        if name in found:
            names[name] = name
        elif form := next((form for form in forms if form in others), None):
            names[name] = others[form]
    return names


def _form(name: str) -> str:
    """What spellings of one name have in common (`last_modified`, `Last Modified`), not `_id`."""
    return (name[:1] + re.sub("[ _.-]", "", name[1:])).lower()


def _key_form(node: NodeType) -> str:
    """How the Hub's older answers call the key: `modelId`."""
    return f"{node.singular}{node.key}".lower()


@cache
def _fills(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Column → what follows from it."""
    if kind == EVENTS:
        return dict.fromkeys(COLUMNS[kind], ()) | {"base_models": ("relation", LINEAGE)}
    if kind in (RESULTS, LEADERBOARDS):
        return {name: (name,) for name in COLUMNS[kind]}
    node = _NODES[kind]
    return {node.key: (node.key,)} | {name: key.fills for name, key in node.hub_keys.items()}


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
    if {"model", "benchmark", "value"} <= found.keys():
        return RESULTS
    if MODEL_NAME in found and _scores(found):
        return LEADERBOARDS
    forms = set(map(_form, found))
    if not forms & {"id", *map(_key_form, DUMPED)}:
        raise _unusable(path, f"it has no column id; it has {_listed(found)}")
    marked = [
        node.slug
        for node in DUMPED
        if forms & {*map(_form, node.marks)} or (_key_form(node) in forms and "id" not in forms)
    ]
    named = [node.slug for node in DUMPED if node.singular.lower() in path.name.lower()]
    for kinds in (marked, named):
        if len(kinds) == 1:
            return kinds[0]
    raise DataError(
        f"Neither its columns nor its name show what {path} is a dump of: it has {_listed(found)}.",
        f"Say what it holds: --kind {', '.join(_NODES)}.",
    )


def _unusable(path: Path, why: str, kind: str | None = None) -> DataError:
    dumps = [kind] if kind else [KINDS[0], *TABLES]
    needs = "; ".join(f"{_name(each)} needs {_parts(each)}" for each in dumps)
    what = _name(kind) if kind else "a dump of the Hub, an event file or a table of results"
    return DataError(f"{path} cannot be read as {what}: {why}.", f"{needs[0].upper()}{needs[1:]}.")


def _name(kind: str) -> str:
    words = {
        EVENTS: "an event file",
        RESULTS: "a table of evaluations",
        LEADERBOARDS: "a table of leaderboards",
    }
    return words.get(kind) or f"a dump of {_NODES[kind].plural}"


def _parts(kind: str) -> str:
    if kind == LEADERBOARDS:
        return f"{MODEL_NAME}, and may have any columns that end in {SCORE}"
    optional = [name for name in COLUMNS[kind] if name not in _NEEDED[kind]]
    return f"{', '.join(_NEEDED[kind])}, and may have {', '.join(optional)}"


def _listed(found: Mapping[str, object]) -> str:
    names = [name[:40] for name in found]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more if names else "none"


def brief(error: Exception) -> str:
    """The first line of what a library says, short and without its full stop."""
    return (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(". ")
