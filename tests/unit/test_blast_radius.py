"""Who is hit, over any graph: compared with sets and paths that are followed one by one."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.blast.radius import Radius, radius
from graph.scores.engine import Links


@dataclass
class Case:
    size: int
    links: list[tuple[int, int, bool]]  # child, base, whether it is an adapter
    seeds: set[int]
    gone: set[int]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Small graphs with circles, loops, links told twice, and several seeds."""
    size = draw(st.integers(1, 9))
    model = st.integers(0, size - 1)
    links = draw(st.lists(st.tuples(model, model, st.booleans()), max_size=24))
    return Case(size, links, draw(st.sets(model)), draw(st.sets(model, max_size=2)))


def measured(case: Case) -> Radius:
    child, base, adapter = (np.array([link[i] for link in case.links], int) for i in range(3))
    seeds, gone = (np.array([i in s for i in range(case.size)]) for s in (case.seeds, case.gone))
    return radius(Links(child, base, case.size), adapter.astype(bool), seeds, gone)


def steps_by_hand(case: Case, *, adapters: bool = False) -> dict[int, int]:
    found = dict.fromkeys(case.seeds, 0)
    for step in range(1, case.size + 1):
        for child, base, adapter in case.links:
            if found.get(base) == step - 1 and child not in found and (adapter or not adapters):
                found[child] = step
    return found


@given(cases())
def test_steps_are_the_fewest_there_are(case: Case) -> None:
    by_hand = steps_by_hand(case)
    assert measured(case).depth.tolist() == [by_hand.get(i, -1) for i in range(case.size)]


@given(cases())
def test_what_needs_a_seed_is_reached_by_adapters_alone(case: Case) -> None:
    needs = steps_by_hand(case, adapters=True).keys() - case.seeds
    assert set(np.flatnonzero(measured(case).hard)) == needs


@given(cases())
def test_what_loses_every_base_is_the_least_such_set(case: Case) -> None:
    """Built up from nothing, so that a circle does not lose itself."""
    lost = set(case.seeds | case.gone)
    bases: dict[int, set[int]] = {}
    for child, base, _ in case.links:
        if child != base:
            bases.setdefault(child, set()).add(base)
    while more := {m for m, of in bases.items() if of <= lost} - lost:
        lost |= more
    hit = steps_by_hand(case).keys() - case.seeds
    assert set(np.flatnonzero(measured(case).lost)) == lost & hit


@given(cases())
def test_the_link_of_a_model_leads_one_step_nearer(case: Case) -> None:
    found = measured(case)
    for model in range(case.size):
        nearer = [
            i
            for i, (child, base, _) in enumerate(case.links)
            if child == model and found.depth[model] > 0
            and found.depth[base] == found.depth[model] - 1
        ]  # fmt: skip
        assert found.link[model] == (nearer[0] if nearer else -1)


@given(cases(), st.integers(0, 8))
def test_more_seeds_never_hit_less(case: Case, seed: int) -> None:
    before = measured(case)
    case.seeds.add(seed % case.size)
    after = measured(case)
    assert (after.depth >= 0)[before.depth >= 0].all()
    assert (after.hard | (after.depth == 0))[before.hard].all()
    assert (after.lost | (after.depth == 0))[before.lost].all()


def test_a_long_chain_and_a_million_adapters_end_soon() -> None:
    chain = np.arange(1, 200_000)
    none = np.zeros(200_000, dtype=bool)
    first = none.copy()
    first[0] = True
    found = radius(Links(chain, chain - 1, 200_000), none[1:], first, none)
    assert found.depth[-1] == 199_999
    assert found.lost.sum() == 199_999
    star = radius(Links(chain, chain * 0, 200_000), ~none[1:], first, none)
    assert star.hard.sum() == star.lost.sum() == 199_999
