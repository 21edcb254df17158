"""Datasets, Spaces and papers, and what models and Spaces say of them."""

import pytest

from graph.errors import DataError
from graph.schema import DATASET
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.missing import mark_gone
from graph.store.runs import Run, Scope
from graph.ways.load import load
from tests.integration.test_ingest import OLD, Raw, Take, model, take

__all__ = ["take"]

Edge = tuple[str, str, str]


def dataset(name: str, **fields: object) -> Raw:
    return {"record": "dataset/1", "id": name, **fields}


def space(name: str, **fields: object) -> Raw:
    return {"record": "space/1", "id": name, **fields}


def references(graph: Graph, *, live: bool = True) -> set[Edge]:
    """Relationships that follow from stated ids."""
    rows = graph.read(
        "MATCH (a)-[r:TRAINED_ON|DESCRIBED_IN|SUPERSEDED_BY|USES]->(b) "
        "WHERE (r.gone_since IS NULL) = $live "
        "RETURN a.id AS a, type(r) AS t, coalesce(b.id, b.arxiv_id) AS b",
        {"live": live},
    ).rows
    return {(row["a"], row["t"], row["b"]) for row in rows}


def test_a_model_refers_to_datasets_papers_and_its_successor(take: Take) -> None:
    summary = take(
        dataset("acme/texts", likes=3, tags=["parquet"], observed_at=OLD),
        model(
            "acme/one",
            datasets=["Acme/Texts", "squad"],
            papers=["2403.04652", "math.GT/0309136"],
            new_version="acme/two",
            observed_at=OLD,
        ),
    )
    assert (summary.tallies["models"].new, summary.tallies["datasets"].new) == (1, 1)
    assert references(take.graph) == {
        ("acme/one", "TRAINED_ON", "acme/texts"),
        ("acme/one", "TRAINED_ON", "squad"),
        ("acme/one", "DESCRIBED_IN", "2403.04652"),
        ("acme/one", "DESCRIBED_IN", "math.GT/0309136"),
        ("acme/one", "SUPERSEDED_BY", "acme/two"),
    }
    known = take.graph.read("MATCH (d:Dataset) RETURN d.id AS id, d.known AS known").rows
    assert {row["id"]: row["known"] for row in known} == {"acme/texts": True, "squad": False}
    assert take.model("acme/two")["known"] is False
    published = take.graph.read(
        "MATCH (a:Author)-[:PUBLISHED]->(n) RETURN a.name AS a, n.id AS n"
    ).rows
    assert {(row["a"], row["n"]) for row in published} >= {
        ("acme", "acme/texts"),
        ("acme", "acme/one"),
    }


def test_a_complete_run_marks_the_datasets_that_it_did_not_see(
    empty_graph: Graph, settings: Settings
) -> None:
    load(
        empty_graph,
        iter([dataset(f"a/{n}") for n in range(3)]),
        settings=settings,
        source="before",
    )
    run = Run.begin("crawl")
    load(empty_graph, iter([dataset("a/1")]), settings=settings, source="now", run=run)
    assert mark_gone(empty_graph, run, 0.5, Scope(DATASET)) == 2
    gone = empty_graph.read(
        "MATCH (d:Dataset) WHERE d.gone_since IS NOT NULL RETURN d.id AS id"
    ).rows
    assert {row["id"] for row in gone} == {"a/0", "a/2"}


def test_too_many_gone_are_not_believed(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.missing.SPARED", 1)
    load(
        empty_graph, iter([dataset(f"a/{n}") for n in range(3)]), settings=settings, source="before"
    )
    with pytest.raises(DataError, match="3 datasets that should be there, 3 were not listed"):
        mark_gone(empty_graph, Run.begin("crawl"), 0.5, Scope(DATASET))
