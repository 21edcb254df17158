"""Influence: PageRank from child to base, in what models count themselves.

I is linear in b. The engine therefore ranks each kind of model by itself, with b = 1 on it: the
scores of any weights are weighted sums of these parts, exact and without another run.
"""

from dataclasses import dataclass

import numpy as np

from graph.schema import PARTS
from graph.scores.cleaning import CleanLineage, kind_weights
from graph.scores.lineage import ROOT, TYPES, FloatArray

STAGE = "rank"
DAY_MS = 86_400_000
FADES_DAYS = 180
"""In `influence_recent`, a model that is so much older counts 1/e of another."""


@dataclass(frozen=True)
class Influence:
    """I of every model."""

    parts: FloatArray  # a row for each of `PARTS`: what models of that kind give, each counted as 1
    raw: FloatArray  # each model counted as 1
    influence: FloatArray  # each model counted by its weight
    popular: FloatArray  # each model counted by its downloads and likes
    recent: FloatArray  # each model counted by its weight, less the older it is
    iterations: int  # most that the engine took
    converged: bool  # whether it did


def columns(lineage: CleanLineage) -> dict[str, FloatArray]:
    """The scores of every model, by score."""
    found = lineage.once(scores)
    return {
        "influence": found.influence,
        "effective_descendants": effective(lineage, found.influence),
        "influence_raw": found.raw,
        "influence_popular": found.popular,
        "influence_recent": found.recent,
        **{f"influence_by_{name}": part for name, part in zip(PARTS, found.parts, strict=True)},
    }


def effective(lineage: CleanLineage, influence: FloatArray) -> FloatArray:
    """`influence` as people read it: what the descendants of each model count, damped."""
    return influence / (1 - lineage.settings.damping) - lineage.weight


def scores(lineage: CleanLineage) -> Influence:
    """The influence of every model of a lineage."""
    links, damping = lineage.links, lineage.settings.damping
    counted = [(lineage.kind == i) & ~lineage.gone for i in range(len(TYPES))]
    own = [*(b.astype(np.float64) for b in (*counted, lineage.gone)), *other_weights(lineage)]
    ranking = lineage.engine.rank(links, own, lineage.settings)
    found = (1 - damping) * np.array(own)
    found[:, links.bases] = ranking.scores
    *parts, popular, recent = found
    # A model without a base passes nothing on: it gives to itself alone.
    root = (1 - damping) * ((lineage.kind == ROOT) & ~lineage.gone)
    *weights, of_root = kind_weights(lineage.settings)
    influence = np.array([*weights, 0.0]) @ np.array(parts) + of_root * root
    raw = np.sum(parts, axis=0) + root
    return Influence(
        np.array(parts), raw, influence, popular, recent, ranking.iterations, ranking.converged
    )


def other_weights(lineage: CleanLineage) -> tuple[FloatArray, FloatArray]:
    """What models count by popularity, and by age; 0 when gone from the Hub.

    Downloads and likes that are not known count as none. Ages are those at the time when the
    youngest model was made, so that scores do not change with the clock; a model of unknown age
    counts as the oldest do, next to nothing.
    """
    facts = lineage.facts
    downloads, likes = np.nan_to_num(facts.downloads), np.nan_to_num(facts.likes)
    popular = 0.1 + np.log10(1 + downloads) / 2 + np.log10(1 + likes)
    youngest = np.max(facts.created, initial=-np.inf, where=~np.isnan(facts.created))
    days = (youngest - facts.created) / DAY_MS
    recent = lineage.weight * np.nan_to_num(np.exp(-days / FADES_DAYS))
    return np.where(lineage.gone, 0.0, popular), recent
