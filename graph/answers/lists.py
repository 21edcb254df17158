"""Lists of models: sorted, filtered and paged, each page by the plan that costs least."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from graph.answers import list_queries
from graph.answers.cursor import Cursor, Paging
from graph.answers.list_queries import FILTERS, ORDERS, TOTALS, VALUES, Order
from graph.answers.names import author_now
from graph.answers.parameters import OneOf, Parameters, Position, Text, Whole
from graph.answers.query import Asked, Query, Reader
from graph.answers.row import ListedRow, model_row
from graph.schema import MODEL

SMALL = 9_000
"""Filters that select fewer models are read whole and sorted; otherwise the index of the order is
walked, where one model in every few hundred fits."""
SMALL_SCORED = 40_000
"""The same in the order of a score: most models are seen at once to have none."""
MOST_COUNTED = 12_000
"""Where counting a list with several filters ends: of a longer one is said that it is longer."""
MOST_OF_AUTHOR = 1_000_000
"""The same of an author's models, none of whom has so many."""


class ListParameters(Parameters):
    """What a list of models accepts."""

    sort: Annotated[str, OneOf(*ORDERS)] = Field("influence", description="Order of the models.")
    order: Annotated[str, OneOf("desc", "asc")] = Field("desc", description="Its direction.")
    limit: Whole = Field(50, ge=25, le=100, description="Most models on a page.")
    after: Position | None = Field(None, description="Continues the list.")
    before: Position | None = Field(None, description="Goes back in the list.")


class ModelsParameters(ListParameters):
    """What the leaderboard accepts."""

    author: Text | None = Field(None, description="Only models of this author.")
    task: Text | None = Field(None, description="Only models of this task.")
    license: Text | None = Field(None, description="Only models under this licence.")
    library: Text | None = Field(None, description="Only models of this library.")


@dataclass(frozen=True)
class ModelList:
    """A page of a list; each of its rows has its `position` in the list."""

    models: list[ListedRow]
    sort: str
    order: str


@dataclass(frozen=True)
class Listing:
    """A page of a list, where it stands, and the query that found its rows."""

    content: ModelList
    paging: Paging
    without: int | None  # selected models that have no value to be sorted by; None: not counted
    filters: dict[str, str]  # as the graph spells their values
    asked: Asked


def models(
    read: Reader, asked: ListParameters, filters: Mapping[str, str | None] | None = None
) -> Listing:
    """A page of the list of models, narrowed by values of `FILTERS`; default: as asked."""
    values = filters or {name: getattr(asked, name, None) for name in FILTERS}
    given = {name: spelled(read, name, value) for name, value in values.items() if value}
    return _Page(read, asked, given).listing()


def spelled(read: Reader, name: str, value: str) -> str:
    """A filter's value as the graph spells it: of an author in any case, else in lower case.

    Tasks, licences and libraries are lower-case on the Hub, with few exceptions.
    """
    if name == "author":
        return author_now(read, value) or value
    if value == value.lower() or read(list_queries.is_used(name), {"value": value}).one()["used"]:
        return value
    return value.lower()


class _Page:
    """One page while it is read."""

    def __init__(self, read: Reader, asked: ListParameters, given: dict[str, str]) -> None:
        self.read = read
        self.asked = asked
        self.given = given
        self.order: Order = ORDERS[asked.sort]
        self.kind = "|".join((asked.sort, asked.order, *(given.get(f, "") for f in FILTERS)))
        self.after = Cursor.read(asked.after, "after", self.kind, self.order.type)
        self.before = (
            None if self.after else Cursor.read(asked.before, "before", self.kind, self.order.type)
        )

    def listing(self) -> Listing:
        by, narrow = self.narrowest()
        query, parameters = self.question(by if narrow else None)
        rows = [model_row(record) for record in self.read(query, parameters).rows]
        more = len(rows) > self.asked.limit
        rows = rows[: self.asked.limit]
        if self.before:
            rows.reverse()
        first = self.after.position + 1 if self.after else 1
        if self.before:
            first = max(1, self.before.position - len(rows))
        for position, row in enumerate(rows, first):
            row["position"] = position
        total, without, exact = self.total(by)
        has_before, has_after = (more, True) if self.before else (self.after is not None, more)
        last = first + len(rows) - 1
        paging = Paging(
            after=self.place(rows[-1]) if rows and has_after else None,
            before=self.place(rows[0]) if rows and has_before else None,
            limit=self.asked.limit,
            total=total if exact else max(total, last),
            total_is_exact=exact,
            first=first if rows else 0,
            last=last if rows else 0,
        )
        content = ModelList(rows, self.asked.sort, self.asked.order)
        return Listing(content, paging, without, self.given, Asked.of(query, parameters))

    def narrowest(self) -> tuple[tuple[str, ...], bool]:
        """The filter, or the two, whose index finds the fewest models; and whether those are few.

        An author has few models, whatever else is asked.
        """
        if not self.given:
            return (), False
        if "author" in self.given:
            return ("author",), True
        pairs = [pair for pair in MODEL.found_by if set(pair) <= self.given.keys()]
        candidates = tuple(pairs or [(name,) for name in self.given])
        most = SMALL_SCORED if self.order.scored else SMALL
        found = self.read(
            list_queries.selection_sizes(candidates), {**self.given, "most": most}
        ).one()
        by = min(candidates, key=lambda names: int(found["_".join(names)]))
        return by, found["_".join(by)] < most

    def question(self, by: tuple[str, ...] | None) -> tuple[Query, dict[str, object]]:
        """What finds the rows, and one more, which says whether another page follows."""
        cursor = self.before or self.after
        parameters: dict[str, object] = {**self.given, "limit": self.asked.limit + 1}
        if cursor:
            parameters |= {"value": cursor.value, "id": cursor.key}
        ascending = (self.asked.order == "asc") != (self.before is not None)
        how = {"ascending": ascending, "continued": cursor is not None}
        filters = tuple(self.given)
        if by:
            return list_queries.read_whole(self.order, by, filters, **how), parameters
        return list_queries.walk(self.order, filters, **how), parameters

    def place(self, row: Mapping[str, Any]) -> str:
        """The cursor of a row."""
        value = row["scores"].get(self.order.name, row).get(self.order.key)
        return str(Cursor(self.kind, value, row["id"], row["position"]))

    def total(self, by: tuple[str, ...]) -> tuple[int, int | None, bool]:
        """How many models the list holds, how many lack the value, and whether that is exact.

        Of one common task, licence or library that is known. Where counting ended early, the list
        holds at least so many.
        """
        key = self.order.key
        if not by:
            totals = self.read(TOTALS).one()
            return totals[key], totals[f"without_{key}"], True
        if len(self.given) == 1 and by != ("author",):
            for item in self.read(VALUES).one()[by[0]]:
                if item["value"] == self.given[by[0]]:
                    return item[key], item["models"] - item[key], True
        most = MOST_OF_AUTHOR if by == ("author",) else MOST_COUNTED
        query = list_queries.selection_total(self.order, by, tuple(self.given))
        found = self.read(query, {**self.given, "most": most}).one()
        exact = found["counted"] < most
        return found["models"], found["without"] if exact else None, exact
