"""Literals mean in Neo4j what the same value means as a parameter."""

from datetime import UTC
from pprint import pformat

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.answers.cypher_text import inlined, literal
from graph.store.connection import Graph

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.text(alphabet="\\u0041'\"`/*$\n\t{}", max_size=12),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(),
    st.dates(),
)
NAMES = st.text(min_size=1) | st.text(alphabet="\\u0041'\"`/*$\n\t{}", min_size=1, max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda items: st.one_of(st.lists(items, max_size=4), st.dictionaries(NAMES, items, max_size=3)),
    max_leaves=6,
)


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each statement is planned anew: shrinking is slow
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=st.lists(VALUES, min_size=60, max_size=60))
def test_a_literal_is_the_value(sample_graph: Graph, values: list[object]) -> None:
    cypher = f"RETURN {literal(values)} AS written, $values AS given"
    row = sample_graph.read(cypher, {"values": values}).one()
    for written, given_value in zip(row["written"], row["given"], strict=True):
        assert pformat(written) == pformat(given_value)


def test_a_name_is_what_it_says(sample_graph: Graph) -> None:
    names = ["\\u0041", "\\u00zz", "\\\\u0060", "a`\\u0060`", "\\", "\\u005cu0041", "``"]
    row = sample_graph.read(f"RETURN {literal(dict.fromkeys(names, 1))} AS written").one()
    assert sorted(row["written"]) == sorted(names)


def test_a_whole_query_reads_the_same(sample_graph: Graph) -> None:
    cypher = "UNWIND $names AS name RETURN name, -$n AS n, '$n' AS text ORDER BY name LIMIT $limit"
    parameters = {"names": ["b'\"", "a\\u0041"], "n": -5, "limit": 2}
    rows = sample_graph.read(cypher, parameters).rows
    assert sample_graph.read(inlined(cypher, parameters)).rows == rows
