"""What happened to models: which changes are asked for, and a page of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field

from graph.answers.cursor import Cursor, Paging, not_issued, onward
from graph.answers.history.timeline import find_model
from graph.answers.names import UnknownNameError, author_now, near_authors
from graph.answers.parameters import Moment, OneOf, Parameters, Position, Text, Whole
from graph.answers.query import Asked, Query, Reader
from graph.answers.reports import catalogue
from graph.errors import ParameterError
from graph.schema import CHANGE

ANY = "any"
KINDS = CHANGE.find("kind").values
"""What can happen to a model."""
MOST_COUNTED = 100_000
"""Where counting ends: beyond, a list says that it holds more."""
MOST_SKIPPED = 10_000_000
EPOCH = date(1970, 1, 1)
TICK = timedelta(microseconds=1)
"""The least step of time that a cursor knows."""


class ChangeOrder(StrEnum):
    """What changes are ordered by: when they were seen, or the descendants of the model."""

    NEWEST = "newest"
    BLAST = "blast"


NEWEST, BLAST = (order.value for order in ChangeOrder)
_ALL = "MATCH (change:Change) WHERE seen(change, $from, $to)"
_OF_KIND = f"{_ALL} AND change.kind = $kind"
_MODEL = "MATCH (model:Model {id_folded: toLower($model)})"
_AUTHOR = "MATCH (model:Model {author: $author})"
_FAMILY = """
MATCH (:Model {id_folded: toLower($family)})
  <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL AND r.cut IS NULL]-{0,40}
  (model:Model)
WITH DISTINCT model
"""
_BUILT_ON = "WHERE 0 < model.descendants <= $descendants"
_BY = "\nWHERE toLower(model.author) = toLower($author)\nWITH model"
_CHANGED = """
MATCH (model)<-[:CONCERNS]-(change:Change)
WHERE seen(change, $from, $to) AND ($kind IS NULL OR change.kind = $kind)
"""
_FIRST = {
    NEWEST: "change.at DESC, change.kind, change.model",
    BLAST: "model.descendants DESC, change.at DESC, change.kind, change.model",
}
_LISTED = """
WITH model, change ORDER BY {first} SKIP $skip LIMIT $limit
RETURN change.at AS at, change.kind AS kind, model.id AS model, change.model AS called,
  change.before AS before, change.after AS after, model.descendants AS descendants
