"""Where the influence of one model comes from, and what is left of it without some of the others.

I is a sum over the model and its descendants: each gives (1 - d) b times its gain, the share of it
that arrives over all ways down the lineage. The lineage has no cycle, so both are exact.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graph.scores.engine import Links
from graph.scores.lineage import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Without:
    """The influence of a model without some others."""

    muted: float  # if they counted nothing, and still passed on what was made from them
    removed: float  # if they were not there, and nothing came over them


def gifts(links: Links, own: FloatArray, model: int, damping: float) -> FloatArray:
    """What every model gives to one of them; the sum is its I. `own` is what each counts (b)."""
    given = gifts_over(links, own, links.base == model, damping)
    given[model] += (1 - damping) * own[model]
    return given


def gifts_over(links: Links, own: FloatArray, counted: BoolArray, damping: float) -> FloatArray:
    """What every model gives to the bases of the `counted` relationships over these."""
    gain = np.zeros(links.size)
    bases = np.bincount(links.child, minlength=links.size)
    for step in _steps(links):
        child = links.child[step]
        np.add.at(gain, child, damping * (gain[links.base[step]] + counted[step]) / bases[child])
    return (1 - damping) * own * gain


def passed_on(
    links: Links, own: FloatArray, model: int, damping: float
) -> tuple[IntArray, FloatArray]:
    """The models made directly from one, and what comes over each: its I but for its own part."""
    worth = (1 - damping) * own
    bases = np.bincount(links.child, minlength=links.size)
    for step in reversed(_steps(links)):
        child = links.child[step]
        np.add.at(worth, links.base[step], damping * worth[child] / bases[child])
    made = links.child[links.base == model]
    return made, damping * worth[made] / bases[made]


def without(
    links: Links, own: FloatArray, model: int, damping: float, others: BoolArray
) -> Without:
    """I of a model if `others` counted nothing, and if they had never been there.

    A merge that loses a base is shared by those that are left.
    """
    given = gifts(links, own, model, damping)
    kept = ~others[links.child] & ~others[links.base]
    rest = Links(links.child[kept], links.base[kept], links.size)
    left = gifts(rest, np.where(others, 0.0, own), model, damping)
    return Without(float(given[~others].sum()), float(left.sum()))


def depths(links: Links, models: BoolArray) -> IntArray:
    """Fewest steps from every model up to one of `models`; -1 where there is no way.

    Here, links may form circles.
    """
    if not models.any():
        return np.full(links.size, -1)
    made = csr_array((np.ones(links.child.size), (links.base, links.child)), (links.size,) * 2)
    steps = dijkstra(made, indices=np.flatnonzero(models), unweighted=True, min_only=True)
    return np.where(np.isfinite(steps), steps, -1).astype(np.int64)


def _steps(links: Links) -> list[IntArray]:
    """The relationships, those of the children nearest to a root first."""
    level = links.level[links.child]
    order = np.argsort(level, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(level[order])) + 1)
