"""Laws of the map: any models have places that follow from them alone, and none hides another."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from graph.answers.map.layout import Dots, Layout, arrange
from graph.schema import RELATIONS
from graph.scores.lineage import IntArray

LEAST_DISTANCE = 0.9
"""Of two dots, where the map says that they are 1 apart."""


@st.composite
def any_dots(draw: st.DrawFn) -> Dots:
    """Models with bases, circles, loops and several bases at once."""
    count = draw(st.integers(0, 120))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    links = draw(st.integers(0, 2 * count))
    spread = draw(
        st.sampled_from([0.5, 2.0, 6.0])
    )  # few bases with many children, or many with few
    base = (random.random(links) ** spread * count).astype(np.int64)
    return Dots(
        random.integers(0, 5, count),
        random.integers(-1, draw(st.integers(0, 4)), count),
        np.where(random.random(count) < 0.1, np.nan, random.integers(0, 9, count)),
        random.integers(0, max(1, count), links),
        base,
        random.integers(0, len(RELATIONS), links),
    )


def of_sizes(sizes: list[int]) -> Dots:
    """Families with so many leaves."""
    roots = np.cumsum([0, *sizes])[:-1] + np.arange(len(sizes))
    base = np.repeat(roots, sizes)
    count = sum(sizes) + len(sizes)
    child = np.setdiff1d(np.arange(count), roots)
    same = np.zeros(count, np.int64)
    return Dots(same, same, same.astype(float), child, base, np.zeros(base.size, np.int64))


def nearest(found: Layout) -> float:
    if len(found.place) < 2:
        return 1.0
    distance = np.asarray(cKDTree(found.place).query(found.place, k=2)[0])
    return float(distance[:, 1].min())


def root_of(parent: IntArray, model: int) -> int:
    while parent[model] >= 0:
        model = int(parent[model])
    return model


@given(any_dots())
def test_no_dot_hides_another_and_each_is_on_its_island(dots: Dots) -> None:
    found = arrange(dots)
    assert nearest(found) >= LEAST_DISTANCE
    assert np.all(np.hypot(*found.place.T) <= found.radius)
    parent, islands = found.forest.parent, found.islands
    place_of = {int(root): i for i, root in enumerate(islands.of)}
    for model in range(len(parent)):
        root = root_of(parent, model)
        assert found.forest.root[model] == root
        if (island := place_of.get(root)) is not None:
            away = np.hypot(*(found.place[model] - islands.centre[island]))
            assert away + 0.4 <= islands.radius[island]


@given(any_dots())
def test_islands_and_continents_never_overlap(dots: Dots) -> None:
    found = arrange(dots)
    for discs in (found.islands, found.continents):
        for one in range(len(discs.of)):
            away = np.hypot(*(discs.centre[one + 1 :] - discs.centre[one]).T)
            assert np.all(away >= discs.radius[one + 1 :] + discs.radius[one])


@given(any_dots())
def test_every_model_with_a_base_hangs_on_one_of_them_unless_that_makes_a_circle(
    dots: Dots,
) -> None:
    forest = arrange(dots).forest
    bases: dict[int, set[int]] = {}
    for child, base in zip(dots.child.tolist(), dots.base.tolist(), strict=True):
        if child != base:
            bases.setdefault(child, set()).add(base)
    named = np.bincount(dots.base, minlength=dots.author.size)
    for model, parent in enumerate(forest.parent.tolist()):
        if parent >= 0:
            assert parent in bases[model]
            assert named[parent] == max(named[base] for base in bases[model])
        elif model in bases:  # cut: it is above one of its bases
            most = max(named[base] for base in bases[model])
            assert model in {root_of(forest.parent, b) for b in bases[model] if named[b] == most}


@given(any_dots(), st.integers(0, 2**32))
@settings(max_examples=30)
def test_the_order_in_which_links_are_read_changes_nothing(dots: Dots, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(dots.child.size)
    other = replace(
        dots, child=dots.child[order], base=dots.base[order], relation=dots.relation[order]
    )
    np.testing.assert_array_equal(arrange(dots).place, arrange(other).place)


def test_a_chain_of_thousands_stays_small() -> None:
    models = np.arange(3_000)
    same = np.zeros(models.size, np.int64)
    chain = Dots(same, same, same.astype(float), models[1:], models[:-1], same[1:])
    found = arrange(chain)
    assert nearest(found) >= LEAST_DISTANCE
    assert found.forest.parent[2_999] == 2_998
    assert found.islands.radius[0] < 60


def test_thousands_of_islands_and_one_that_is_huge() -> None:
    found = arrange(of_sizes([20_000, *[3 + i % 9 for i in range(8_000)]]))
    assert nearest(found) >= LEAST_DISTANCE
    near = cKDTree(found.islands.centre).query_pairs(8.0, output_type="ndarray")
    away = np.hypot(*(found.islands.centre[near[:, 0]] - found.islands.centre[near[:, 1]]).T)
    assert np.all(away >= found.islands.radius[near].sum(axis=1))
