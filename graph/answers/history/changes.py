"""What happened to models: which changes are asked for, and a page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from graph.answers.cursor import Cursor, Paging, not_issued, onward
from graph.answers.history.timeline import find_model
from graph.answers.parameters import Moment, OneOf, Parameters, Position, Text, Whole
from graph.answers.query import Asked, Query, Reader
from graph.answers.reports import catalogue
from graph.schema import CHANGE

ANY = "any"
KINDS = CHANGE.find("kind").values
"""What can happen to a model."""
MOST_COUNTED = 100_000
"""Where counting ends: beyond, a list says that it holds more."""
MOST_SKIPPED = 10_000_000
TICK = timedelta(microseconds=1)
"""The least step of time that a cursor knows."""

_OF_MODEL = """
MATCH (:Model {id_folded: toLower($model)})<-[:CONCERNS]-(change:Change)
WHERE seen(change, $from, $to) AND ($kind IS NULL OR change.kind = $kind)
"""
_OF_KIND = "MATCH (change:Change) WHERE change.kind = $kind AND seen(change, $from, $to)"
_ALL = "MATCH (change:Change) WHERE seen(change, $from, $to)"
_COUNTED = "WITH change LIMIT $most RETURN count(change) AS changes"


class ChangesParameters(Parameters):
    """What a list of changes accepts."""

    kind: Annotated[str, OneOf(ANY, *KINDS)] = Field(ANY, description="Only changes of this kind.")
    start: Moment | None = Field(None, alias="from", description="Only changes seen from then on.")
    end: Moment | None = Field(None, alias="to", description="Only changes seen before.")
    model: Text | None = Field(None, description="Only changes of this model.")
    limit: Whole = Field(50, ge=25, le=100, description="Most changes on a page.")
    after: Position | None = Field(None, description="Continues the list.")


@dataclass(frozen=True)
class ChangeFilter:
    """Changes of a time, all or those of one kind or model."""

    start: datetime | None = None  # the first moment; None for the start of the history
    end: datetime | None = None  # the moment after the last; None for now
    kind: str | None = None
    model: str | None = None  # its id

    def page(self, limit: int, skip: int = 0) -> tuple[Query, dict[str, object]]:
        """The report that has the index for them, the newest first, and its parameters."""
        report, _, given = self._found_by()
        return catalogue()[report], {**given, "skip": skip, "limit": limit}

    def count(self, read: Reader) -> tuple[int, bool]:
        """How many there are, and whether that is exact."""
        _, text, given = self._found_by()
        most = MOST_COUNTED if self.model is None else MOST_SKIPPED
        query = Query("changes-total", "How many changes", f"{text} {_COUNTED}")
        total = int(read(query, {**given, "most": most}).one()["changes"])
        return total, total < MOST_COUNTED or self.model is not None

    def _found_by(self) -> tuple[str, str, dict[str, object]]:
        """A report that lists them, Cypher that matches them, and what both are given."""
        during = {"from": self.start, "to": self.end}
        if self.model is not None:
            chosen = {"model": self.model, "kind": self.kind}
            return "changes-of-model", _OF_MODEL, {**chosen, **during}
        if self.kind is not None:
            return "changes-of-kind", _OF_KIND, {"kind": self.kind, **during}
        return "changes", _ALL, dict(during)


@dataclass(frozen=True)
class ChangesFound:
    """A page of changes, where it stands, and the query that found them."""

    content: dict[str, Any]  # `changes`, and what was asked for: `from`, `to`, `kind`, `model`
    paging: Paging
    asked: Asked


def list_changes(read: Reader, asked: ChangesParameters) -> ChangesFound:
    """A page of changes, the newest first; `UnknownNameError` if no model has or had the name."""
    model = find_model(read, asked.model) if asked.model else None
    wanted = ChangeFilter(asked.start, asked.end, None if asked.kind == ANY else asked.kind, model)
    list_of = "|".join(("changes", asked.kind, str(asked.start), str(asked.end), model or ""))
    after = Cursor.read(asked.after, "after", list_of, datetime)
    skipped, first = _skipped(after), wanted
    if after is not None and isinstance(after.value, datetime):
        first = ChangeFilter(asked.start, after.value + TICK, wanted.kind, model)
    query, parameters = first.page(asked.limit + 1, skipped)
    found = read(query, parameters).rows
    rows = found[: asked.limit]
    total, exact = wanted.count(read)
    following = _cursor(list_of, rows, after, skipped) if len(found) > asked.limit else None
    paging = onward(after, len(rows), following, asked.limit, total, exact=exact)
    content = {
        "changes": rows, "from": asked.start, "to": asked.end, "kind": wanted.kind, "model": model,
    }  # fmt: skip
    return ChangesFound(content, paging, Asked.of(query, parameters))


def _skipped(after: Cursor | None) -> int:
    """How many changes seen at the cursor's time were shown already."""
    if after is None:
        return 0
    if after.key.isascii() and after.key.isdigit() and int(after.key) <= MOST_SKIPPED:
        return int(after.key)
    raise not_issued("after")


def _cursor(
    list_of: str, rows: Sequence[Mapping[str, Any]], after: Cursor | None, skipped: int
) -> str:
    """Where the next page begins: many changes are seen at one time, so it counts those shown."""
    last = rows[-1]["at"]
    shown = sum(row["at"] == last for row in rows)
    if after is not None and after.value == last:
        shown += skipped
    return str(Cursor(list_of, last, str(shown), (after.position if after else 0) + len(rows)))
