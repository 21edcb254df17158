"""Where influence comes from adds up to it, and what is left without some is exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.history.moved import moves
from graph.scores import explaining
from graph.scores.engine import Links
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Family, family
from tests.unit.test_influence_descendants import dags, numbered


def weights(models: list[str], family: Family) -> np.ndarray:
    return np.array([reference.weights(family)[m] for m in models], dtype=float)


@given(dags(), st.data())
def test_gifts_add_up_to_influence(family: Family, data: st.DataObject) -> None:
    models, links = numbered(family)
    if not models:
        return
    which = data.draw(st.integers(0, len(models) - 1))
    found = explaining.gifts(links, weights(models, family), which, DAMPING)
    assert found.sum() == pytest.approx(reference.influence(family)[models[which]], abs=1e-12)
    assert (found >= 0).all()


@given(dags(), st.data())
def test_what_children_pass_on_adds_up_to_influence(family: Family, data: st.DataObject) -> None:
    models, links = numbered(family)
    if not models:
        return
    which = data.draw(st.integers(0, len(models) - 1))
    own = weights(models, family)
    child, over = explaining.passed_on(links, own, which, DAMPING)
    whole = reference.influence(family)
    assert sorted(models[c] for c in child) == sorted(
        e.child for e in family.edges if e.base == models[which]
    )
    assert over.sum() + (1 - DAMPING) * own[which] == pytest.approx(whole[models[which]], abs=1e-12)


VALUES = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1e6)), max_size=9)


@given(VALUES, VALUES)
def test_moves_add_up(then: list[tuple[str, float]], now: list[tuple[str, float]]) -> None:
    before, after = (list(zip(*each, strict=True)) or ((), ()) for each in (then, now))
    found = moves(*before, *after)
    assert [m.name for m in found] == list(dict.fromkeys(m.name for m in found))
    assert sum(m.change for m in found) == pytest.approx(sum(after[1]) - sum(before[1]), abs=1e-6)
    assert sum(m.models_then + m.models_now for m in found) == len(then) + len(now)


@given(dags(), st.data())
def test_without_some_models(family: Family, data: st.DataObject) -> None:
    models, links = numbered(family)
    if not models:
        return
    which = data.draw(st.integers(0, len(models) - 1))
    others = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(models), max_size=len(models)))
    )
    others[which] = False
    found = explaining.without(links, weights(models, family), which, DAMPING, others)
    lost = {m for m, other in zip(models, others, strict=True) if other}
    own = {m: 0.0 if m in lost else b for m, b in reference.weights(family).items()}
    muted = reference.solve(family.edges, own)
    rest = [e for e in family.edges if e.child not in lost and e.base not in lost]
    removed = reference.solve(rest, own)
    assert found.muted == pytest.approx(muted[models[which]], abs=1e-12)
    assert found.removed == pytest.approx(removed[models[which]], abs=1e-12)


@given(dags(), st.data())
def test_depths_are_shortest(family: Family, data: st.DataObject) -> None:
    models, links = numbered(family)
    if not models:
        return
    which = data.draw(st.integers(0, len(models) - 1))
    below = reference.descendants(family.edges).get(models[which], {})
    expected = [0 if i == which else below.get(m, -1) for i, m in enumerate(models)]
    assert explaining.depths(links, np.arange(len(models)) == which).tolist() == expected


def test_known_values() -> None:
    star = family("\n".join(f"star{i}/c star/b" for i in range(5)))
    models, links = numbered(star)
    base = models.index("star/b")
    three = np.array([m in {"star0/c", "star1/c", "star2/c"} for m in models])
    found = explaining.without(links, weights(models, star), base, DAMPING, three)
    assert (found.muted, found.removed) == pytest.approx((0.405, 0.405))
    diamond = family("d1/l d4/r; d2/m d4/r; d3/k d1/l MERGE; d3/k d2/m MERGE")
    models, links = numbered(diamond)
    one = np.array([m == "d1/l" for m in models])
    own = np.ones(len(models))
    found = explaining.without(links, own, models.index("d4/r"), DAMPING, one)
    assert found.removed == pytest.approx(0.385875)


def test_a_model_alone() -> None:
    alone = Links(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 1)
    assert explaining.gifts(alone, np.ones(1), 0, DAMPING).tolist() == pytest.approx([0.15])
    assert explaining.depths(alone, np.ones(1, dtype=np.bool_)).tolist() == [0]
