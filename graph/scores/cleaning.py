"""The lineage without its cycles: which relationships scores leave out, and what is left.

Left in, loops and cycles are worth fake rank: at damping 0.85 a model that names itself as its base
multiplies its score by up to 6.67. Nothing is deleted: the decision is a mark, taken anew in every
run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.schema import RELATION
from graph.scores.engine import Engine, Links
from graph.scores.lineage import (
    MARKS,
    PRECEDENCE,
    ROOT,
    BoolArray,
    Facts,
    FloatArray,
    IntArray,
    RawLineage,
    read_created,
)
from graph.settings import Settings
from graph.store.connection import Graph

LOOP, DUP, CYCLE = (MARKS.index(mark) for mark in ("loop", "dup", "cycle"))

T = TypeVar("T")


@dataclass(frozen=True)
class CleanLineage:
    """What every score is computed from: an acyclic lineage, its models numbered from 0."""

    engine: Engine
    settings: Settings
    links: Links
    kind: IntArray  # of each model, an index into `lineage.TYPES`; `ROOT` without a base
    gone: BoolArray  # whether each model is gone from the Hub
    node: IntArray  # internal id of each model
    facts: Facts
    muted: BoolArray  # whether each model is left out where swarms are
    mirror_of: IntArray  # the model that each is a mirror of, -1 for most
    _results: dict[object, object] = field(default_factory=dict, repr=False)

    @property
    def weight(self) -> FloatArray:
        """What each model counts itself (b)."""
        return self.once(own_weight)

    def once(self, compute: Callable[["CleanLineage"], T]) -> T:
        """What `compute` makes of this lineage, computed when first asked for."""
        if compute not in self._results:
            self._results[compute] = compute(self)
        return self._results[compute]  # type: ignore[return-value]


def clean(
    engine: Engine,
    settings: Settings,
    found: RawLineage,
    cut: IntArray,
    facts: Facts | None = None,
    *,
    muted: BoolArray | None = None,
    mirror_of: IntArray | None = None,
) -> CleanLineage:
    """The part of a lineage that scores count, given its `marks`."""
    kept, size = cut == 0, found.node.size
    links = Links(found.child[kept], found.base[kept], size)
    return CleanLineage(
        engine,
        settings,
        links,
        kind=kinds(links.child, found.type[kept], found.seen[kept], size),
        gone=found.gone,
        node=found.node,
        facts=facts or Facts.unread(size),
        muted=np.zeros(size, dtype=np.bool_) if muted is None else muted,
        mirror_of=np.full(size, -1) if mirror_of is None else mirror_of,
    )


def marks_of(graph: Graph, found: RawLineage) -> IntArray:
    """The marks of a lineage as read; see `marks`."""
    return marks(
        found.child,
        found.base,
        found.type,
        found.seen,
        created=lambda models: read_created(graph, found, models),
    )


def marks(
    child: IntArray,
    base: IntArray,
    kind: IntArray,
    seen: IntArray,
    created: Callable[[IntArray], FloatArray],
) -> IntArray:
    """Decide for each relationship whether it counts.

    - A model is not its own base (`loop`).
    - One relationship per child and base: the newest, then the one whose relation has the highest
      precedence, then the first in order (`dup`).
    - Models that descend from one another (a strongly connected component) keep only what leads
      from a younger to an older model, both dates known (`cycle`). Dates only grow along what is
      kept, so no cycle is left.

    Each relationship has a `child`, a `base`, a `kind` (index into `lineage.TYPES`) and the time
    since when it is `seen`. `created` gives the creation times of models, NaN where unknown; it is
    asked once, for the members of cycles. Returns indices into `lineage.MARKS`, 0 for what counts.
    """
    result = np.zeros(child.size, dtype=np.int64)
    result[child == base] = LOOP
    result[_duplicates(child, base, kind, seen) & (result == 0)] = DUP
    kept = np.flatnonzero(result == 0)
    circular = kept[_within_components(child[kept], base[kept])]
    if circular.size:
        members, ends = np.unique([child[circular], base[circular]], return_inverse=True)
        younger, older = created(members)[ends.reshape(2, -1)]
        result[circular[~(younger > older)]] = CYCLE
    return result


def own_weight(lineage: CleanLineage) -> FloatArray:
    """What each model counts itself (b): by its kind, 0 when it is gone from the Hub."""
    return np.where(lineage.gone, 0.0, kind_weights(lineage.settings)[lineage.kind])


def kind_weights(settings: Settings) -> FloatArray:
    """What a model counts by its kind: one weight for each of `lineage.TYPES`, then `ROOT`'s."""
    by_kind = [getattr(settings, relation.weight) for relation in RELATION.values()]
    return np.array([*by_kind, settings.weight_root])


def kinds(child: IntArray, type_: IntArray, seen: IntArray, size: int) -> IntArray:
    """What each of `size` models is: the type of its relationships, `ROOT` without one.

    Where types differ, the newest wins, then the one with the highest precedence.
    """
    result = np.full(size, ROOT, dtype=np.int64)
    order = np.lexsort((PRECEDENCE[type_], seen))
    result[child[order]] = type_[order]
    return result


def _duplicates(child: IntArray, base: IntArray, kind: IntArray, seen: IntArray) -> BoolArray:
    """True for every relationship that another one of the same child and base replaces."""
    backwards = -np.arange(child.size)
    order = np.lexsort((backwards, PRECEDENCE[kind], seen, base, child))
    same = (np.diff(child[order]) == 0) & (np.diff(base[order]) == 0)
    result = np.zeros(child.size, dtype=np.bool_)
    result[order[:-1][same]] = True
    return result


def _within_components(child: IntArray, base: IntArray) -> BoolArray:
    """True for every relationship inside a strongly connected component; loops not expected."""
    if not child.size:
        return np.zeros(0, dtype=np.bool_)
    size = int(max(child.max(), base.max())) + 1
    matrix = coo_array((np.ones(child.size, dtype=np.int8), (child, base)), shape=(size, size))
    _, component = connected_components(matrix.tocsr(), directed=True, connection="strong")
    return np.asarray(component[child] == component[base])
