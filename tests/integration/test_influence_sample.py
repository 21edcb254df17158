"""Influence of the sample: a second opinion, and the checks that its page shows."""

import pytest

from graph import schema
from graph.scores.pagerank import DAY_MS
from graph.store.connection import Graph
from tests.documented import blocks
from tests.influence import check_against_reference
from tests.reference_influence import START, Edge, Family


def test_the_sample_agrees_with_the_reference(sample_graph: Graph) -> None:
    rows = sample_graph.read(
        f"MATCH (c)-[r:{schema.LINEAGE_PATTERN}]->(b) WHERE r.gone_since IS NULL "
        "RETURN c.id AS child, b.id AS base, type(r) AS type, r.since.epochMillis AS seen, "
        "c.created_at.epochMillis AS child_created, b.created_at.epochMillis AS base_created, "
        "c.gone_since AS child_gone, b.gone_since AS base_gone, c.downloads AS child_downloads, "
        "b.downloads AS base_downloads, c.likes AS child_likes, b.likes AS base_likes",
        timeout_s=60,
        row_limit=1_000_000,
    ).rows
    whole = Family([Edge(row["child"], row["base"], row["type"], row["seen"]) for row in rows])
    for row in rows:
        for end in ("child", "base"):
            if row[f"{end}_created"] is not None:
                since = row[f"{end}_created"] - START.timestamp() * 1000
                whole.created[row[end]] = since / DAY_MS
            for name, counts in (("downloads", whole.downloads), ("likes", whole.likes)):
                if row[f"{end}_{name}"] is not None:
                    counts[row[end]] = row[f"{end}_{name}"]
            if row[f"{end}_gone"] is not None:
                whole.gone.add(row[end])
    assert len(rows) > 6_000
    check_against_reference(sample_graph, whole)


QUERIES = [text for text in blocks("influence.md", "cypher") if "AS computed" in text]
WEIGHED_ANEW = [text for text in blocks("influence.md", "cypher") if "influence_by_" in text]


def test_there_are_queries() -> None:
    assert (len(QUERIES), len(WEIGHED_ANEW)) == (2, 1)


def test_the_shift_of_ranks_can_be_asked_for(sample_graph: Graph) -> None:
    [query] = [text for text in blocks("findings.md", "cypher") if "AS shift" in text]
    rows = sample_graph.read(query).rows
    assert len(rows) == 20
    assert all(r["shift"] == r["m.influence_rank"] - r["m.influence_clean_rank"] for r in rows)


def test_models_are_weighed_anew_without_another_run(sample_graph: Graph) -> None:
    rows = sample_graph.read(WEIGHED_ANEW[0]).rows
    assert len(rows) == 10
    for row in rows:
        stored = sample_graph.read(
            "MATCH (m:Model {id: $id}) RETURN m.influence AS influence", {"id": row["m.id"]}
        ).one()
        assert 0 < row["influence"] <= stored["influence"]


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_stored_can_be_checked_by_hand(sample_graph: Graph, query: str) -> None:
    found = sample_graph.read(query).one()
    assert found["stored"] > 100
    assert found["computed"] == pytest.approx(found["stored"], rel=1e-12)
