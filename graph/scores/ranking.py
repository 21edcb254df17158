"""Rows to write: from scores by number of a node to values by property, best first."""

from collections.abc import Mapping, Sequence

import numpy as np

from graph.schema import Direction, Score, Type
from graph.scores.lineage import BoolArray, FloatArray, IntArray

SAME = 1e-6
"""Scores that differ by less, in proportion above 1, share a rank.

PageRank drops what is left below its tolerance, at each of up to thousands of models that lead to
one, so equal scores come out different by some millionths of their size; the order of these is no
merit, and another in each run.
"""

ScoreRows = list[list[object]]
"""A key and the values of scores, best first."""
Columns = Mapping[str, IntArray | FloatArray]
"""Name of a score, or of the property that people read in its place → a value for every node."""


def scored_rows(
    scores: Sequence[Score],
    columns: Columns,
    keys: Sequence[object],
    chosen: IntArray,
    gone: BoolArray | None = None,
) -> ScoreRows:
    """One row per chosen node, the best by the first of the scores first.

    A row has the node's key, then a value for each property of `scores`, in their order, None where
    a score is not defined (NaN); `columns`, `keys` and `gone` are those of all nodes. What is gone
    keeps its scores and holds no rank, so that the ranks of what is there have no holes.
    """
    values: dict[str, IntArray | FloatArray] = {}
    undefined: dict[str, BoolArray] = {}
    for score in scores:
        found = columns[score.name][chosen]
        undefined |= dict.fromkeys([p.name for p in score.properties], np.isnan(found))
        if score.type is Type.FLOAT:
            values[score.name] = found.round(score.decimals)
        else:
            values[score.name] = np.nan_to_num(found).astype(np.int64)
        if score.read_as:
            found = columns[score.read_as.name][chosen]
            values[score.read_as.name] = found.round(score.decimals)
        if score.rank:
            ranked = found if gone is None else np.where(gone[chosen], np.nan, found)
            values[score.rank] = ranks(ranked, score.direction)
            undefined[score.rank] = np.isnan(ranked)
    order = np.argsort(values[scores[0].rank or scores[0].name], kind="stable")
    stored = []
    for name, missing in undefined.items():
        column = values[name].astype(object)
        column[missing] = None
        stored.append(column[order].tolist())
    found_by = [keys[i] for i in chosen[order].tolist()]
    return [list(row) for row in zip(found_by, *stored, strict=True)]


def ranks(score: IntArray | FloatArray, direction: Direction = Direction.MORE) -> IntArray:
    """1 for the best score; equal scores share a rank and the next one is skipped.

    NaN comes after every score.
    """
    value = -score if direction is Direction.MORE else score
    order = np.argsort(value, kind="stable")
    ordered = value[order]
    is_other = np.diff(ordered) > SAME * np.maximum(1, np.abs(ordered[1:]))
    is_other |= np.diff(np.isnan(ordered))
    group = np.concatenate([np.zeros(min(1, order.size), dtype=np.int64), np.cumsum(is_other)])
    found = np.empty(order.size, dtype=np.int64)
    found[order] = 1 + np.searchsorted(group, group)
    return found
