"""ModelRank: on which models others build now. What is made in a month counts, and then fades.

    MR_t(v) = (1 - r) flow_t(v) + r a MR_{t-1}(v)

flow_t is the part of a model's effective descendants that was made in month t. As that is linear in
what models count, no month is gone through: what was made n months ago counts (1 - r) (r a)^n.
"""

import numpy as np

from graph.scores.cleaning import CleanLineage
from graph.scores.lineage import FloatArray
from graph.scores.reach import attributed

STAGE = "months"
RETAINED, ATTENUATED = 0.5, 0.85
"""r and a, for each month."""
FADES = RETAINED * ATTENUATED


def columns(lineage: CleanLineage) -> dict[str, FloatArray]:
    """The scores of every model, by score."""
    age = ages(lineage.facts.created)
    counts = (1 - RETAINED) * lineage.weight
    faded = counts * np.nan_to_num(FADES**age)
    own = np.array([faded, counts * (age == 0)])
    rank, fresh = attributed(lineage.links, own, lineage.settings.damping) - own
    return {"modelrank": rank, "modelrank_change": rank - (rank - fresh) / FADES}


def ages(created: FloatArray) -> FloatArray:
    """In months of the calendar before the last that was over when the youngest model was made.

    NaN for a model without a date, and for one of the month that had only begun.
    """
    months = np.full(created.size, np.nan)
    known = ~np.isnan(created)
    times = created[known].astype(np.int64).astype("datetime64[ms]")
    months[known] = times.astype("datetime64[M]").astype(np.int64)
    age = np.max(months, initial=-np.inf, where=known) - 1 - months
    return np.where(age < 0, np.nan, age)
