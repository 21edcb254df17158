"""Cleaning decides the same in any order, always leaves a DAG, and cuts nothing else."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.scores import cleaning
from graph.scores.lineage import MARKS, TYPES, FloatArray, IntArray
from tests import reference_influence as reference
from tests.reference_influence import Edge, Family

edges = st.lists(
    st.builds(
        Edge,
        child=st.sampled_from("abcdefg"),
        base=st.sampled_from("abcdefg"),
        type=st.sampled_from(TYPES),
        seen=st.integers(0, 3),
    ),
    max_size=25,
)
families = st.builds(
    Family, edges, st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 4), max_size=7)
)


def marks(family: Family) -> list[str | None]:
    """What the module decides, in the reference's terms."""
    index = {m: i for i, m in enumerate(family.models)}
    dates = np.array([family.created.get(m, np.nan) for m in family.models], dtype=float)

    def created(models: IntArray) -> FloatArray:
        return dates[models]

    found = cleaning.marks(
        np.array([index[e.child] for e in family.edges], dtype=np.int64),
        np.array([index[e.base] for e in family.edges], dtype=np.int64),
        np.array([TYPES.index(e.type) for e in family.edges], dtype=np.int64),
        np.array([e.seen for e in family.edges], dtype=np.int64),
        created,
    )
    return [MARKS[i] for i in found]


def kept(family: Family, found: list[str | None]) -> list[Edge]:
    return [e for e, mark in zip(family.edges, found, strict=True) if mark is None]


@pytest.mark.parametrize(("text", "created", "expected"), [
    ("a a; a b", {}, ["loop", None]),
    ("a b; a b", {}, [None, "dup"]),
    ("a b FINETUNE 1; a b MERGE 0", {}, [None, "dup"]),
    ("a b FINETUNE 1; a b ADAPTER 1; a b QUANTIZE 1; a b MERGE 1", {}, ["dup"] * 3 + [None]),
    ("a b FINETUNE; a c FINETUNE", {}, [None, None]),
    ("a b; b c; c a; u a", {}, ["cycle", "cycle", "cycle", None]),
    ("a b; b c; c a; u a", {"c": 0, "b": 1, "a": 2}, [None, None, "cycle", None]),
    ("a b; b a", {"a": 1, "b": 1}, ["cycle", "cycle"]),
    ("a b; b a", {"a": 1}, ["cycle", "cycle"]),
    ("a a; a b; b a; b a", {"a": 2, "b": 1}, ["loop", None, "cycle", "dup"]),
    ("a b; b c; a c", {}, [None, None, None]),
    ("", {}, []),
])  # fmt: skip
def test_each_reason(text: str, created: dict[str, int], expected: list[str | None]) -> None:
    assert marks(reference.family(text, created=created)) == expected


@given(families)
def test_agrees_with_the_reference(family: Family) -> None:
    assert marks(family) == reference.clean(family)


@given(families)
def test_leaves_a_dag_and_cuts_nothing_else(family: Family) -> None:
    found = marks(family)
    whole = nx.DiGraph([(e.child, e.base) for e in family.edges])
    rest = kept(family, found)
    assert nx.is_directed_acyclic_graph(nx.DiGraph([(e.child, e.base) for e in rest]))
    assert len({(e.child, e.base) for e in rest}) == len(rest)
    for edge, mark in zip(family.edges, found, strict=True):
        if mark == "cycle":
            assert nx.has_path(whole, edge.base, edge.child)
        elif mark == "dup":
            assert sum((e.child, e.base) == (edge.child, edge.base) for e in family.edges) > 1
        elif mark == "loop":
            assert edge.child == edge.base


@given(families, st.randoms(use_true_random=False))
def test_order_does_not_matter(family: Family, random: object) -> None:
    order = list(range(len(family.edges)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Family([family.edges[i] for i in order], family.created)
    assert sorted(kept(shuffled, marks(shuffled))) == sorted(kept(family, marks(family)))


@given(families)
def test_kinds_agree_with_the_reference(family: Family) -> None:
    rest = reference.kept(family)
    models = family.models
    found = cleaning.kinds(
        np.array([models.index(e.child) for e in rest], dtype=np.int64),
        np.array([TYPES.index(e.type) for e in rest], dtype=np.int64),
        np.array([e.seen for e in rest], dtype=np.int64),
        len(models),
    )
    expected = reference.kinds(rest)
    assert [(*TYPES, "ROOT")[i] for i in found] == [expected.get(m, "ROOT") for m in models]
