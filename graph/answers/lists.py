"""Lists of models: sorted, filtered and paged, each page by the plan that costs least."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from graph.answers import list_queries
from graph.answers.columns import COLUMNS
from graph.answers.cursor import Cursor, Paging
from graph.answers.facet_counts import list_total
from graph.answers.filters import Condition, FilterParameters, Filters, Parts, filters_of
from graph.answers.list_queries import TOTALS
from graph.answers.list_results import MOST_SHOWN
from graph.answers.orders import ORDERS, Order
from graph.answers.parameters import Ids, OneOf, Parameters, Position, Whole
from graph.answers.query import Asked, Query, Reader
from graph.answers.row import ListedRow, model_row
from graph.schema import MODEL

SMALL = 9_000
"""Filters that select fewer models are read whole and sorted; otherwise the index of the order is
walked, where one model in every few hundred fits."""
SMALL_SCORED = 40_000
"""The same in the order of a score: most models are seen at once to have none."""
LOOKS = 20_000
"""Models that a walk looks at for one page; where fewer fit than the page holds, it ends there."""
LOOKS_AT_IDS = 100_000
"""The same where only their ids are asked, which the index has."""
MOST_COUNTED = 12_000
"""Where counting a list with several filters ends: of a longer one is said that it is longer."""
MOST_OF_AUTHOR = 1_000_000
"""The same of an author's models, none of whom has so many."""
FARTHEST = 100_000
"""Largest position in a list that can be gone to."""


class ListParameters(Parameters):
    """What a list of models accepts."""

    sort: Annotated[str, OneOf(*ORDERS)] = Field("influence", description="Order of the models.")
    order: Annotated[str, OneOf("desc", "asc")] = Field("desc", description="Its direction.")
    limit: Whole = Field(50, ge=25, le=100, description="Most models on a page.")
    after: Position | None = Field(None, description="Continues the list.")
    before: Position | None = Field(None, description="Goes back in the list.")


class ModelsParameters(FilterParameters, ListParameters):
    """What the leaderboard accepts."""

    start: Whole = Field(
        1, ge=1, le=FARTHEST, description="Position in the list at which the page begins."
    )
    cols: Annotated[list[Annotated[str, OneOf(*COLUMNS)]], Parts] = Field(
        default_factory=list, description="Columns of the table, in order; the rows' `more` too."
    )
    benchmark: Ids = Field(
        default_factory=list,
        max_length=MOST_SHOWN,
        description="Results of the models on this benchmark, as a further column; may be "
        "repeated.",
    )


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
    filters: Filters  # as the graph spells their values
    asked: Asked
    looked: int | None = None  # where the page ended early: models looked at for it


@dataclass(frozen=True)
class ListPart:
    """Some rows of a list, one after the other."""

    rows: list[ListedRow]
    first: int  # position of the first
    after: str | None  # cursor of what follows
    before: str | None  # cursor of what is in front
    ended_early: bool  # whether more could follow, but enough models were looked at
    by: tuple[Condition, ...]  # those whose index finds the fewest models
    asked: Asked


def models(
    read: Reader,
    asked: ListParameters,
    filters: Filters | None = None,
    more: tuple[str, ...] = (),
) -> Listing:
    """A page of the list of models, narrowed by filters; default: as asked.

    `more` are properties that its rows have in `more`.
    """
    if filters is None:
        filters = filters_of(read, asked) if isinstance(asked, FilterParameters) else Filters()
    return ListPage(read, asked, filters, more=more).listing()