ORDER BY {then}
"""
_THEN = {NEWEST: "at DESC, kind, called", BLAST: "descendants DESC, at DESC, kind, called"}
_DAYS = """
MATCH (model)<-[:CONCERNS]-(change:Change)
WITH change.at.epochSeconds / 86400 AS day, change.kind AS kind, count(change) AS changes
RETURN collect(day) AS days, collect(kind) AS kinds, collect(changes) AS changes
"""
_COUNTED = "WITH change LIMIT $most RETURN count(change) AS changes"


class ChangesParameters(Parameters):
    """What a list of changes accepts."""

    kind: Annotated[str, OneOf(ANY, *KINDS)] = Field(ANY, description="Only changes of this kind.")
    start: Moment | None = Field(None, alias="from", description="Only changes seen from then on.")
    end: Moment | None = Field(None, alias="to", description="Only changes seen before.")
    model: Text | None = Field(None, description="Only changes of this model.")
    author: Text | None = Field(None, description="Only changes of models of this author.")
    family: Text | None = Field(
        None, description="Only changes of this model and of what descends from it."
    )
    sort: Annotated[str, OneOf(NEWEST, BLAST)] = Field(
        NEWEST,
        description="The newest first, or (`blast`) those of models with the most descendants; "
        "that list has no changes of models without any.",
    )
    limit: Whole = Field(50, ge=25, le=100, description="Most changes on a page.")
    after: Position | None = Field(None, description="Continues the list.")


@dataclass(frozen=True)
class ChangeFilter:
    """Changes of a time: all, or those of one kind, model, author or family."""

    start: datetime | None = None  # the first moment; None for the start of the history
    end: datetime | None = None  # the moment after the last; None for now
    kind: str | None = None
    model: str | None = None  # its id
    author: str | None = None  # as the account spells it
    family: str | None = None  # id of the model that heads it
    sort: str = NEWEST
    most: int | None = None  # descendants of a model, in the order by them; None for any

    @classmethod
    def of(cls, read: Reader, asked: ChangesParameters) -> Self:
        """What is asked for, by today's names; `UnknownNameError` where nothing has or had one."""
        if asked.model and (asked.author or asked.family):
            words = "`model` cannot be combined with `author` or `family`."
            raise ParameterError("model", words, "Leave one of them out.")
        model, family = (find_model(read, n) if n else None for n in (asked.model, asked.family))
        author = author_now(read, asked.author) if asked.author else None
        if asked.author and author is None:
            raise UnknownNameError("author", asked.author, near_authors(read, asked.author))
        kind = None if asked.kind == ANY else asked.kind
        return cls(asked.start, asked.end, kind, model, author, family, asked.sort)

    @property
    def of_some(self) -> bool:
        """Whether it is about the models of an author or a family."""
        return bool(self.author or self.family)

    def page(self, limit: int, skip: int = 0) -> tuple[Query, dict[str, object]]:
        """A query that finds them, in order, and its parameters."""
        given = {**self._given(), "skip": skip, "limit": limit}
        if self.sort == NEWEST and not self.of_some:
            report = "changes" if self.kind is None else "changes-of-kind"
            return catalogue()[report if self.model is None else "changes-of-model"], given
        listed = _LISTED.format(first=_FIRST[self.sort], then=_THEN[self.sort])
        text = f"{self._found()}{listed}"
        return Query("changes-of-models", "Changes of models", text), given

    def count(self, read: Reader) -> tuple[int, bool]:
        """How many there are, and whether that is exact."""
        if self.of_some and self.sort == NEWEST and self._is_of_whole_days():
            return sum(n for day, kind, n in self.by_day(read) if self._holds(day, kind)), True
        most = MOST_COUNTED if self.model is None else MOST_SKIPPED
        query = Query("changes-total", "How many changes", f"{self._found()} {_COUNTED}")
        total = int(read(query, {**self._given(), "most": most}).one()["changes"])
        return total, total < MOST_COUNTED or self.model is not None

    def by_day(self, read: Reader) -> Iterator[tuple[date, str, int]]:
        """How many of each kind were seen on which day, at any time, of an author or a family."""
        query = Query("changes-by-day", "Their changes by day", f"{self._models()}{_DAYS}")
        row = read(query, self._named()).one()
        for day, kind, changes in zip(row["days"], row["kinds"], row["changes"], strict=True):
            yield EPOCH + timedelta(days=day), kind, changes

    def _is_of_whole_days(self) -> bool:
        return all(
            at is None or at.astimezone(UTC).time() == time() for at in (self.start, self.end)
        )

    def _holds(self, day: date, kind: str) -> bool:
        """Whether it is of a kind of change, and of a whole day."""
        at = datetime.combine(day, time(), UTC)
        since = self.start is None or at >= self.start
        return since and (self.end is None or at < self.end) and self.kind in (None, kind)

    def _found(self) -> str:
        """Cypher that matches them."""
        if self.sort == NEWEST and not self.model and not self.of_some:
            return _ALL if self.kind is None else _OF_KIND
        return "\n".join((self._models(), *[_BUILT_ON] * (self.sort == BLAST), _CHANGED.strip()))

    def _models(self) -> str:
        """Cypher that matches the models that they are of."""
        if self.model:
            return _MODEL
        if self.family:
            return f"{_FAMILY.strip()}{_BY if self.author else ''}"
        return _AUTHOR if self.author else "MATCH (model:Model)"

    def _named(self) -> dict[str, object]:
        named = {"model": self.model, "author": self.author, "family": self.family}
        return {name: value for name, value in named.items() if value}

    def _given(self) -> dict[str, object]:
        """What its Cypher is given."""
        given: dict[str, object] = {**self._named(), "from": self.start, "to": self.end}
        if self.kind or self._named() or self.sort == BLAST:
            given["kind"] = self.kind
        if self.sort == BLAST:
            given["descendants"] = MOST_SKIPPED if self.most is None else self.most
        return given


@dataclass(frozen=True)
class ChangesFound:
    """A page of changes, where it stands, and the query that found them."""

    content: dict[str, Any]  # `changes`, and what was asked for
    wanted: ChangeFilter
    paging: Paging
    asked: Asked


def list_changes(read: Reader, asked: ChangesParameters) -> ChangesFound:
    """A page of changes; `UnknownNameError` if no model or author has or had the name."""
    wanted = first = ChangeFilter.of(read, asked)
    list_of = "|".join(map(str, ("changes", *vars(wanted).values())))
    key, type_ = ("at", datetime) if wanted.sort == NEWEST else ("descendants", int)
    after = Cursor.read(asked.after, "after", list_of, type_)
    skipped = _skipped(after)
    match after:
        case Cursor(value=datetime() as at):
            first = replace(wanted, end=at + TICK)
        case Cursor(value=int() as most):
            first = replace(wanted, most=most)
    query, parameters = first.page(asked.limit + 1, skipped)
    found = read(query, parameters).rows
    rows = found[: asked.limit]
    total, exact = wanted.count(read)
    following = _cursor(list_of, key, rows, after, skipped) if len(found) > asked.limit else None
    paging = onward(after, len(rows), following, asked.limit, total, exact=exact)
    content = {
        "changes": rows, "from": asked.start, "to": asked.end, "kind": wanted.kind,
        "model": wanted.model, "author": wanted.author, "family": wanted.family,
        "sort": wanted.sort,
    }  # fmt: skip
    return ChangesFound(content, wanted, paging, Asked.of(query, parameters))


def _skipped(after: Cursor | None) -> int:
    """How many changes with the cursor's value were shown already."""
    if after is None:
        return 0
    if after.key.isascii() and after.key.isdigit() and int(after.key) <= MOST_SKIPPED:
        return int(after.key)
    raise not_issued("after")


def _cursor(
    list_of: str, key: str, rows: Sequence[Mapping[str, Any]], after: Cursor | None, skipped: int
) -> str:
    """Where the next page begins: many changes have one time or model, so it counts those shown."""
    last = rows[-1][key]
    shown = sum(row[key] == last for row in rows)
    if after is not None and after.value == last:
        shown += skipped
    return str(Cursor(list_of, last, str(shown), (after.position if after else 0) + len(rows)))
