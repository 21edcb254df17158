"""Influence of the sample: a second opinion, and the checks that its page shows."""

import pytest

from graph import schema
from graph.store.connection import Graph
from tests.integration.test_influence import check_against_reference
from tests.integration.test_influence_command import blocks
from tests.reference_influence import Edge, Family


def test_the_sample_agrees_with_the_reference(sample_graph: Graph) -> None:
    rows = sample_graph.read(
        f"MATCH (c)-[r:{schema.LINEAGE_PATTERN}]->(b) WHERE r.gone_since IS NULL "
        "RETURN c.id AS child, b.id AS base, type(r) AS type, r.first_seen.epochMillis AS seen, "
        "c.created_at.epochMillis AS child_created, b.created_at.epochMillis AS base_created, "
        "c.gone_since AS child_gone, b.gone_since AS base_gone",
        timeout_s=60,
        row_limit=1_000_000,
    ).rows
    whole = Family([Edge(row["child"], row["base"], row["type"], row["seen"]) for row in rows])
    for row in rows:
        for end in ("child", "base"):
            if row[f"{end}_created"] is not None:
                whole.created[row[end]] = row[f"{end}_created"]
            if row[f"{end}_gone"] is not None:
                whole.gone.add(row[end])
    assert len(rows) > 6_000
    check_against_reference(sample_graph, whole)


QUERIES = blocks("cypher")


def test_there_are_queries() -> None:
    assert len(QUERIES) == 2


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_stored_can_be_checked_by_hand(sample_graph: Graph, query: str) -> None:
    found = sample_graph.read(query).one()
    assert found["stored"] > 100
    assert found["computed"] == pytest.approx(found["stored"], rel=1e-12)
