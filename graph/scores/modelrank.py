"""ModelRank: on which models others build now. What is made in a month counts, and then fades.

    MR_t(v) = (1 - r) flow_t(v) + r a MR_{t-1}(v)

flow_t is the part of a model's effective descendants that was made in month t. As that is linear in
what models count, no month is gone through: what was made n months ago counts (1 - r) (r a)^n.
"""

from dataclasses import dataclass

import numpy as np

from graph.scores.cleaning import CleanLineage
from graph.scores.lineage import FloatArray
from graph.scores.reach import attributed


@dataclass(frozen=True)
class Month:
    """What was made from a model in a month, and its ModelRank at the end of it."""

    month: str  # such as 2026-05
    models: int
    effective_descendants: float  # that these give to it
    modelrank: float


STAGE = "months"
RETAINED, ATTENUATED = 0.5, 0.85
"""r and a, for each month."""
FADES = RETAINED * ATTENUATED


def columns(lineage: CleanLineage) -> dict[str, FloatArray]:
    """The scores of every model, by score."""
    rank, fresh = lineage.once(spread) - _own(lineage)
    return {"modelrank": rank, "modelrank_change": change(rank, fresh)}


def spread(lineage: CleanLineage) -> FloatArray:
    """What each model and all that was made from it give, faded, and of that the last month's."""
    return attributed(lineage.links, _own(lineage), lineage.settings.damping)


def change(rank: FloatArray, fresh: FloatArray) -> FloatArray:
    """The rise of a ModelRank in the last month, of which `fresh` is what was made in that."""
    return rank - (rank - fresh) / FADES


def _own(lineage: CleanLineage) -> FloatArray:
    age = ages(lineage.facts.created)
    counts = (1 - RETAINED) * lineage.weight
    return np.array([counts * np.nan_to_num(FADES**age), counts * (age == 0)])


def ages(created: FloatArray) -> FloatArray:
    """In months of the calendar before the last that was over when the youngest model was made.

    NaN for a model without a date, and for one of the month that had only begun.
    """
    known = ~np.isnan(created)
    months = _months(created)
    age = np.max(months, initial=-np.inf, where=known) - 1 - months
    return np.where(age < 0, np.nan, age)


def by_month(created: FloatArray, worth: FloatArray, newest: float | None) -> list[Month]:
    """The ModelRank of a model, from the first month in which something was made from it.

    Up to the last month that was over at `newest`, when the youngest model of the lineage was made.
    Each of its descendants was `created` then (both in milliseconds) and is `worth` so much.
    """
    month = _months(created)
    last = _months(np.array([np.nan if newest is None else newest]))[0] - 1
    counted = month <= last  # what has no date never is
    if not counted.any():
        return []
    first = int(month[counted].min())
    place = month[counted].astype(np.int64) - first
    size = int(last) - first + 1
    models = np.bincount(place, minlength=size).tolist()
    flows = np.bincount(place, worth[counted], minlength=size).tolist()
    found, rank = [], 0.0
    for number, (made, flow) in enumerate(zip(models, flows, strict=True), first):
        rank = (1 - RETAINED) * flow + FADES * rank
        found.append(Month(str(np.datetime64(number, "M")), made, flow, rank))
    return found


def _months(times: FloatArray) -> FloatArray:
    """Of times in milliseconds, the months since 1970; NaN where unknown."""
    months = np.full(times.size, np.nan)
    known = ~np.isnan(times)
    as_times = times[known].astype(np.int64).astype("datetime64[ms]")
    months[known] = as_times.astype("datetime64[M]").astype(np.int64)
    return months
