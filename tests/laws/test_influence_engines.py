"""DuckDB ranks as a linear solver does, and keeps the laws of influence; no database."""

from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.scores.engine import Checked, Links, Ranking, without_leaves
from graph.scores.rounds import Rounds
from graph.settings import Settings
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Family
from tests.unit.test_influence_descendants import dags, numbered

SETTINGS = Settings(damping=DAMPING)
weights = st.floats(0, 5)


@dataclass
class Fixed:
    """An engine that always finds the same."""

    name: str
    found: list[float]

    def rank(self, *_: object) -> Ranking:
        return Ranking(np.array([self.found]))


def ranked(links: Links, *own: np.ndarray) -> np.ndarray:
    return Rounds().rank(links, own, SETTINGS).scores


@given(dags(), st.data())
def test_agrees_with_the_reference(family: Family, data: st.DataObject) -> None:
    models, links = numbered(family)
    size = len(models)
    own = data.draw(st.lists(st.lists(weights, min_size=size, max_size=size), max_size=3))
    found = ranked(links, *(np.array(b) for b in own))
    assert found.shape == (len(own), links.bases.size)
    for row, b in zip(found, own, strict=True):
        solved = reference.solve(family.edges, dict(zip(models, b, strict=True)))
        assert row.tolist() == pytest.approx([solved[models[i]] for i in links.bases], abs=1e-9)


@given(dags(), st.randoms(use_true_random=False))
def test_order_does_not_matter(family: Family, chance: Random) -> None:
    models, links = numbered(family)
    order = list(range(links.child.size))
    chance.shuffle(order)
    shuffled = Links(links.child[order], links.base[order], links.size)
    own = np.arange(len(models), dtype=float)
    assert ranked(shuffled, own) == pytest.approx(ranked(links, own), rel=1e-12)


@given(dags(), st.integers(0, 2**32 - 1))
def test_without_leaves_the_others_have_the_same_scores(family: Family, seed: int) -> None:
    models, links = numbered(family)
    own = np.random.default_rng(seed).uniform(0, 5, (2, len(models)))
    upper, given_ = without_leaves(links, list(own), DAMPING)
    assert set(upper.child) <= set(links.bases)
    scores = (1 - DAMPING) * given_[:, links.bases]
    scores[:, np.isin(links.bases, upper.bases)] = ranked(upper, *given_)
    assert scores == pytest.approx(ranked(links, *own), rel=1e-12)


def test_no_lineage_and_nothing_counted() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert ranked(Links(nothing, nothing, 3), np.ones(3)).shape == (1, 0)
    assert ranked(Links(np.array([0]), np.array([1]), 2)).shape == (0, 1)
    assert ranked(Links(np.array([0]), np.array([1]), 2), np.zeros(2)).tolist() == [[0.0]]


def test_as_many_rounds_as_the_longest_chain() -> None:
    length = 120
    chain = Links(np.arange(1, length), np.arange(length - 1), length)
    found = Rounds().rank(chain, [np.ones(length)], SETTINGS)
    assert found.iterations == length - 1
    assert found.scores[0][0] == pytest.approx(1 - DAMPING**length, abs=1e-12)


def test_many_leaves_on_one_root() -> None:
    size = 100_001
    star = Links(np.arange(1, size), np.zeros(size - 1, dtype=np.int64), size)
    expected = (1 - DAMPING) * (1 + DAMPING * (size - 1))
    assert ranked(star, np.ones(size))[0] == pytest.approx([expected], rel=1e-12)


def test_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        ranked(Links(np.array([0, 1]), np.array([1, 0]), 2), np.ones(2))


def test_a_check_tells_the_largest_difference() -> None:
    links = Links(np.array([0]), np.array([1]), 2)
    checked = Checked(Fixed("off", [1.0, 2.5]), Fixed("right", [1.25, 2.0]))
    assert checked.rank(links, [np.ones(2)], SETTINGS).scores[0, 0] == 1.0
    assert (checked.name, checked.difference) == ("off", 0.5)
