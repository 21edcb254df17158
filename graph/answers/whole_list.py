"""A list of models as a whole, part by part, for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from graph.answers.columns import columns_to_show
from graph.answers.filters import filters_of
from graph.answers.list_results import RESULTS, add_results
from graph.answers.lists import ListPage, ModelsParameters
from graph.answers.query import Reader
from graph.answers.reports.report import Column, Kind
from graph.answers.row import PLAIN, ListedRow
from graph.schema import MODEL, MODEL_SCORES, Type, scores_to_json

MOST = 100_000
"""Most rows of a file."""
PART = 2_000
"""Rows that are read at a time in the order of an index."""
PART_OF_FEW = 10_000
"""The same of a selection that is read whole each time."""

_KINDS = {
    Type.INTEGER: Kind.INTEGER,
    Type.FLOAT: Kind.FLOAT,
    Type.BOOLEAN: Kind.BOOLEAN,
    Type.DATETIME: Kind.DATETIME,
    Type.STRINGS: Kind.STRINGS,
}


@dataclass(frozen=True)
class WholeList:
    """All rows of a list up to `MOST`, and how many there are."""

    parts: Iterator[list[ListedRow]]
    columns: list[Column]  # names are paths into the rows: `scores.influence.rank`
    total: int
    total_is_exact: bool

    @property
    def is_cut(self) -> bool:
        """Whether it is known to have more rows than a file holds."""
        return self.total > MOST

    @property
    def words(self) -> str:
        """What of the list a file holds, as the end of its name."""
        if self.is_cut:
            return f"-first-{MOST}-of-{self.total}" + "-or-more" * (not self.total_is_exact)
        return f"-{self.total}" if self.total_is_exact else f"-at-most-{MOST}"


def whole_list(read: Reader, asked: ModelsParameters) -> WholeList:
    """The list that a page shows the beginning of; its first part is read at once."""
    columns = columns_to_show(asked.cols, asked.sort) if asked.cols else []
    more = tuple(dict.fromkeys(name for column in columns for name in column.reads))
    start = asked.model_copy(update={"after": None, "before": None, "start": 1})
    filters = filters_of(read, asked)
    first = ListPage(read, start, filters, more=more, limit=PART)
    plan = by, narrow = first.narrowest()
    total, _, exact = first.total(by)
    size = PART_OF_FEW if narrow else PART

    def parts() -> Iterator[list[ListedRow]]:
        left, page = MOST, start
        while True:
            reader = ListPage(read, page, filters, more=more, limit=min(size, left))
            part = reader.part(plan)
            if asked.benchmark:
                add_results(read, part.rows, asked.benchmark, row_limit=PART)
            yield part.rows
            left -= len(part.rows)
            if part.after is None or left <= 0:
                return
            page = start.model_copy(update={"after": part.after})

    found = parts()
    return WholeList(chain([next(found)], found), _columns(more, asked.benchmark), total, exact)


def _columns(more: tuple[str, ...], benchmarks: Sequence[str]) -> list[Column]:
    listed = scores_to_json(MODEL_SCORES, {})
    names = {"position": Kind.INTEGER, **{name: _kind(name) for name in PLAIN}}
    names["author_kind"] = Kind.STRING
    for score, parts in listed.pop("scores").items():
        names |= {f"scores.{score}.{part}": _kind_of_score(score, part) for part in parts}
    names |= {name: _kind(name) for name in listed}
    names |= {f"more.{name}": _kind(name) for name in more}
    for name in benchmarks:
        path = f"more.{RESULTS}.{name}"
        names |= {f"{path}.value": Kind.FLOAT, f"{path}.source": Kind.STRING}
    return [Column(name, kind, "") for name, kind in names.items()]


def _kind(name: str) -> Kind:
    return _KINDS.get(MODEL.find(name).type, Kind.STRING) if MODEL.has(name) else Kind.STRING


def _kind_of_score(score: str, part: str) -> Kind:
    return _kind({"value": score, "rank": f"{score}_rank"}.get(part, part))
