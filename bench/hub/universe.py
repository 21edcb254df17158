"""Every model that ever was on the made-up Hub, as numbers; rows of the dump are made from them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.hub import vocabulary as words
from bench.hub.lineage import BY_OLD_NAME, BY_OTHER_CASE, Lineage, lineage
from bench.hub.text import (
    Column,
    Whole,
    account_names,
    chosen,
    free_words,
    hexadecimal,
    joined,
    mixed,
    picked,
)

FIRST_DAY = 1_646_263_744
"""2 March 2022: all models that are older are said to have been created then."""
NOW = 1_790_985_600
"""3 October 2026, when the dump was taken."""
DAY = 86_400
FEWEST = 200
"""Models; fewer have no families to speak of."""
_GROWTH = 1.8
_AUTHOR_TAIL = 1.2
_STATES_SIZE = 0.55

_SUFFIXES = sorted({suffix for group in words.SUFFIXES.values() for suffix in group})
_FREE_WORDS = free_words({suffix.lower() for suffix in _SUFFIXES})


@dataclass(frozen=True)
class NameParts:
    """What names are made of: indices, -1 for a part that a name lacks.

    Attributes:
        stem: in `STEMS`.
        word: in the made-up words.
        size: in `SIZES`.
        variant: in `VARIANTS`.
        suffix: in the suffixes of all relations.
        ordinal: tells names of one author apart that are otherwise the same; 0 for the first.
    """

    stem: npt.NDArray[np.int16]
    word: npt.NDArray[np.int16]
    size: npt.NDArray[np.int8]
    variant: npt.NDArray[np.int8]
    suffix: npt.NDArray[np.int16]
    ordinal: npt.NDArray[np.int32]


@dataclass
class Universe:
    """All models, in order of creation.

    Attributes:
        models: how many the dump holds.
        seed: what everything was drawn from.
        present: whether each is in the dump.
        gone: whether each was deleted before; others still refer to it.
        first_new: models from this one on appear the next day.
        created: seconds since 1970.
        owner: index of the account; -1 for the oldest models, which have none.
        accounts: names of the accounts.
        lineage: who was made from whom.
        parts: what their names are made of.
        sized: index in `SIZES` of the size of each model's family; -1 for families without one.
        popularity: place in the order of popularity, 0 for the most popular.
    """

    models: int
    seed: int
    present: npt.NDArray[np.bool_]
    gone: npt.NDArray[np.bool_]
    first_new: int
    created: Whole
    owner: npt.NDArray[np.int32]
    accounts: Column
    lineage: Lineage
    parts: NameParts
    sized: npt.NDArray[np.int8]
    popularity: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.present)

    def hub_ids(self, rows: Whole) -> Column:
        """The `_id` of each model: its time of creation, then what tells it apart."""
        return hub_ids(rows, self.created[rows], self.seed)

    def ids(self, rows: Whole) -> Column:
        """The id of each model: `owner/name`, for the oldest `name`."""
        return joined(self.authors(rows), self._names(rows), by="/")

    def authors(self, rows: Whole) -> Column:
        """The name of each model's account; null for the oldest."""
        return chosen(self.accounts, self.owner[rows])

    def references(self, edges: Whole) -> Column:
        """The id by which each reference names its base."""
        rows, spelling = self.lineage.base[edges].astype(np.int64), self.lineage.spelling[edges]
        ids = self.ids(rows)
        other = np.flatnonzero(spelling > 0)
        if not len(other):
            return ids
        texts = ids.take(pa.array(other)).to_pylist()
        for place, (text, how) in enumerate(zip(texts, spelling[other].tolist(), strict=True)):
            if how == BY_OTHER_CASE:
                texts[place] = text.swapcase()
            elif how == BY_OLD_NAME:
                texts[place] = f"{text.partition('/')[0]}-old/{text.rpartition('/')[2]}"
        index = np.arange(len(ids))
        index[other] = len(ids) + np.arange(len(other))
        return pa.concat_arrays([ids, pa.array(texts, pa.string())]).take(pa.array(index))

    def _names(self, rows: Whole) -> Column:
        parts = self.parts
        ordinal = parts.ordinal[rows]
        return joined(
            chosen([stem.name for stem in words.STEMS], parts.stem[rows]),
            chosen(_FREE_WORDS, parts.word[rows]),
            chosen([name for name, *_ in words.SIZES], parts.size[rows]),
            chosen(words.VARIANTS, parts.variant[rows]),
            chosen(_SUFFIXES, parts.suffix[rows]),
            pa.array(ordinal + 1, mask=ordinal == 0).cast(pa.string()),
            by="-",
        )


def hub_ids(numbers: Whole, created: Whole, salt: int) -> Column:
    """Ids of the Hub's database, as everything on it has one."""
    return hexadecimal(created.astype(np.uint32), mixed(numbers, salt))


