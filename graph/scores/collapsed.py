"""Influence with mirrors, swarms and a publisher's own series taken out, each on top of the last.

A mirror is no model of its own here: what was made from it counts for its original, which also
takes the mirror's bases if it declares none itself.
"""

import numpy as np

from graph.scores import cleaning, descendants, reach
from graph.scores.cleaning import CleanLineage
from graph.scores.engine import Links
from graph.scores.lineage import ROOT, BoolArray, FloatArray, IntArray

STAGE = "without mirrors"


def columns(lineage: CleanLineage) -> dict[str, FloatArray]:
    """The scores of every model, by score; NaN for a mirror, whose original has them."""
    links, kind = lineage.once(links_and_kinds)
    mirror = lineage.mirror_of >= 0
    weight = np.where(lineage.gone, 0.0, cleaning.kind_weights(lineage.settings)[kind])
    weight[mirror] = 0.0
    original = np.where(lineage.muted, 0.0, weight)
    clean = original * own_series(links, kind, lineage.facts.author, original > 0)
    own = [weight, original, clean]
    found = (1 - lineage.settings.damping) * np.array(own)
    found[:, links.bases] = lineage.engine.rank(links, own, lineage.settings).scores
    pairs = descendants.pairs(links).there(lineage.gone | lineage.muted)
    reached = reach.publishers(pairs, lineage.facts.author, links.size)["reach"]
    names = ("influence_mirror", "influence_noswarm", "influence_clean", "reach_clean")
    rows = [*found, reached.astype(np.float64)]
    return {name: np.where(mirror, np.nan, row) for name, row in zip(names, rows, strict=True)}


def links_and_kinds(lineage: CleanLineage) -> tuple[Links, IntArray]:
    """The relationships between originals, without cycles, and what kind each model then is."""
    links, created = lineage.links, lineage.facts.created
    original = np.where(lineage.mirror_of < 0, np.arange(links.size), lineage.mirror_of)
    child, base, type_ = original[links.child], original[links.base], lineage.kind[links.child]
    kept = lineage.mirror_of[links.child] < 0
    kept |= (lineage.kind[child] == ROOT) & (child != base)
    child, base, type_ = child[kept], base[kept], type_[kept]
    seen = np.zeros(child.size, dtype=np.int64)
    counts = cleaning.marks(child, base, type_, seen, lambda models: created[models]) == 0
    child, base, type_ = child[counts], base[counts], type_[counts]
    kind = cleaning.kinds(child, type_, seen[counts], links.size)
    return Links(child, base, links.size), kind


def own_series(links: Links, kind: IntArray, author: IntArray, counts: BoolArray) -> FloatArray:
    """What share of itself each model counts, given which count at all.

    Models of one author that were made in the same way from the same base, s of them, count as
    1 + ln s together; a model with more bases, by its largest such group. A model that was made
    only from models of its own author counts nothing.
    """
    child, base = links.child, links.base
    owner = np.where(author < 0, author.max(initial=-1) + 1 + np.arange(author.size), author)
    width = int(owner.max(initial=0)) + 1
    kinds = ROOT + 1
    group = (base * width + owner[child]) * kinds + kind[child]
    _, index = np.unique(group, return_inverse=True)
    siblings = np.bincount(index, weights=counts[child].astype(np.float64))[index]
    most = np.ones(links.size)
    np.maximum.at(most, child, siblings)
    bases = np.bincount(child, minlength=links.size)
    own = np.bincount(child[owner[base] == owner[child]], minlength=links.size)
    only_own = (bases > 0) & (own == bases)
    return np.where(only_own, 0.0, (1 + np.log(most)) / most)
