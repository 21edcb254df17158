"""What a network is asked for, and what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.answers.query import Asked
from graph.errors import HubgraphError
from graph.schema import RELATIONS

ROOM_FOR_CHILDREN = 300
"""Children of all starting models together, unless `n` says otherwise."""


@dataclass(frozen=True)
class NetworkRequest:
    """Which models a network holds.

    Attributes:
        models: ids to start from; empty: the `top` most influential ones.
        top: how many of the most influential models to start from when no ids are given.
        n: most children per model; None: 100 for one starting model, fewer for several.
        relations: the relations to follow, in the order of `RELATIONS`.
        up: how many steps towards the bases.
        down: how many steps towards the derivatives.
        limit: most models.
        as_of: the lineage as it was then; None: as it is now.
    """

    models: tuple[str, ...] = ()
    top: int = 30
    n: int | None = None
    relations: tuple[str, ...] = RELATIONS
    up: int = 3
    down: int = 2
    limit: int = 2_000
    as_of: datetime | None = None

    @property
    def children(self) -> int:
        """Most children per model."""
        if self.n is not None:
            return self.n
        starts = len(self.models) or self.top
        return min(100, max(5, ROOM_FOR_CHILDREN // starts))


class UnknownModelsError(HubgraphError):
    """None of the models asked for is in the graph."""

    code = "not_found"

    def __init__(self, models: Sequence[str]) -> None:
        super().__init__(f"There is no model {' and no model '.join(models[:3])} in the graph.")
        self.models = tuple(models)


@dataclass(frozen=True)
class NetworkModel:
    """A drawn model.

    Attributes:
        id: its id.
        role: `start`, `base` (above a start), `child` (below one) or `other` (a further base of a
            drawn child, such as the second parent of a merge).
        via: position of the model that it hangs on: the one it was found from, and for a start
            another drawn model that it was made from, or None.
        steps: how far from a start: negative towards the bases.
        relation: how it was made from its bases; None without one.
        bases_left_out: bases of it that are not drawn.
        children: relation → exact number of its children.
        facts: the remaining columns of `FACTS`.
    """

    id: str
    role: str
    via: int | None
    steps: int
    relation: str | None
    bases_left_out: int
    children: dict[str, int]
    facts: dict[str, Any]


@dataclass(frozen=True)
class NetworkLink:
    """A drawn link from a child to a base, as positions in `Network.models`."""

    child: int
    base: int
    relation: str
    cut: str | None = None


@dataclass(frozen=True)
class Aggregate:
    """The children of one model by one relation that are not drawn."""

    base: int
    relation: str
    count: int


@dataclass(frozen=True)
class Total:
    """Links to the drawn models by one relation: `drawn + aggregated + filtered` is exact."""

    drawn: int
    aggregated: int
    filtered: int


@dataclass(frozen=True)
class Network:
    """Models, the links between them, and exact counts of what is left out.

    Attributes:
        models: starts first, then as they were found.
        links: every link between drawn models by the chosen relations.
        aggregates: what was left out, per base and relation.
        totals: per relation, over all drawn models.
        missing: ids asked for that the graph does not hold.
        truncated: `room` or `time` when models within the asked steps were left out for want of it.
        queries: what was asked, each once.
    """

    models: list[NetworkModel]
    links: list[NetworkLink]
    aggregates: list[Aggregate]
    totals: dict[str, Total]
    missing: list[str]
    truncated: str | None
    queries: list[Asked]
