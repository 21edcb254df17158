"""Pairs and counts equal brute force; authors and ranks too."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import Direction
from graph.scores import authors, descendants, ranking, reach
from graph.scores.engine import Links
from graph.scores.lineage import TYPES
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Edge, Family

NAMES = [f"{owner}/{i}" for i, owner in enumerate("aabbccdd")] + ["gpt"]


@st.composite
def dags(draw: st.DrawFn) -> Family:
    """A family without a cycle or a duplicate."""
    names = draw(st.permutations(NAMES))
    places = st.integers(0, len(names) - 1)
    ends = draw(st.sets(st.tuples(places, places).filter(lambda e: e[0] > e[1]), max_size=20))
    types = st.sampled_from(TYPES)
    return Family([Edge(names[child], names[base], draw(types)) for child, base in sorted(ends)])


def numbered(family: Family) -> tuple[list[str], Links]:
    models = family.models
    child = np.array([models.index(e.child) for e in family.edges], dtype=np.int64)
    base = np.array([models.index(e.base) for e in family.edges], dtype=np.int64)
    return models, Links(child, base, len(models))


@given(dags())
def test_pairs_are_the_distinct_shortest_ways(family: Family) -> None:
    models, links = numbered(family)
    found = descendants.pairs(links)
    columns = (found.ancestor.tolist(), found.descendant.tolist(), found.depth.tolist())
    listed = list(zip(*columns, strict=True))
    expected = {
        (models.index(a), models.index(d), depth)
        for a, below in reference.descendants(family.edges).items()
        for d, depth in below.items()
    }
    assert set(listed) == expected
    assert len(listed) == len(expected)


@given(dags())
def test_counts_by_kind_and_depth(family: Family) -> None:
    models, links = numbered(family)
    kind = reference.kinds(family.edges)
    names = (*TYPES, "ROOT")
    codes = np.array([names.index(kind.get(m, "ROOT")) for m in models], dtype=np.int64)
    is_gone = np.array([m in family.gone for m in models], dtype=np.bool_)
    found = descendants.count_below(descendants.pairs(links), codes, is_gone)
    expected = reference.descendants(family.edges)
    for i, model in enumerate(models):
        every = expected.get(model, {})
        below = {name: steps for name, steps in every.items() if name not in family.gone}
        assert (found.total[i], found.gone[i]) == (len(below), len(every) - len(below))
        assert found.depth[i] == max(below.values(), default=0)
        assert found.by_kind[i].tolist() == [sum(kind[d] == t for d in below) for t in TYPES]


@given(dags())
def test_authors_agree_with_brute_force(family: Family) -> None:
    models, links = numbered(family)
    score = reference.influence(family)
    names = sorted({a for m in models if (a := reference.author(m))})
    owners = [reference.author(m) for m in models]
    found = authors.roll_up(
        links,
        score=np.array([score[m] for m in models], dtype=float),
        damping=DAMPING,
        found=descendants.pairs(links),
        author=np.array([names.index(o) if o else -1 for o in owners], dtype=np.int64),
        size=len(names),
    )
    expected = reference.authors(family)
    for i, name in enumerate(names):
        totals = expected.get(name, reference.AuthorTotals())
        assert found.inflow[i] == pytest.approx(totals.inflow, abs=1e-12)
        assert found.models[i] == len(totals.models)
        assert found.publishers[i] == len(totals.publishers)


@given(dags())
def test_reach_agrees_with_brute_force(family: Family) -> None:
    models, links = numbered(family)
    names = sorted({a for m in models if (a := reference.author(m))})
    owners = [reference.author(m) for m in models]
    author = np.array([names.index(o) if o else -1 for o in owners], dtype=np.int64)
    found = reach.publishers(descendants.pairs(links), author, len(models))
    for i, model in enumerate(models):
        below = list(reference.descendants(family.edges).get(model, {}))
        publishers = Counter(reference.author(m) or m for m in below)
        mine = reference.author(model) or model
        assert found["reach"][i] == len({p for p in publishers if p in names} - {mine})
        if below:
            shares = [n / len(below) for n in publishers.values()]
            assert found["self_ratio"][i] == pytest.approx(publishers[mine] / len(below))
            assert found["concentration"][i] == pytest.approx(sum(s * s for s in shares))


@given(dags(), st.lists(st.integers(0, 10**9), min_size=len(NAMES), max_size=len(NAMES)))
def test_downloads_are_shared_and_none_is_lost(family: Family, counts: list[int]) -> None:
    models, links = numbered(family)
    family.downloads.update(zip(models, counts, strict=False))
    downloads = np.array([family.downloads[m] for m in models], dtype=float)
    found = reach.attributed(links, downloads)
    assert found.tolist() == pytest.approx(list(reference.flowed(family).values()))
    children = {e.child for e in family.edges}
    roots = [i for i, model in enumerate(models) if model not in children]
    assert found[roots].sum() == pytest.approx(downloads.sum())


def test_many_levels_and_many_pairs() -> None:
    length = 300
    child, base = np.arange(1, length), np.arange(length - 1)
    found = descendants.pairs(Links(child, base, length))
    assert found.depth.size == length * (length - 1) // 2
    assert np.array_equal(found.depth, found.descendant - found.ancestor)


def test_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        descendants.pairs(Links(np.array([0, 1, 2]), np.array([1, 0, 0]), 3))


def test_equal_scores_share_a_rank() -> None:
    scores = np.array([0.3, 0.1 + 0.2, 0.5, 0.1, 0.1])
    assert ranking.ranks(scores).tolist() == [2, 2, 1, 4, 4]
    close = np.array([5e-10, 1.0 - 4e-10, 1.0, 1.0 + 6e-10, 9000.0, 9000.0 + 2e-6, 1.1])
    assert ranking.ranks(close).tolist() == [7, 4, 4, 4, 1, 1, 3]
    assert ranking.ranks(-close, Direction.LESS).tolist() == [7, 4, 4, 4, 1, 1, 3]
    assert ranking.ranks(np.array([])).tolist() == []
