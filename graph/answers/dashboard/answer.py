"""The dashboard's content, from its questions: cards, growth, concentration, the treemap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated, Any

from pydantic import Field

from graph.answers.dashboard.measures import CARDS, MEASURES
from graph.answers.dashboard.opened import Opened, best_of_group
from graph.answers.dashboard.queries import AUTHORS, GROUPS, GROWTH, LANGUAGES, SPREADS, TASKS
from graph.answers.filters import Filters, spelled
from graph.answers.lists import ListPage, ListParameters
from graph.answers.parameters import OneOf, Parameters, Text
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from graph.schema import RELATIONS

MADE = (*RELATIONS, "declared", "root", "not_stated")
"""How models were made: by a relation, by one that only cards and tags declare, from nothing."""
LARGEST = 10
"""Authors whose share is named."""
MOST_TILES = 20
"""Parts that the treemap shows; what is left is one more."""


class DashboardParameters(Parameters):
    """What the dashboard accepts."""

    by: Annotated[str, OneOf(*MEASURES)] = Field(
        "models", description="What groups are measured by."
    )
    open: Text | None = Field(
        None,
        description="Shows the ten best of a group, such as `language:ar`; `language`: not stated.",
    )
    english: Annotated[str, OneOf("with", "without")] = Field(
        "with", description="Whether the languages include English."
    )
    per: Annotated[str, OneOf("month", "week")] = Field("month", description="Step of the growth.")
    popular: Annotated[str, OneOf("task", "author")] = Field(
        "task", description="Whose downloads, likes and sizes are compared."
    )
    middle: Annotated[str, OneOf("median", "mean", "total")] = Field(
        "median", description="Which downloads and likes stand for a task or an author."
    )
    axes: Annotated[str, OneOf("likes-downloads", "downloads-size", "likes-size")] = Field(
        "likes-downloads", description="What is compared with what."
    )
    scale: Annotated[str, OneOf("linear", "log")] = Field(
        "linear", description="Scale of the bars."
    )
    task: Text | None = Field(None, description="The treemap shows authors of this task.")
    author: Text | None = Field(None, description="And of them, models of this author.")


@dataclass(frozen=True)
class GroupRow:
    """A group of models; None where nothing of it is known, a `value` of None is not stated.

    `share` is its part of what all models are by the measure asked for. Medians are known of tasks
    and sizes, `authors` of kinds of authors.
    """

    card: str  # one of `CARDS`
    value: str | None
    models: int
    influence: float | None
    downloads: int | None
    likes: int | None
    share: float | None
    authors: int | None = None
    median_downloads: float | None = None
    median_likes: float | None = None

    def by(self, measure: str) -> float | None:
        """Its number by one of `MEASURES`."""
        found: float | None = getattr(self, measure)
        return found


@dataclass(frozen=True)
class GroupSpread:
    """Of a measure within a group: its quartiles, over the models of which it is known."""

    card: str
    value: str | None
    measure: str
    models: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class GrowthRow:
    """Models created within a month or a week, by how they were made."""

    start: str  # its first day
    models: int
    made: dict[str, int]  # by `MADE`


@dataclass(frozen=True)
class Concentration:
    """How unevenly authors share in something.

    `gini` is 0 where all have as much and near 1 where one has all; `hhi` (Herfindahl and
    Hirschman) is the sum of squared shares, times 10,000. `curve` is Lorenz': shares of the authors
    with least, and of what they have.
    """

    authors: int
    gini: float | None
    hhi: float | None
    largest: float | None  # share of the ten largest
    curve: list[list[float]]


@dataclass(frozen=True)
class TreeTile:
    """A part of the treemap: a task, an author of it, or a model; the last one is the rest."""

    value: str | None  # None: not stated
    size: float
    is_rest: bool = False


@dataclass(frozen=True)
class DashboardAnswer:
    """Who and what dominates, how the Hub grows, what is missing.

    `more` counts, by card, the values that are not listed. Models without a date are `undated`,
    those of before the Hub kept dates `before_dates`; neither is in `growth`, whose numbers are
    therefore at least what is shown.
    """

    by: str
    models: int
    authors: int
    totals: dict[str, float | None]
    values: list[GroupRow]
    more: dict[str, int]
    spreads: list[GroupSpread]
    growth: list[GrowthRow]
    undated: int
    before_dates: int
    missing: list[dict[str, Any]]
    size_groups: list[dict[str, Any]]  # rows of the report of that name
    popularity: list[dict[str, Any]]  # rows of `task-popularity` or `author-popularity`
    concentration: Concentration
    tree: list[TreeTile]
    opened: Opened | None

    def card(self, name: str) -> list[GroupRow]:
        """Its rows, the most first by what was asked for."""
        return [row for row in self.values if row.card == name]


def dashboard(read: Reader, asked: DashboardParameters) -> DashboardAnswer:
    """Read what the dashboard shows."""
    by = asked.by
    found = {row["card"]: row for query in (GROUPS, LANGUAGES) for row in read(query).rows}
    authors = {row["measure"]: row for row in read(AUTHORS).rows}
    spreads = [_spread(row) for row in read(SPREADS).rows]
    medians = {(s.card, s.value, s.measure): s.median for s in spreads}
    made = _listing(found.get("relation", {}).get("tops", []))
    totals = {name: _sum(row[name] for row in made) for name in MEASURES}
    groups = {name: _listing(found[name]["tops"]) if name in found else [] for name in CARDS}
    of_authors: list[Sequence[Any]] = [row for held in authors.values() for row in held["top"]]
    groups["author"] = _listing(list({row[0]: row for row in of_authors}.values()))
    held = next(iter(authors.values()), None)
    groups["publisher"] = held["kinds"] if held else []
    rows = [_row(card, group, by, totals[by], medians) for card in CARDS for group in groups[card]]
    if asked.english == "without":
        rows = [row for row in rows if (row.card, row.value) != ("language", "en")]
    rows.sort(key=lambda row: (CARDS.index(row.card), -(row.by(by) or 0), row.value or ""))
    counted = {card: found[card]["values"] for card in found}
    counted["author"] = held["authors"] if held else 0
    listed_rows = {card: len(groups[card]) for card in CARDS}
    steps = read(GROWTH).rows
    return DashboardAnswer(
        by=by,
        models=int(totals["models"] or 0),
        authors=held["authors"] if held else 0,
        totals=totals,
        values=rows,
        more={card: counted.get(card, listed_rows[card]) - listed_rows[card] for card in CARDS},
        spreads=spreads,
        growth=growth_of(steps, asked.per),
        undated=sum(row["models"] for row in steps if not row["dated"]),
        before_dates=sum(row["models"] for row in steps if row["per"] == "none" and row["dated"]),
        missing=read(catalogue()["missing-data"]).rows,
        size_groups=read(catalogue()["size-groups"]).rows,
        popularity=read(catalogue()[f"{asked.popular}-popularity"]).rows,
        concentration=_concentration(authors.get(by)),
        tree=_tree(read, asked, groups["task"], totals[by]),
        opened=best_of_group(read, asked.open, _sort(by, totals)) if asked.open else None,
    )


def _listing(tops: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(("value", *MEASURES), row[:5], strict=True)) for row in tops]


def _row(
    card: str,
    group: Mapping[str, Any],
    by: str,
    total: float | None,
    medians: Mapping[tuple[str, str | None, str], float],
) -> GroupRow:
    number = group[by]
    return GroupRow(
        card=card,
        **group,
        share=number / total if total and number is not None else None,
        median_downloads=medians.get((card, group["value"], "downloads")),
        median_likes=medians.get((card, group["value"], "likes")),
    )


def _spread(row: Mapping[str, Any]) -> GroupSpread:
    low, median, high = row["quartiles"]
    return GroupSpread(row["card"], row["value"], row["measure"], row["models"], low, median, high)


def _sum(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sort(by: str, totals: Mapping[str, float | None]) -> str:
    """The order of the best: the measure itself; of numbers of models influence, if scored."""
    if by != "models":
        return by
    return "influence" if totals["influence"] is not None else "downloads"


def growth_of(rows: Sequence[Mapping[str, Any]], per: str) -> list[GrowthRow]:
    """New models by `month` or `week`, from rows of `GROWTH`."""
    made: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["per"] == per:
            of = made.setdefault(row["start"], {})
            of[row["relation"] or "not_stated"] = row["models"]
    return [GrowthRow(start, sum(of.values()), of) for start, of in sorted(made.items())]


def _concentration(found: Mapping[str, Any] | None) -> Concentration:
    percents = found["percents"] if found else []
    count = sum(authors for authors, *_ in percents)
    total = sum(held for _, held, _, _ in percents)
    if not found or not total:
        return Concentration(count, None, None, None, [])
    weighted = sum(part for _, _, part, _ in percents)
    squared = sum(part for *_, part in percents)
    at = MEASURES.index(found["measure"]) + 1
    curve = [
        [share / count, held / total]
        for share, held in zip(
            accumulate(authors for authors, *_ in percents),
            accumulate(held for _, held, _, _ in percents),
            strict=True,
        )
    ]
    return Concentration(
        authors=count,
        gini=2 * weighted / (count * total) - (count + 1) / count,
        hhi=10_000 * squared / total**2,
        largest=sum(row[at] for row in found["top"][:LARGEST]) / total,
        curve=[[0.0, 0.0], *curve],
    )


def _tree(
    read: Reader,
    asked: DashboardParameters,
    tasks: Sequence[Mapping[str, Any]],
    total: float | None,
) -> list[TreeTile]:
    """Tasks; or authors of a task; or models of an author of that task, by likes or downloads."""
    of_task = next((row[asked.by] for row in tasks if row["value"] == asked.task), None)
    if asked.task and asked.author:
        sort = asked.by if asked.by != "models" else "downloads"
        chosen = Filters({"author": [spelled(read, "author", asked.author)], "task": [asked.task]})
        found = ListPage(read, ListParameters(sort=sort, limit=25), chosen).part().rows
        return [TreeTile(row["id"], size) for row in found[:25] if (size := _size(row, sort))]
    if asked.task:
        rows = read(TASKS).rows
        tops: list[list[Any]] = next((row["tops"] for row in rows if row["card"] == asked.task), [])
        return _tiles(_listing(tops), asked.by, of_task)
    return _tiles(tasks, asked.by, total)


def _size(row: Mapping[str, Any], sort: str) -> float | None:
    found: float | None = (
        row["scores"]["influence"]["effective_descendants"] if sort == "influence" else row[sort]
    )
    return found


def _tiles(rows: Sequence[Mapping[str, Any]], by: str, total: float | None) -> list[TreeTile]:
    tiles = [TreeTile(row["value"], row[by]) for row in rows if row[by]]
    tiles.sort(key=lambda tile: -tile.size)
    tiles = tiles[:MOST_TILES]
    rest = (total or 0) - sum(tile.size for tile in tiles)
    return [*tiles, TreeTile(None, rest, is_rest=True)] if rest > 1e-6 * (total or 0) else tiles
