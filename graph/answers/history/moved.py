"""Why a model's influence moved: what its descendants gave at a past time, and what they give now.

Both lineages are cleaned and weighed as `hubgraph influence` does it, with the settings of now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from graph.answers.explanation import MOST
from graph.answers.names import name_now, unknown_model
from graph.answers.query import Query, reader
from graph.schema import RELATIONS
from graph.scores import cleaning, explaining
from graph.scores.lineage import read_lineage
from graph.scores.rounds import Rounds
from graph.settings import Settings
from graph.store.connection import LONG_S, Graph

_NUMBER = Query(
    "model-number",
    "The model's internal id",
    "MATCH (m:Model {id: $model}) RETURN id(m) AS number",
)
_NAMED = Query(
    "models-named",
    "Names and authors of models",
    """
MATCH (m:Model) WHERE id(m) IN $numbers
RETURN collect(id(m)) AS number, collect(m.id) AS model, collect(coalesce(m.author, '')) AS author,
       collect(CASE WHEN undated(m, $since) THEN id(m) END) AS undated
""",
    patience_s=LONG_S,
)


@dataclass(frozen=True)
class Move:
    """What some descendants gave then and give now, in effective descendants."""

    name: str
    models_then: int
    models_now: int
    then: float
    now: float
    change: float


@dataclass(frozen=True)
class Moved:
    """The effective descendants of a model at two times, and where the difference comes from.

    Each list adds up to the difference. `by_child` are models made directly from it, with all that
    comes over them. Of `by_child` and `by_author`, the last is what the others moved together.
    """

    model: str
    since: datetime
    then: float
    now: float
    change: float
    descendants_then: int
    descendants_now: int
    undated: int  # of those that came: without a date of creation, so they may be older
    by_fate: list[Move]  # came; went: are gone, or no longer made from it; stayed
    by_child: list[Move]  # those that moved most first
    by_author: list[Move]
    by_relation: list[Move]  # how the descendants were made
    by_depth: list[Move]  # steps to them


@dataclass(frozen=True)
class _Then:
    """What the descendants of a model give at a time; each list has a value for each of them."""

    number: list[int]  # internal ids of those on the Hub
    worth: list[float]
    relation: list[str]
    depth: list[str]
    child: list[int]  # internal ids of the models made directly from it
    over: list[float]  # what comes over each of these


def moved(graph: Graph, settings: Settings, name: str, since: datetime) -> Moved:
    """Explain how the influence of a model, by any spelling of its name, moved since a time.

    Raises:
        UnknownNameError: there is no such model.
    """
    read = reader(graph)
    model = name_now(read, name)
    if model is None:
        raise unknown_model(read, name)
    number = int(read(_NUMBER, {"model": model}).one()["number"])
    then, now = (_at(graph, settings, number, time) for time in (since, None))
    wanted = sorted({*then.number, *then.child, *now.number, *now.child})
    row = read(_NAMED, {"numbers": wanted, "since": since}, row_limit=1).one()
    id_of = dict(zip(row["number"], row["model"], strict=True))
    author_of = dict(zip(row["number"], row["author"], strict=True))
    before, after = set(then.number), set(now.number)
    stayed = before & after

    def fate(one: int) -> str:
        return "stayed" if one in stayed else "went" if one in before else "came"

    fates = moves(map(fate, then.number), then.worth, map(fate, now.number), now.worth)
    authors = [[author_of[one] or "no author" for one in each.number] for each in (then, now)]
    names = [[id_of[one] for one in each.child] for each in (then, now)]
    return Moved(
        model=model,
        since=since,
        then=sum(then.worth),
        now=sum(now.worth),
        change=sum(now.worth) - sum(then.worth),
        descendants_then=len(before),
        descendants_now=len(after),
        undated=len(after - before & {*row["undated"]}),
        by_fate=sorted(fates, key=lambda move: move.name),
        by_child=_first(moves(names[0], then.over, names[1], now.over)),
        by_author=_first(moves(authors[0], then.worth, authors[1], now.worth)),
        by_relation=moves(then.relation, then.worth, now.relation, now.worth),
        by_depth=sorted(
            moves(then.depth, then.worth, now.depth, now.worth), key=lambda move: int(move.name)
        ),
    )


def moves(
    names_then: Iterable[str],
    then: Sequence[float],
    names_now: Iterable[str],
    now: Sequence[float],
) -> list[Move]:
    """Values of two times by their names, the largest change first; the changes add up."""
    found: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for place, names, values in ((0, names_then, then), (1, names_now, now)):
        for name, value in zip(names, values, strict=True):
            found[name][place].append(value)
    moved = [_move(name, *values) for name, values in found.items()]
    return sorted(moved, key=lambda move: (-abs(move.change), move.name))


def _move(name: str, then: Sequence[float], now: Sequence[float]) -> Move:
    return Move(name, len(then), len(now), sum(then), sum(now), sum(now) - sum(then))


def _first(found: list[Move]) -> list[Move]:
    """The first `MOST`, and the others as one."""
    first, rest = found[:MOST], found[MOST:]
    if not rest:
        return first
    numbers = zip(
        *((m.models_then, m.models_now, m.then, m.now, m.change) for m in rest), strict=True
    )
    return [*first, Move(f"{len(rest):,} others", *map(sum, numbers))]


def _at(graph: Graph, settings: Settings, number: int, time: datetime | None) -> _Then:
    found = read_lineage(graph, time).including(np.array([number]))
    lineage = cleaning.clean(Rounds(), settings, found, cleaning.marks_of(graph, found))
    model, damping = int(np.searchsorted(found.node, number)), settings.damping
    given = explaining.gifts(lineage.links, lineage.weight, model, damping) / (1 - damping)
    depth = explaining.depths(lineage.links, np.arange(lineage.links.size) == model)
    below = np.flatnonzero((depth > 0) & ~lineage.gone)
    child, over = explaining.passed_on(lineage.links, lineage.weight, model, damping)
    return _Then(
        number=found.node[below].tolist(),
        worth=given[below].tolist(),
        relation=[RELATIONS[kind] for kind in lineage.kind[below].tolist()],
        depth=[str(steps) for steps in depth[below].tolist()],
        child=found.node[child].tolist(),
        over=(over / (1 - damping)).tolist(),
    )