def universe(models: int, seed: int) -> Universe:
    """Draw a Hub with as many models in today's dump.

    Raises:
        ValueError: fewer than `FEWEST` models.
    """
    if models < FEWEST:
        raise ValueError(f"A made-up Hub has at least {FEWEST} models, not {models}.")
    random = np.random.default_rng(seed)
    gone_count, new = models // 250, -(-models // 100)
    first_new = models + gone_count
    count = first_new + new
    gone = np.zeros(count, dtype=np.bool_)
    gone[random.choice(first_new, gone_count, replace=False)] = True
    drawn = lineage(random, gone, first_new)
    owner, accounts = _owners(random, count)
    sized, parts = _names(random, drawn, owner)
    present = ~gone
    present[first_new:] = False
    return Universe(
        models=models,
        seed=seed,
        present=present,
        gone=gone,
        first_new=first_new,
        created=_created(first_new, new),
        owner=owner,
        accounts=account_names(accounts),
        lineage=drawn,
        parts=parts,
        sized=sized,
        popularity=_popularity(random, drawn.pool, count),
    )


def _created(old: int, new: int) -> Whole:
    """Ever faster growth; 1 % are as old as the record of creation goes back."""
    share = np.maximum(0, (np.arange(old) + 0.5) / old - 0.01) / 0.99
    times = FIRST_DAY + share ** (1 / _GROWTH) * (NOW - 60 - FIRST_DAY)
    tomorrow = NOW + (np.arange(new) + 0.5) / max(new, 1) * (DAY - 60)
    return np.concatenate((times, tomorrow)).astype(np.int64)


def _owners(random: np.random.Generator, count: int) -> tuple[npt.NDArray[np.int32], int]:
    """The account of each model, and how many accounts there are."""
    largest = max(20, count // 400)
    sizes = np.minimum(random.pareto(_AUTHOR_TAIL, count // 2 + 20).astype(np.int64) + 1, largest)
    accounts = int(np.searchsorted(np.cumsum(sizes), count)) + 1
    owner = np.repeat(np.arange(accounts, dtype=np.int32), sizes[:accounts])[:count]
    random.shuffle(owner)
    owner[: max(3, count // 100_000)] = -1
    return owner, accounts


def _names(
    random: np.random.Generator, drawn: Lineage, owner: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int8], NameParts]:
    """A family shares stem and size, of which a name may leave out the size."""
    count = len(owner)
    root = _roots(drawn, count)
    stem = picked(random, count, [s.weight for s in words.STEMS]).astype(np.int16)[root]
    size = picked(random, count, [weight for *_, weight in words.SIZES]).astype(np.int8)[root]
    size[~np.array([s.sized for s in words.STEMS])[stem]] = -1
    variant = np.where(
        random.random(count) < 0.3, random.integers(0, len(words.VARIANTS), count), -1
    )
    word = np.where(random.random(count) < 0.6, random.integers(0, len(_FREE_WORDS), count), -1)
    suffix = np.full(count, -1, dtype=np.int16)
    for relation, group in words.SUFFIXES.items():
        number = words.RELATIONS.index(relation) if relation else -1
        rows = np.flatnonzero(drawn.meant == number)
        rows = rows[random.random(len(rows)) < (0.92 if relation else 0.3)]
        places = np.array([_SUFFIXES.index(name) for name in group], dtype=np.int16)
        suffix[rows] = places[(random.random(len(rows)) ** 2 * len(group)).astype(np.int64)]
    named_size = np.where(random.random(count) < _STATES_SIZE, size, -1).astype(np.int8)
    parts = NameParts(
        stem=stem,
        word=word.astype(np.int16),
        size=named_size,
        variant=variant.astype(np.int8),
        suffix=suffix,
        ordinal=np.zeros(0, dtype=np.int32),
    )
    return size, NameParts(**{**vars(parts), "ordinal": _ordinals(parts, owner)})


def _roots(drawn: Lineage, count: int) -> Whole:
    """The oldest ancestor by first bases; somewhere in the cycle where they form one."""
    root = np.arange(count)
    has_base = drawn.start[1:] > drawn.start[:-1]
    root[has_base] = drawn.base[drawn.start[:-1][has_base]]
    for _ in range(6):
        root = root[root]
    return root


def _ordinals(parts: NameParts, owner: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    key = owner.astype(np.uint64)
    drawn: list[npt.NDArray[np.generic]] = [
        parts.stem, parts.word, parts.size, parts.variant, parts.suffix
    ]  # fmt: skip
    for salt, part in enumerate(drawn):
        key = mixed(key ^ mixed(part, salt + 1), 7)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    begins = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
    ordinal = np.empty(len(key), dtype=np.int32)
    ordinal[order] = np.arange(len(key)) - begins
    return ordinal


def _popularity(random: np.random.Generator, pool: Whole, count: int) -> npt.NDArray[np.int32]:
    """Models with derivatives are more popular than others, those of large families most."""
    score = random.random(count, dtype=np.float32)
    score[pool] *= (np.arange(len(pool)) + 1) / max(1, len(pool)) * 0.2
    place = np.empty(count, dtype=np.int32)
    place[np.argsort(score)] = np.arange(count, dtype=np.int32)
    return place
