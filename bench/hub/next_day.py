"""What changes on the made-up Hub from one day to the next."""

from dataclasses import dataclass, replace

import numpy as np

from bench.hub import vocabulary as words
from bench.hub.facts import Facts
from bench.hub.lineage import BY_NAME, Lineage
from bench.hub.text import Whole
from bench.hub.universe import DAY, NOW, Universe

_ADDED, _DELETED = 0.01, 0.003
_TAKEN_OVER = 2
"""Names of deleted models that added ones take."""
_SHARES = {
    "files": 0.10,
    "license": 0.02,
    "gated": 0.01,
    "bases": 0.01,
    "parameters": 0.005,
    "renamed": 0.003,
}
"""Kind of change → its share; the rest are counts of downloads and likes."""
_RENAMED = 100_000
"""Added to the number at the end of a renamed model's name, which no other then has."""


@dataclass(frozen=True)
class Changes:
    """Which models change in which way, in order.

    Attributes:
        counts: those with other downloads or likes.
        kinds: kind of any other change → its models.
    """

    counts: Whole
    kinds: dict[str, Whole]


def next_day(today: Universe, changed: int) -> tuple[Universe, Changes]:
    """Tomorrow's Hub.

    Args:
        today: today's; it is left as it is.
        changed: how many of its models change. As many as 1 % of them are added besides, and as
            many as 0.3 % are deleted.
    """
    random = np.random.default_rng([today.seed, 2])
    added = round(changed * _ADDED)
    deleted = round(changed * _DELETED)
    before = np.flatnonzero(today.present)
    is_base = np.zeros(len(today), dtype=np.bool_)
    is_base[today.lineage.base] = True
    leaves = before[~is_base[before]]
    renamed = random.choice(leaves, round(changed * _SHARES["renamed"]), replace=False)
    kept = np.setdiff1d(before, renamed)
    rebased = _rebased(random, today.lineage, kept, round(changed * _SHARES["bases"]))
    chosen = random.permutation(np.setdiff1d(kept, rebased))
    rest = changed - len(renamed) - len(rebased)
    gone, chosen = chosen[rest : rest + deleted], chosen[:rest]

    kinds = {"bases": np.sort(rebased), "renamed": np.sort(renamed)}
    place = 0
    for kind, share in _SHARES.items():
        if kind not in kinds:
            length = round(changed * share)
            kinds[kind] = np.sort(chosen[place : place + length])
            place += length
    present = today.present.copy()
    present[gone] = False
    present[today.first_new : today.first_new + added] = True
    tomorrow = replace(today, present=present)
    _rename(tomorrow, kinds["renamed"], gone)
    _state_other_bases(random, tomorrow, kinds["bases"])
    return tomorrow, Changes(np.sort(chosen[place:]), kinds)


def apply(changes: Changes, known: Facts, seed: int) -> None:
    """Change the facts of a chunk of models."""
    random = np.random.default_rng([seed, 3, int(known.rows[0])])

    def within(rows: Whole) -> Whole:
        first, last = int(known.rows[0]), int(known.rows[-1])
        return np.subtract(rows[(rows >= first) & (rows <= last)], first)

    counts = within(changes.counts)
    more = random.geometric(0.02, len(counts)) - random.integers(0, 20, len(counts))
    downloads = np.maximum(0, known.downloads[counts] + more)
    known.all_time[counts] += np.maximum(1, more)
    known.downloads[counts] = downloads
    liked = counts[random.random(len(counts)) < 0.1]
    known.likes[liked] += 1
    for kind, rows in changes.kinds.items():
        places = within(rows)
        known.modified[places] = NOW + random.integers(0, DAY - 60, len(places))
        known.revision[places] += 1
        if kind == "license":
            known.license[places] = (known.license[places] + 1) % len(words.LICENSES)
        elif kind == "gated":
            known.gated[places] = (known.gated[places] + 1) % 3
        elif kind == "parameters":
            stated = known.parameters[places]
            known.parameters[places] = np.where(stated < 0, 1_000_000_512, stated + 4_096)


def _rebased(random: np.random.Generator, drawn: Lineage, usable: Whole, count: int) -> Whole:
    """A third state a base for the first time, as far as there are any; the rest state another."""
    single = (drawn.relation[usable] >= 0) & (drawn.start[usable + 1] - drawn.start[usable] == 1)
    stated = usable[single]
    unstated = usable[drawn.relation[usable] != drawn.meant[usable]]
    first = random.choice(unstated, min(len(unstated), count // 3), replace=False)
    others = min(len(stated), count - len(first))
    return np.concatenate((first, random.choice(stated, others, replace=False)))


def _rename(tomorrow: Universe, renamed: Whole, gone: Whole) -> None:
    """Give new names: numbers of their own, and those of models that are gone."""
    parts = {name: part.copy() for name, part in vars(tomorrow.parts).items()}
    parts["ordinal"][renamed] += _RENAMED
    tomorrow.owner = tomorrow.owner.copy()
    taken = gone[:_TAKEN_OVER]
    new = np.flatnonzero(tomorrow.present[tomorrow.first_new :])[: len(taken)] + tomorrow.first_new
    taken = taken[: len(new)]
    for part in (*parts.values(), tomorrow.owner):
        part[new] = part[taken]
    tomorrow.parts = replace(tomorrow.parts, **parts)


def _state_other_bases(random: np.random.Generator, tomorrow: Universe, rebased: Whole) -> None:
    """State what was unstated; else, by turns, another relation or another base."""
    drawn = tomorrow.lineage
    relation, base, spelling = drawn.relation.copy(), drawn.base.copy(), drawn.spelling.copy()
    was = relation[rebased]
    relation[rebased[was < 0]] = drawn.meant[rebased[was < 0]]
    stated = rebased[was >= 0]
    other_relation, other_base = stated[::2], stated[1::2]
    relation[other_relation] = (relation[other_relation] + 1) % len(words.RELATIONS)
    edges = drawn.start[other_base]
    place = random.integers(0, len(drawn.pool), len(edges))
    same = drawn.pool[place] == base[edges]
    base[edges] = np.where(same, drawn.pool[(place + 1) % len(drawn.pool)], drawn.pool[place])
    spelling[edges] = BY_NAME
    tomorrow.lineage = replace(drawn, relation=relation, base=base, spelling=spelling)
