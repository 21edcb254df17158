"""Which relationships scores leave out, so that what is left has no cycle.

Left in, loops and cycles are worth fake rank: at damping 0.85 a model that names itself as its base
multiplies its score by up to 6.67. Nothing is deleted: the decision is a mark, taken anew in every
run.
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.scores.lineage import MARKS, PRECEDENCE, BoolArray, FloatArray, IntArray

LOOP, DUP, CYCLE = (MARKS.index(mark) for mark in ("loop", "dup", "cycle"))


def marks(
    child: IntArray,
    base: IntArray,
    kind: IntArray,
    seen: IntArray,
    created: Callable[[IntArray], FloatArray],
) -> IntArray:
    """Decide for each relationship whether it counts.

    - A model is not its own base (`loop`).
    - One relationship per child and base: the newest, then MERGE > QUANTIZE > ADAPTER > FINETUNE,
      then the first in order (`dup`).
    - Models that descend from one another (a strongly connected component) keep only what leads
      from a younger to an older model, both dates known (`cycle`). Dates only grow along what is
      kept, so no cycle is left.

    Args:
        child: model each relationship starts at.
        base: model it ends at.
        kind: index into `lineage.TYPES`.
        seen: when it was last seen.
        created: gives the creation times of the models asked for, NaN where unknown. Asked once,
            for the members of cycles.

    Returns:
        Indices into `lineage.MARKS`, 0 where the relationship counts.
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
