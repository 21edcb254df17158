"""`hubgraph explain` on a real Neo4j: it adds up to what is stored."""

import json
from datetime import timedelta

import pytest

from graph.answers.explanation import Explanation, author_by_month, explain
from graph.answers.history.moved import moved
from graph.answers.names import UnknownNameError
from graph.answers.query import reader
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from tests.influence import FAMILIES, random_family, seeded
from tests.integration.test_history import Command
from tests.reference_influence import (
    DAMPING,
    START,
    Family,
    family,
    influence,
    plant,
    union,
    weights,
)


def explained(graph: Graph, settings: Settings, model: str, *authors: str) -> Explanation:
    return explain(reader(graph), settings, model, authors)


def test_it_adds_up_to_what_is_stored(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(4)
    whole = union([*FAMILIES.values(), *(random_family(rng, f"x{i}-") for i in range(10))])
    plant(empty_graph, whole)
    compute(empty_graph, settings)
    rows = empty_graph.read(
        "MATCH (m:Base) RETURN m.id AS id, m.influence AS influence, m.descendants AS below, "
        "m.effective_descendants AS effective, m.modelrank AS rank"
    ).rows
    for row in rows:
        found = explained(empty_graph, settings, row["id"].upper())
        assert found.model == row["id"]
        assert found.influence == pytest.approx(row["influence"], abs=1e-9)
        assert found.effective_descendants == pytest.approx(row["effective"], abs=1e-8)
        assert found.descendants == row["below"]
        rank = found.by_month[-1].modelrank if found.by_month else 0
        assert rank == pytest.approx(row["rank"], abs=1e-9)
        for part in (found.by_relation, found.by_depth, found.by_author, found.by_swarm):
            assert sum(share.models for share in part) == found.descendants
            total = sum(share.effective_descendants for share in part)
            assert total == pytest.approx(found.effective_descendants, abs=1e-9)


def test_circles_are_left_out_before_they_were_ever_marked(
    empty_graph: Graph, settings: Settings
) -> None:
    whole = family("a/a a/b; a/b a/c; a/c a/a; a/c a/c; u/u a/b", created={"a/a": 2, "a/b": 1})
    plant(empty_graph, whole)
    names = ("a/a", "a/b", "a/c")
    before = [explained(empty_graph, settings, name) for name in names]
    assert [found.descendants for found in before] == [0, 2, 0]
    compute(empty_graph, settings)
    assert [explained(empty_graph, settings, name) for name in names] == before
    months = author_by_month(reader(empty_graph), settings, "A")
    assert months.effective_descendants == pytest.approx(DAMPING)


def test_by_whom_how_and_without_whom(empty_graph: Graph, settings: Settings) -> None:
    plant(
        empty_graph,
        family(
            "pack/copy lab/base QUANTIZE; ann/a pack/copy; bob/b pack/copy; "
            "ann/c lab/base ADAPTER; "
            "s/x-Gensyn-Swarm-a_b_c lab/base"
        ),
    )
    compute(empty_graph, settings)
    found = explained(empty_graph, settings, "lab/base", "PACK", "nobody")
    assert {s.name: s.models for s in found.by_relation} == {
        "finetune": 3, "quantized": 1, "adapter": 1,
    }  # fmt: skip
    assert [(s.name, s.models) for s in found.by_depth] == [("1", 3), ("2", 2)]
    assert {s.name: s.models for s in found.by_swarm} == {"none": 4, "gensyn": 1}
    total = 0.85 * (0.2 + 0.5 + 1) + 0.85**2 * 2
    assert found.effective_descendants == pytest.approx(total)
    pack, nobody = found.without
    assert (pack.author, pack.models) == ("pack", 1)
    assert pack.muted == pytest.approx(total - 0.85 * 0.2)
    assert pack.removed == pytest.approx(0.85 * 1.5)
    assert nobody.models == 0
    assert nobody.muted == nobody.removed == pytest.approx(total)


def test_many_authors_are_cut_and_said(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, family("\n".join(f"u{i}/c lab/base" for i in range(14))))
    compute(empty_graph, settings)
    found = explained(empty_graph, settings, "lab/base")
    assert (len(found.by_author), found.other_authors, len(found.without)) == (10, 4, 3)


def test_a_leaf_and_an_unknown_model(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, FAMILIES["chain4"])
    compute(empty_graph, settings)
    found = explained(empty_graph, settings, "c1/a")
    assert (found.descendants, found.effective_descendants, found.by_author) == (0, 0, [])
    assert found.influence == pytest.approx(0.15)
    with pytest.raises(UnknownNameError):
        explained(empty_graph, settings, "c1/none")


def held(whole: Family, day: int, ended: set[int]) -> Family:
    """What is left of it on a day: the edges of `ended` end between the first and the second."""
    edges = [e for i, e in enumerate(whole.edges) if e.seen <= day and not (i in ended and day > 1)]
    return Family(edges, whole.created, whole.gone)


def test_why_it_moved_adds_up(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(5)
    whole = union(random_family(rng, f"x{i}-") for i in range(3))
    whole.edges = sorted(set(whole.edges))
    ended = {i for i, e in enumerate(whole.edges) if e.seen <= 1 and rng.random() < 0.3}
    plant(empty_graph, whole)
    empty_graph.command(
        "UNWIND $rows AS row MATCH (c:Model)-[r {since: row[1]}]->(b:Model) "
        "WHERE c.id = row[0] AND b.id = row[2] AND type(r) = row[3] SET r.gone_since = $at",
        {
            "rows": [
                [e.child, START + timedelta(days=e.seen), e.base, e.type]
                for e in (whole.edges[i] for i in ended)
            ],
            "at": START + timedelta(days=1.5),
        },
    )
    expected = []
    for day in (1, 2):
        then = held(whole, day, ended)
        own = weights(then)
        found = {m: i / (1 - DAMPING) - own[m] for m, i in influence(then).items()}
        expected.append(found)
    for model in whole.models:
        move = moved(empty_graph, settings, model.upper(), START + timedelta(days=1))
        assert move.then == pytest.approx(expected[0].get(model, 0.0), abs=1e-9)
        assert move.now == pytest.approx(expected[1].get(model, 0.0), abs=1e-9)
        for part in (
            move.by_fate, move.by_child, move.by_author, move.by_relation, move.by_depth,
        ):  # fmt: skip
            assert sum(m.then for m in part) == pytest.approx(move.then, abs=1e-9)
            assert sum(m.now for m in part) == pytest.approx(move.now, abs=1e-9)
            assert sum(m.change for m in part) == pytest.approx(move.change, abs=1e-9)
        for part in (move.by_fate, move.by_author, move.by_relation, move.by_depth):
            assert sum(m.models_then for m in part) == move.descendants_then
            assert sum(m.models_now for m in part) == move.descendants_now


def test_what_came_went_and_stayed(empty_graph: Graph, settings: Settings) -> None:
    """One came, one went; of one that stays, half goes to another base now."""
    lineage = family("a/went l/b; b/half l/b MERGE; b/half o/o MERGE 2; c/came l/b ADAPTER 2")
    lineage.created = {"a/went": 0}
    plant(empty_graph, lineage)
    empty_graph.command(
        "MATCH (:Model {id: 'a/went'})-[r]->() SET r.gone_since = $at",
        {"at": START + timedelta(days=1.5)},
    )
    move = moved(empty_graph, settings, "l/b", START + timedelta(days=1))
    assert {m.name: (m.models_then, m.models_now) for m in move.by_fate} == {
        "came": (0, 1), "stayed": (1, 1), "went": (1, 0),
    }  # fmt: skip
    assert {m.name: m.change for m in move.by_child} == {
        "a/went": pytest.approx(-0.85),
        "b/half": pytest.approx(-0.425),
        "c/came": pytest.approx(0.425),
    }
    assert move.undated == 1  # c/came
    before = moved(empty_graph, settings, "l/b", START - timedelta(days=1))
    assert (before.then, before.descendants_then) == (0, 0)
    with pytest.raises(UnknownNameError):
        moved(empty_graph, settings, "no/model", START)


@pytest.mark.usefixtures("environment")
def test_the_command(
    empty_graph: Graph,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    plant(empty_graph, FAMILIES["star5"])
    compute(empty_graph, settings)
    hubgraph = Command(monkeypatch, capfd)
    found = json.loads(hubgraph("explain", "STAR/b", "--json"))
    assert (found["model"], found["descendants"]) == ("star/b", 5)
    text = hubgraph("explain", "star/b", "--without", "star0")
    assert "4.2 effective descendants from 5 descendants" in text
    assert "If they were not there" in text
    found = json.loads(hubgraph("explain", "STAR/b", "--since", "2020-01-01", "--json"))
    assert (found["then"], found["descendants_now"], found["undated"]) == (0, 5, 5)
    text = hubgraph("explain", "star/b", "--since", "2020-01-01")
    assert "at least 0.0 effective descendants on 2020-01-01 00:00 UTC, 4.2 now (+4.2)" in text
    assert "5 models have no date of creation and may be older" in text
    hubgraph("explain", "star/b", "--since", "2020-01-01", "--without", "x", code=2)
    hubgraph("explain", "star/b", "--since", "yesterday", code=2)