class ListPage:
    """One page while it is read.

    With a `limit` of its own it is a part of a file: longer, and never cached.
    """

    def __init__(
        self,
        read: Reader,
        asked: ListParameters,
        filters: Filters,
        *,
        more: tuple[str, ...] = (),
        limit: int | None = None,
    ) -> None:
        self.read = read
        self.asked = asked
        self.filters = filters
        self.more = more
        self.limit = limit or asked.limit
        self.row_limit = limit + 1 if limit else None
        self.conditions = filters.conditions()
        self.order: Order = ORDERS[asked.sort]
        self.kind = f"{asked.sort}|{asked.order}|{filters.key}"
        self.after = Cursor.read(asked.after, "after", self.kind, self.order.type)
        self.before = (
            None if self.after else Cursor.read(asked.before, "before", self.kind, self.order.type)
        )
        cursor = self.after or self.before
        self.start = 1 if cursor else getattr(asked, "start", 1)

    def listing(self) -> Listing:
        """The page."""
        found = self.part()
        total, without, exact = self.total(found.by)
        last = found.first + len(found.rows) - 1
        if not exact and not found.after and (found.rows or self.start == 1):  # seen to its end
            total, exact = last, True
        is_end = exact and last >= total and self.before is None
        paging = Paging(
            after=None if is_end else found.after,
            before=found.before,
            limit=self.limit,
            total=total if exact else max(total, last if found.rows else 0),
            total_is_exact=exact,
            first=found.first if found.rows else 0,
            last=last if found.rows else 0,
            start=self.after is not None and not found.rows,
        )
        content = ModelList(found.rows, self.asked.sort, self.asked.order)
        looked = self.looks if found.ended_early and not is_end else None
        return Listing(content, paging, without, self.filters, found.asked, looked)

    def part(self, plan: tuple[tuple[Condition, ...], bool] | None = None) -> ListPart:
        """Its rows, and where the list goes on; `plan` as `narrowest` returned it."""
        by, narrow = plan or self.narrowest()
        query, parameters = self.question(by if narrow else ())
        records = self.read(query, parameters, row_limit=self.row_limit).rows
        more = len(records) > self.limit
        unseen = self.start > 1 and not records  # nobody knows how many were skipped
        end = None if more or narrow or unseen else self.end_of_walk()
        records = records[: self.limit]
        if self.before:
            records.reverse()
        first = self.after.position + 1 if self.after else self.start
        if self.before:
            first = max(1, self.before.position - len(records))
        last = first + len(records) - 1
        return ListPart(
            [{**_row(record), "position": at} for at, record in enumerate(records, first)],
            first,
            after=self._onward(records, more, end, last),
            before=self._back(records, more, end, first),
            ended_early=end is not None,
            by=by,
            asked=Asked.of(query, parameters),
        )

    def narrowest(self) -> tuple[tuple[Condition, ...], bool]:
        """The condition, or the two, whose index finds the fewest models; whether those are few.

        An author has few models, whatever else is asked.
        """
        indexed = {c.index: c for c in self.conditions if c.index}
        if not indexed:
            return (), False
        if "author" in indexed:
            return (indexed["author"],), True
        pairs = [pair for pair in MODEL.found_by if set(pair) <= indexed.keys()]
        singles = [(name,) for name in indexed if not any(name in pair for pair in pairs)]
        candidates = tuple(
            (names, tuple(indexed[name].found for name in names)) for names in (*pairs, *singles)
        )
        most = SMALL_SCORED if self.order.scored else SMALL
        given = {"most": most} | _given(tuple(indexed.values()))
        found = self.read(list_queries.selection_sizes(candidates), given).one()
        names = min((names for names, _ in candidates), key=lambda by: int(found["_".join(by)]))
        return tuple(indexed[name] for name in names), found["_".join(names)] < most

    def question(self, by: tuple[Condition, ...]) -> tuple[Query, dict[str, object]]:
        """What finds the rows, and one more, which says whether another page follows."""
        cursor = self.before or self.after
        parameters: dict[str, object] = {**_given(self.conditions), "limit": self.limit + 1}
        if cursor:
            parameters |= {"value": cursor.value, "id": cursor.key}
        if self.start > 1:
            parameters["skip"] = self.start - 1
        how: Any = {**self._how(), "skips": self.start > 1, "more": self.more}
        if by:
            rest = tuple(c.test for c in self.conditions if c not in by)
            names, found = tuple(c.index for c in by), tuple(c.found for c in by)
            return list_queries.read_whole(self.order, names, found, rest, **how), parameters
        bound, rest = self._bound()
        if rest:
            parameters["looks"] = self.looks
        return list_queries.walk(self.order, rest, bound=bound, **how), parameters

    @property
    def looks(self) -> int:
        """How many models a walk looks at for one page."""
        only_ids = len(self.conditions) == 1 and bool(self.filters.q)
        return LOOKS_AT_IDS if only_ids else LOOKS

    def end_of_walk(self) -> tuple[Any, str] | None:
        """Value and id of the last model that was looked at, if more follow."""
        bound, rest = self._bound()
        if not rest:
            return None
        query = list_queries.walk_end(self.order, bound=bound, **self._how())
        cursor = self.before or self.after
        given: dict[str, object] = {**_given(self.conditions), "looks": self.looks}
        if cursor:
            given |= {"value": cursor.value, "id": cursor.key}
        found = self.read(query, given).one()
        return (found["value"], found["id"]) if found else None

    def _how(self) -> dict[str, bool]:
        ascending = (self.asked.order == "asc") != (self.before is not None)
        continued = (self.before or self.after) is not None
        return {"ascending": ascending, "continued": continued}

    def _bound(self) -> tuple[str, tuple[str, ...]]:
        """The condition on the order itself, which its index answers, and the others."""
        bound = [c.test for c in self.conditions if c.index == self.order.key]
        rest = tuple(c.test for c in self.conditions if c.index != self.order.key)
        return "".join(bound), rest

    def _onward(
        self, rows: Sequence[Mapping[str, Any]], more: bool, end: tuple[Any, str] | None, last: int
    ) -> str | None:
        """The cursor of the next page."""
        if self.before is None and end:
            return str(Cursor(self.kind, *end, last))
        follows = self.before is not None or more
        return self._place(rows[-1], last) if rows and follows else None

    def _back(
        self, rows: Sequence[Mapping[str, Any]], more: bool, end: tuple[Any, str] | None, first: int
    ) -> str | None:
        """The cursor of the page before."""
        if self.before is not None and end:
            return str(Cursor(self.kind, *end, first))
        follows = more if self.before else self.after is not None or self.start > 1
        return self._place(rows[0], first) if rows and follows else None

    def _place(self, record: Mapping[str, Any], position: int) -> str:
        """The cursor of a row."""
        return str(Cursor(self.kind, record["value"], record["model"]["id"], position))

    def total(self, by: tuple[Condition, ...]) -> tuple[int, int | None, bool]:
        """How many models the list holds, how many lack the value, and whether that is exact.

        Where counting ended early, the list holds at least so many.
        """
        key = self.order.key
        if not self.conditions:
            totals = self.read(TOTALS).one()
            return totals[key], totals[f"without_{key}"], True
        if self.filters.only_facets and (known := list_total(self.read, key, self.filters.facets)):
            return *known, True
        if not by:
            return 0, None, False
        most = MOST_OF_AUTHOR if by[0].index == "author" else MOST_COUNTED
        names, found = tuple(c.index for c in by), tuple(c.found for c in by)
        rest = tuple(c.test for c in self.conditions if c not in by)
        query = list_queries.selection_total(self.order, names, found, rest)
        row = self.read(query, {**_given(self.conditions), "most": most}).one()
        exact = row["looked"] < most
        return row["models"], row["without"] if exact else None, exact


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**model_row(record), "more": record["more"]}


def _given(conditions: Sequence[Condition]) -> dict[str, object]:
    return {name: value for condition in conditions for name, value in condition.given.items()}
