"""What is written: the weight of each model, ranks, and one row per model and author."""

from collections.abc import Sequence

import numpy as np

from graph import schema
from graph.schema import Source
from graph.scores.authors import AuthorScores
from graph.scores.descendants import Descendants
from graph.scores.lineage import ROOT, TYPES, BoolArray, FloatArray, IntArray, Lineage
from graph.settings import Settings

SAME = 9
"""Scores that agree to this many decimals share a rank: the order of additions is not a merit."""

STORED = 12
"""Decimals that are stored; the ones after depend on the order in which threads add."""


def own_weight(kind: IntArray, gone: BoolArray, settings: Settings) -> FloatArray:
    """What each model counts itself (b): by its kind, 0 when it was deleted."""
    by_kind = np.empty(len(TYPES) + 1)
    by_kind[ROOT] = settings.weight_root
    for index, name in enumerate(TYPES):
        by_kind[index] = getattr(settings, f"weight_{name.lower()}")
    return np.where(gone, 0.0, by_kind[kind])


def ranks(score: FloatArray) -> IntArray:
    """1 for the highest score; equal scores share a rank and the next one is skipped."""
    _, group, many = np.unique(-np.round(score, SAME), return_inverse=True, return_counts=True)
    return np.asarray((1 + np.cumsum(many) - many)[group])


def model_rows(
    *,
    found: Lineage,
    bases: IntArray,
    score: FloatArray,
    raw: FloatArray,
    weight: FloatArray,
    below: Descendants,
    damping: float,
) -> list[list[object]]:
    """One row per model with a derivative, best first."""
    columns: dict[str, IntArray | FloatArray] = {
        "influence": score[bases].round(STORED),
        "influence_rank": ranks(score[bases]),
        "effective_descendants": (score[bases] / (1 - damping) - weight[bases]).round(STORED),
        "influence_raw": raw[bases].round(STORED),
        "influence_raw_rank": ranks(raw[bases]),
        "descendants": below.total[bases],
        "descendants_depth": below.depth[bases],
    }
    for index, name in enumerate(TYPES):
        relation = schema.RELATION_OF_TYPE[name]
        columns[f"descendants_{relation}"] = below.by_kind[bases, index]
    order = np.argsort(columns["influence_rank"], kind="stable")
    values = [columns[name][order].tolist() for name in schema.MODEL.names(Source.INFLUENCE)]
    return [list(row) for row in zip(found.node[bases[order]].tolist(), *values, strict=True)]


def author_rows(
    authors: Sequence[str], outside: AuthorScores, damping: float
) -> list[list[object]]:
    """One row per author whose models others build on, best first."""
    chosen = np.flatnonzero(outside.models)
    columns: dict[str, IntArray | FloatArray] = {
        "influence": outside.inflow[chosen].round(STORED),
        "influence_rank": ranks(outside.inflow[chosen]),
        "effective_descendants": (outside.inflow[chosen] / (1 - damping)).round(STORED),
        "outside_models": outside.models[chosen],
        "outside_publishers": outside.publishers[chosen],
    }
    order = np.argsort(columns["influence_rank"], kind="stable")
    values = [columns[name][order].tolist() for name in schema.AUTHOR.names(Source.INFLUENCE)]
    names = [authors[i] for i in chosen[order]]
    return [list(row) for row in zip(names, *values, strict=True)]
