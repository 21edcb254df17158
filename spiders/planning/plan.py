"""What a crawl will cost: requests, time, and what it will not reach."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

from graph.settings import Settings
from graph.store.connection import Graph
from spiders.hub.quota import DOCUMENTED, WINDOW_S

PUBLIC = str(Settings.model_fields["hub_url"].default)
"""Address of the public Hub."""

PAGE = 1_000
"""Models, datasets or Spaces in one answer of the listing, as the public Hub gives them."""

PACE = 2.0
"""Requests a second where the quota allows more; an assumption."""

WEEKLY_CHANGES = 30_000
"""Models of the public Hub that change in a week, about."""

WHOLE_HUB = 3_117_871
"""Models of the public Hub."""
CENSUS = f"A public census of 3 October 2026 walked {WHOLE_HUB:,} models in 3,118 requests."
"""The newest one known, made without an account through the API that `models` uses."""

MODELS_COUNTED: Mapping[str, str] = MappingProxyType(
    {"author": "author", "task": "task", "library": "library"}
)
"""Option → column of the query `crawl-part` that counts the models the graph knows of it."""

MOST_STEPS = 1_000
"""Most steps down that the graph is asked about; no lineage is so long."""

GONE_MEANWHILE = "What is deleted or made private while the crawl runs."
CREATED_LATER = "What is created after the start."
PRIVATE = "What is private, and what gated models show only to those with access."


@dataclass(frozen=True)
class Known:
    """What is known of the size of a crawl."""

    hub_url: str = PUBLIC  # of the Hub that will be crawled
    graph: Graph | None = None  # None when none can be reached
    find: Callable[[str, Mapping[str, object]], Mapping[str, Any]] | None = None
    """Gives the first row of a query of `graph.answers.planning`, by its name."""

    @property
    def is_public(self) -> bool:
        """Whether it is the public Hub, so that `CENSUS` holds."""
        return self.hub_url == PUBLIC

    def row(self, name: str, **parameters: object) -> Mapping[str, Any]:
        """The first row of a query; nothing without a graph."""
        return self.find(name, parameters) if self.find else {}


@dataclass(frozen=True)
class Family:
    """What the graph knows around the models that a crawl of lineage starts at."""

    starts: int
    bases: int  # models above them
    found: int  # below them, within the depth, including those that only the Hub counts
    asked: int  # models of which derivatives are asked for
    more_pages: int  # further pages of derivatives, 1,000 on each
    is_known: bool  # whether the graph knows all the starts
    basis: str  # all this in a sentence

    @property
    def models(self) -> int:
        """Models in all."""
        return self.starts + self.bases + self.found

    @classmethod
    def of(cls, known: Known, models: Sequence[str], depth: int | None) -> Self:
        """Look up the family of some ids, so many steps down, None for all."""
        starts = len({name.lower() for name in models})
        steps = MOST_STEPS if depth is None else min(depth, MOST_STEPS)
        row = known.row("crawl-family", models=list(models), depth=steps)
        if row.get("starts") != starts:
            some = f"{row.get('starts', 0):,} of the {starts:,} models to start at"
            more_each = "and each model found one more" if steps > 1 else "or more"
            basis = f"The graph knows {some}. Each takes two requests, {more_each}."
            return cls(starts, 0, 0, starts, 0, is_known=False, basis=basis)
        more = max(0, row["announced"] - row["direct"]) if steps else 0
        basis = f"The graph knows {row['bases']:,} models above and {row['found']:,} below."
        if more:
            basis += f" The Hub counts {more:,} more that were made from them directly."
        found, asked = row["found"] + more, row["asked"] + (more if steps > 1 else 0)
        bases, pages = row["bases"], row["more_pages"]
        return cls(starts, bases, found, asked, pages, is_known=True, basis=basis)


@dataclass(frozen=True)
class Plan:
    """What a crawl will cost, as far as is known."""

    requests: Mapping[str, int] = field(default_factory=dict)  # by counter of the quota
    records: int | None = None  # about, None if unknown
    is_least: bool = False  # whether there may be many more requests than these
    basis: tuple[str, ...] = ()  # what the numbers rest on, in sentences
    unreached: tuple[str, ...] = ()  # what the crawl will not bring, in sentences

    @property
    def total(self) -> int:
        """Requests of every kind."""
        return sum(self.requests.values())

    def seconds(self, account: str) -> float:
        """Seconds for an account of `DOCUMENTED` when answers come quickly; see `how_long`."""
        limits = DOCUMENTED[account]
        return max((how_long(n, limits[name]) for name, n in self.requests.items()), default=0.0)

    def within(self, budget: int | None) -> "Plan":
        """The plan when only so many requests are allowed; None for as many as it takes."""
        if budget is None or budget >= self.total:
            return self
        share = budget / self.total
        left = f"{self.total - budget:,} requests more than the {budget:,} that are allowed"
        return replace(
            self,
            requests=_shared_out(self.requests, budget),
            records=None if self.records is None else math.floor(self.records * share),
            is_least=False,
            unreached=(f"What {'at least ' * self.is_least}{left} would bring.", *self.unreached),
        )

    def to_dict(self) -> dict[str, object]:
        """As plain data: requests by counter, seconds by account."""
        seconds = {account: round(self.seconds(account)) for account in DOCUMENTED}
        return {**asdict(self), "seconds": seconds}


def size_of_part(
    known: Known, given: Mapping[str, str], counted: Mapping[str, str], what: str
) -> tuple[int | None, str]:
    """About how many items a part of a listing has, None if unknown; and how that is known.

    `counted` says what of that the graph can count, by which column of the query `crawl-part`.
    """
    columns = {name: column for name, column in counted.items() if name in given}
    row = known.row("crawl-part", **{name: given[name] for name in columns})
    counts = [row[column] for column in columns.values() if row.get(column)]
    if not counts:
        return None, f"It is not known how many such {what} there are."
    return min(counts), f"The graph knows {min(counts):,} such {what}; there may be more."


def how_long(requests: int, limit: int) -> float:
    """Seconds that requests take within a limit for each window: whole windows, the rest at `PACE`.

    The first window begins with the first request and is used up at once; the rest takes no longer
    than a window either.
    """
    if requests <= 0:
        return 0.0
    whole = (requests - 1) // limit
    return whole * WINDOW_S + min((requests - whole * limit) / PACE, WINDOW_S)


def pages(items: int, size: int = PAGE) -> int:
    """Requests for a listing of so many items: one at least."""
    return max(1, math.ceil(items / size))


def _shared_out(requests: Mapping[str, int], budget: int) -> dict[str, int]:
    """A budget, spent on each counter by its share."""
    total = sum(requests.values())
    parts = {name: count * budget // total for name, count in requests.items()}
    largest = max(parts, key=parts.__getitem__)
    parts[largest] += budget - sum(parts.values())
    return parts
