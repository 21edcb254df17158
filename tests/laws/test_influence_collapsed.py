"""Mirrors, swarms and own series taken out: known values, a second opinion, laws; no database."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.scores import cleaning, collapsed, pagerank
from graph.scores.cleaning import CleanLineage
from graph.scores.lineage import NEVER, TYPES, Facts, RawLineage
from graph.scores.rounds import Rounds
from graph.settings import Settings
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Edge, Family, family

SETTINGS = Settings(damping=DAMPING)
NAMES = [f"{owner}/{i}" for i, owner in enumerate("aabbccdd")] + ["gpt"]
NAMED = {"influence_mirror": 0, "influence_noswarm": 1, "influence_clean": 2}


@st.composite
def families(draw: st.DrawFn) -> Family:
    ends = st.sampled_from(NAMES)
    edges = draw(st.lists(st.builds(Edge, ends, ends, st.sampled_from(TYPES)), max_size=20))
    created = draw(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4), max_size=9))
    return Family(edges, created, draw(st.sets(st.sampled_from(NAMES), max_size=2)))


@st.composite
def mirrored(draw: st.DrawFn) -> tuple[Family, dict[str, str], set[str]]:
    """A family, which of its models are mirrors of which others, and which are swarms."""
    one = draw(families())
    models = one.models
    if len(models) < 2:
        return one, {}, set()
    original = draw(st.sampled_from(models))
    copies = draw(st.sets(st.sampled_from(models), max_size=3)) - {original}
    return one, dict.fromkeys(copies, original), draw(st.sets(st.sampled_from(models), max_size=3))


def lineage_of(one: Family, mirrors: dict[str, str], swarm: set[str]) -> CleanLineage:
    models = one.models
    place = {model: i for i, model in enumerate(models)}
    names = sorted({a for m in models if (a := reference.author(m))})
    owners = [reference.author(m) for m in models]
    created = np.array([one.created.get(m, np.nan) for m in models], dtype=float)
    number = np.arange(len(one.edges))
    found = RawLineage(
        node=np.arange(len(models)),
        gone=np.array([m in one.gone for m in models], dtype=np.bool_),
        relationship=number,
        child=np.array([place[e.child] for e in one.edges], dtype=np.int64),
        base=np.array([place[e.base] for e in one.edges], dtype=np.int64),
        type=np.array([TYPES.index(e.type) for e in one.edges], dtype=np.int64),
        seen=np.full(number.size, NEVER),
        mark=np.zeros(number.size, dtype=np.int64),
    )
    facts = Facts(
        np.array([names.index(o) if o else -1 for o in owners], dtype=np.int64),
        names,
        created,
        np.full(len(models), np.nan),
        np.full(len(models), np.nan),
    )
    cut = cleaning.marks(found.child, found.base, found.type, found.seen, lambda m: created[m])
    return cleaning.clean(
        Rounds(),
        SETTINGS,
        found,
        cut,
        facts,
        muted=np.array([m in swarm for m in models], dtype=np.bool_),
        mirror_of=np.array([place[mirrors[m]] if m in mirrors else -1 for m in models]),
    )


def expected(
    one: Family, mirrors: dict[str, str], swarm: set[str]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """I of every original: without mirrors, swarms, own series."""
    rest = reference.collapsed(one, mirrors)
    kind = {m: reference.kinds(rest.edges).get(m, "ROOT") for m in one.models}
    weight = {
        m: 0.0 if m in one.gone or m in mirrors else reference.WEIGHTS[kind[m]] for m in one.models
    }
    original = {m: 0.0 if m in swarm else b for m, b in weight.items()}
    share = reference.own_series(rest, original, kind)
    clean = {m: b * share[m] for m, b in original.items()}
    first, second, third = (reference.solve(rest.edges, b) for b in (weight, original, clean))
    return first, second, third


@given(mirrored())
def test_agrees_with_the_reference(given: tuple[Family, dict[str, str], set[str]]) -> None:
    one, mirrors, swarm = given
    if not one.edges:
        return
    found = collapsed.columns(lineage_of(one, mirrors, swarm))
    scores = expected(one, mirrors, swarm)
    for name, which in NAMED.items():
        for i, model in enumerate(one.models):
            if model in mirrors:
                assert np.isnan(found[name][i])
            else:
                assert found[name][i] == pytest.approx(scores[which][model], abs=1e-9), name


@given(mirrored())
def test_reach_is_that_of_the_originals(given: tuple[Family, dict[str, str], set[str]]) -> None:
    one, mirrors, swarm = given
    if not one.edges:
        return
    found = collapsed.columns(lineage_of(one, mirrors, swarm))["reach_clean"]
    below = reference.descendants(reference.collapsed(one, mirrors).edges)
    for i, model in enumerate(one.models):
        if model not in mirrors:
            by = {reference.author(m) for m in below.get(model, {}) if m not in swarm | one.gone}
            assert found[i] == len(by - {None, reference.author(model)})


@given(families())
def test_without_mirrors_and_swarms_it_is_influence(one: Family) -> None:
    if not one.edges:
        return
    lineage = lineage_of(one, {}, set())
    found = collapsed.columns(lineage)
    influence = pagerank.scores(lineage).influence
    assert found["influence_mirror"].tolist() == pytest.approx(influence.tolist(), abs=1e-12)
    assert found["influence_noswarm"].tolist() == found["influence_mirror"].tolist()


@given(families(), st.sampled_from(NAMES))
def test_a_new_leaf_of_another_author_never_lowers_its_base(one: Family, base: str) -> None:
    """P4; it may lower another base of a merge whose bases have one author."""
    if base not in one.models:
        return
    grown = Family([*one.edges, Edge("new/leaf", base)], one.created, one.gone)
    before = collapsed.columns(lineage_of(one, {}, set()))["influence_clean"]
    after = collapsed.columns(lineage_of(grown, {}, set()))["influence_clean"]
    gain = after[grown.models.index(base)] - before[one.models.index(base)]
    assert gain >= -1e-12


def test_mirror() -> None:
    one = family("mx/X mc/C QUANTIZE; mu/u mx/X; mv/v mx/X; mw/w mc/C")
    found = collapsed.columns(lineage_of(one, {"mx/X": "mc/C"}, set()))
    place = one.models.index
    assert found["influence_mirror"][place("mc/C")] == pytest.approx(0.5325)
    assert np.isnan(found["influence_mirror"][place("mx/X")])


def test_copied_card() -> None:
    """The mirror names the base that the original's own card does not."""
    one = family("Gensyn/q Qwen/base; a/1 Gensyn/q; b/2 Qwen/q")
    found = collapsed.columns(lineage_of(one, {"Gensyn/q": "Qwen/q"}, set()))
    original = 0.15 + 2 * 0.85 * 0.15
    place = one.models.index
    assert found["influence_mirror"][place("Qwen/q")] == pytest.approx(original)
    assert found["influence_mirror"][place("Qwen/base")] == pytest.approx(0.15 + 0.85 * original)
    assert found["reach_clean"][place("Qwen/base")] == 2


def test_own_series() -> None:
    text = "e/i e/b; eu/u e/i; z/1 e/b ADAPTER; z/2 e/b ADAPTER; z/3 e/b ADAPTER"
    one = family(text)
    found = collapsed.columns(lineage_of(one, {}, set()))["influence_clean"]
    place = one.models.index
    assert found[place("e/b")] == pytest.approx(0.258375 + 0.06375 * (1 + np.log(3)), abs=1e-12)
    assert found[place("e/i")] == pytest.approx(0.1275)


def test_muted_star() -> None:
    one = family("\n".join(f"star{i}/c star/b" for i in range(5)))
    found = collapsed.columns(lineage_of(one, {}, {"star0/c", "star1/c", "star2/c"}))
    base = one.models.index("star/b")
    assert found["influence_mirror"][base] == pytest.approx(0.7875)
    assert found["influence_noswarm"][base] == pytest.approx(0.405)
    assert found["reach_clean"][base] == 2
