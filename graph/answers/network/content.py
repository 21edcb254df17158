"""What a network is asked for, and what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.answers.lists import ModelsParameters
from graph.answers.network.path import Ways
from graph.answers.query import Asked
from graph.errors import HubgraphError
from graph.schema import RELATIONS

ROOM_FOR_CHILDREN = 300
"""Children of all starting models together, unless `n` says otherwise."""
MOST_MODELS = 20_000
"""Most models that a network holds."""
VIEWS = ("top", "full", "authors", "orgs")
"""The most influential children of each model, all, one node per author, organizations alone."""


@dataclass(frozen=True)
class NetworkRequest:
    """Which models a network holds."""

    models: tuple[str, ...] = ()  # ids to start from; empty: the `top` most influential ones
    top: int = 30
    n: int | None = None  # most children per model; None: 100 for one start, fewer for several
    relations: tuple[str, ...] = RELATIONS  # to follow, in the order of `RELATIONS`
    up: int = 3  # steps towards the bases
    down: int = 2  # steps towards the derivatives
    limit: int = 2_000  # most models
    as_of: datetime | None = None  # the lineage as it was then; None: as it is now
    view: str = "top"  # one of `VIEWS`
    listed: ModelsParameters | None = None  # whose first `top` models to start from; None: as above
    path: tuple[str, str] | None = None  # instead of all that: the ways between two models

    @property
    def children(self) -> int:
        """Most children per model."""
        if self.n is not None:
            return self.n
        if self.view == "full":
            return self.limit
        starts = len(self.models) or self.top
        return min(100, max(5, ROOM_FOR_CHILDREN // starts))


class UnknownModelsError(HubgraphError):
    """None of the models asked for is in the graph."""

    code = "not_found"

    def __init__(self, models: Sequence[str]) -> None:
        super().__init__(f"There is no model {' and no model '.join(models[:3])} in the graph.")
        self.models = tuple(models)


@dataclass
class NetworkModel:
    """A drawn model, or an author who stands for all models of theirs in the network.

    `via` is the position of the model that it hangs on: the one it was found from, and for a start
    another drawn model that it was made from, or None.
    """

    id: str
    role: str  # `start`, `base` (above one), `child` (below one), `other` (a further base of those)
    via: int | None
    steps: int  # from a start, negative towards the bases
    relation: str | None = None  # how it was made from its bases; None without one
    bases_left_out: int = 0  # bases of it that are not drawn
    children: dict[str, int] = field(default_factory=dict)  # relation → exact number
    facts: dict[str, Any] = field(default_factory=dict)  # the remaining columns of `FACTS`
    kind: str = "model"  # or `author`
    models: int = 1  # that it stands for
    own: int = 0  # links among the models that it stands for

    @property
    def size(self) -> float | None:
        """What it is drawn as large as: effective descendants, or models of an author."""
        if self.kind == "author":
            return float(self.models)
        return self.facts.get("effective_descendants")


@dataclass(frozen=True)
class NetworkLink:
    """A drawn link from a child to a base, as positions in `Network.models`.

    Between authors it stands for `count` links of models, most of them by its relation. `through`
    counts the other accounts on the way, where their models are not drawn.
    """

    child: int
    base: int
    relation: str
    cut: str | None = None
    verdict: str | None = None  # how the child's declared licence differs from the base's
    count: int = 1
    through: int = 0


@dataclass(frozen=True)
class Aggregate:
    """The children of one model by one relation, or of one author, that are not drawn."""

    base: int
    relation: str
    count: int


@dataclass(frozen=True)
class Total:
    """Links to the drawn models by one relation: `drawn + aggregated + filtered` is exact."""

    drawn: int
    aggregated: int
    filtered: int | None  # left out by choice; None: not counted


@dataclass(frozen=True)
class TooMany:
    """How many models there are, where they are more than can be drawn at once."""

    models: int
    by_relation: dict[str, int]
    by_step: list[tuple[int, int]]  # steps from a start, and models there
    authors: int


@dataclass(frozen=True)
class Network:
    """Models, the links between them, and exact counts of what is left out."""

    models: list[NetworkModel]  # starts first, then as they were found
    links: list[NetworkLink]  # every one between drawn models by the chosen relations
    aggregates: list[Aggregate]  # what was left out
    totals: dict[str, Total]  # per relation, over all drawn models
    missing: list[str]  # ids asked for that the graph does not hold
    truncated: str | None  # `room` or `time`, for want of which models were left out
    queries: list[Asked]  # what was asked, each once
    too_many: TooMany | None = None  # instead of what was asked for
    ways: Ways | None = None  # between the two models of `path`
