"""`hubgraph explain` on a real Neo4j: it adds up to what is stored."""

import json

import pytest

from graph.answers.explanation import Explanation, explain
from graph.answers.names import UnknownNameError
from graph.answers.query import reader
from graph.scores import compute
from graph.settings import Settings
from graph.store.connection import Graph
from tests.influence import FAMILIES, random_family, seeded
from tests.integration.test_history import Command
from tests.reference_influence import family, plant, union


def explained(graph: Graph, settings: Settings, model: str, *authors: str) -> Explanation:
    return explain(reader(graph), settings, model, authors)


def test_it_adds_up_to_what_is_stored(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(4)
    whole = union([*FAMILIES.values(), *(random_family(rng, f"x{i}-") for i in range(10))])
    plant(empty_graph, whole)
    compute(empty_graph, settings)
    rows = empty_graph.read(
        "MATCH (m:Base) RETURN m.id AS id, m.influence AS influence, m.descendants AS below, "
        "m.effective_descendants AS effective"
    ).rows
    for row in rows:
        found = explained(empty_graph, settings, row["id"].upper())
        assert found.model == row["id"]
        assert found.influence == pytest.approx(row["influence"], abs=1e-9)
        assert found.effective_descendants == pytest.approx(row["effective"], abs=1e-8)
        assert found.descendants == row["below"]
        for part in (found.by_relation, found.by_depth, found.by_author, found.by_swarm):
            assert sum(share.models for share in part) == found.descendants
            total = sum(share.effective_descendants for share in part)
            assert total == pytest.approx(found.effective_descendants, abs=1e-9)


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
