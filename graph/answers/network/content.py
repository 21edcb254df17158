"""What a network holds, and how it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graph.errors import HubgraphError
from graph.store.connection import Result


class Read(Protocol):
    """How a query is run: `Graph.read`, or what stands in for it."""

    def __call__(self, cypher: str, parameters: dict[str, Any], /, *, row_limit: int) -> Result:
        """Run it, at most `row_limit` rows."""


class UnknownModelsError(HubgraphError):
    """None of the models asked for is in the graph."""

    code = "not_found"

    def __init__(self, models: Sequence[str]) -> None:
        super().__init__(f"There is no model {' and no model '.join(models[:3])} in the graph.")
        self.models = tuple(models)


@dataclass(frozen=True)
class Model:
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
        facts: the remaining columns of `network-facts.cypher`.
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
class Link:
    """A drawn link from a child to a base, as positions in `Selection.models`."""

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
class Step:
    """A query that was run, by the name of its file."""

    name: str
    parameters: dict[str, Any]
    elapsed_ms: float


@dataclass(frozen=True)
class Selection:
    """What a network holds.

    Attributes:
        models: starts first, then as they were found.
        links: every link between drawn models by the chosen relations.
        aggregates: what was left out, per base and relation.
        totals: per relation, over all drawn models.
        missing: ids asked for that the graph does not hold.
        truncated: `room` or `time` when models within the asked steps were left out for want of it.
        queries: what was run, in order.
    """

    models: list[Model]
    links: list[Link]
    aggregates: list[Aggregate]
    totals: dict[str, Total]
    missing: list[str]
    truncated: str | None
    queries: list[Step]
