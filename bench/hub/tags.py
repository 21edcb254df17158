"""The tags of each model, which repeat most of what is known of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.hub import vocabulary as words
from bench.hub.facts import LIBRARIES, Facts
from bench.hub.lists import Lists
from bench.hub.others import DATASETS
from bench.hub.text import Whole, chosen, joined, picked
from bench.hub.universe import Universe

_PAPERS = 3_000
_WITH_PAPER = 0.34
_WITH_COMMON_PAPER = 0.75
_WITH_DATASET = 0.08
_ODD = 0.001
_CONTRADICTIONS = 0.002

_LIBRARY, _FORMAT, _ARCHITECTURE, _TASK, _MISCELLANEOUS, _LANGUAGE = 0, 1, 2, 3, 4, 30
_PAPER, _BASE, _DATASET, _LICENSE, _REGION, _ODD_PLACE = 60, 100, 300, 400, 500, 501


def tags(hub: Universe, known: Facts) -> object:
    """The column of tags of a chunk of models."""
    random, count = known.random, len(known.rows)
    every = np.arange(count)
    stem = hub.parts.stem[known.rows]
    lists = Lists(count, ())

    def coded(texts: Sequence[str], index: npt.NDArray[np.signedinteger[Any]]) -> Whole:
        """The indices of words of a vocabulary, as indices of words in the lists."""
        places = np.array([lists.word(text) if text else -1 for text in texts])
        return np.where(index < 0, -1, places[index])

    lists.add(every, _LIBRARY, coded(LIBRARIES, known.library))
    safetensors = (known.parameters >= 0) | (random.random(count) < 0.25)
    lists.add(every[safetensors], _FORMAT, lists.word("safetensors"))
    architectures = [s.architecture for s in words.STEMS]
    there = random.random(count) < 0.7
    lists.add(every[there], _ARCHITECTURE, coded(architectures, stem[there]))
    lists.add(every, _TASK, coded(words.TASKS, known.task))
    for number, word in enumerate(words.MISCELLANEOUS):
        share = 0.3 / (1 + number) ** 0.7
        rows = np.flatnonzero(random.random(count) < share)
        lists.add(rows, _MISCELLANEOUS + number, lists.word(word))
    _add_languages(lists, random, count)
    _add_papers(lists, random, count)
    _add_bases(lists, hub, known)
    _add_datasets(lists, hub, random, count)
    licenses = [f"license:{name}" if name else "" for name, _ in words.LICENSES]
    lists.add(every, _LICENSE, coded(licenses, known.license))
    lists.add(np.flatnonzero(random.random(count) < 0.995), _REGION, lists.word("region:us"))
    odd = np.flatnonzero(random.random(count) < _ODD)
    lists.add(
        odd, _ODD_PLACE, coded(words.ODD_TAGS, random.integers(0, len(words.ODD_TAGS), len(odd)))
    )
    return lists.column()


def _add_languages(lists: Lists, random: np.random.Generator, count: int) -> None:
    first = np.flatnonzero(random.random(count) < 0.33)
    weights = (np.arange(len(words.LANGUAGES)) + 1.0) ** -1.6
    codes = np.array([lists.word(code) for code in words.LANGUAGES])
    lists.add(first, _LANGUAGE, codes[picked(random, len(first), weights)])
    several = first[random.random(len(first)) < 0.06]
    for number in range(2, 10):
        lists.add(several, _LANGUAGE + number, int(codes[number]))
        several = several[random.random(len(several)) < 0.85]


def _add_papers(lists: Lists, random: np.random.Generator, count: int) -> None:
    rows = np.flatnonzero(random.random(count) < _WITH_PAPER)
    common = random.random(len(rows)) < _WITH_COMMON_PAPER
    lists.add(rows[common], _PAPER, lists.word(f"arxiv:{words.COMMON_PAPER}"))
    papers = np.array(
        [lists.word(f"arxiv:{17 + n % 9}{1 + n % 12:02d}.{10_000 + n * 29 % 9_973:05d}")
         for n in range(_PAPERS)]
    )  # fmt: skip
    rare = rows[~common]
    for place in range(1, 4):
        lists.add(
            rare, _PAPER + place, papers[(random.random(len(rare)) ** 4 * _PAPERS).astype(np.int64)]
        )
        rare = rare[random.random(len(rare)) < 0.3]


def _add_bases(lists: Lists, hub: Universe, known: Facts) -> None:
    """Every base twice, with and without the relation; a few say other than `baseModels`."""
    drawn, random, count = hub.lineage, known.random, len(known.rows)
    rows = known.rows[drawn.relation[known.rows] >= 0]
    edges = drawn.edges(rows)
    sizes = drawn.start[rows + 1] - drawn.start[rows]
    child = np.repeat(rows - known.rows[0], sizes)
    place = np.arange(len(edges)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ids = hub.references(edges)
    relation = np.repeat(drawn.relation[rows], sizes).astype(np.int64)
    chance = random.random(count)[child]
    relation = np.where(
        chance < _CONTRADICTIONS / 2, (relation + 1) % len(words.RELATIONS), relation
    )
    other = np.flatnonzero(
        (chance >= _CONTRADICTIONS / 2) & (chance < _CONTRADICTIONS) & (place == 0)
    )
    pool = drawn.pool[random.integers(0, max(1, len(drawn.pool)), count)[child[other]]]
    index = np.arange(len(ids))
    index[other] = len(ids) + np.arange(len(other))
    ids = pa.concat_arrays([ids, hub.ids(pool)]).take(pa.array(index))
    head = pa.scalar("base_model")
    lists.add_texts(child, _BASE + 2 * place, joined(head, ids, by=":"))
    stated = chosen(words.RELATIONS, relation)
    lists.add_texts(child, _BASE + 2 * place + 1, joined(head, stated, ids, by=":"))


def _add_datasets(lists: Lists, hub: Universe, random: np.random.Generator, count: int) -> None:
    rows = np.flatnonzero(random.random(count) < _WITH_DATASET)
    old = random.random(len(rows)) < 0.2
    named = [f"dataset:{name}" for name in words.OLD_DATASETS]
    codes = np.array([lists.word(tag) for tag in named])
    lists.add(rows[old], _DATASET, codes[random.integers(0, len(codes), int(old.sum()))])
    every = DATASETS.count(hub)
    rest = rows[~old]
    for place in range(1, 6):
        dataset = (random.random(len(rest)) ** 4 * every).astype(np.int64)
        texts = joined(pa.scalar("dataset"), DATASETS.ids(hub, dataset), by=":")
        lists.add_texts(rest, _DATASET + place, texts)
        rest = rest[random.random(len(rest)) < 0.35]
