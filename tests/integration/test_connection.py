"""The two doors to a real Neo4j, and what they say when it cannot be used."""

import logging
from datetime import UTC, datetime

import pytest

from graph import schema
from graph.errors import ConfigurationError, MemoryLimitError, QueryError, ServerError
from graph.server.service import Address
from graph.settings import Settings, load_settings
from graph.store import connection
from graph.store.connection import Graph, Statement, connect
from graph.store.indexes import apply_schema


def test_reads_return_plain_values(empty_graph: Graph) -> None:
    empty_graph.write(
        "CREATE (:Model {id: 'a/x', id_folded: 'a/x'})-[:FINETUNE {n: 1}]->"
        "(:Model {id: 'a/y', id_folded: 'a/y'})"
    )
    result = empty_graph.read(
        "MATCH p = (m:Model {id: $id})-[r]->(b) "
        "RETURN m, r, p, datetime('2026-01-02T03:04:05Z') AS at, [1, 'two', {three: 3}] AS list",
        {"id": "a/x"},
    )
    assert result.columns == ["m", "r", "p", "at", "list"]
    row = result.one()
    assert row["m"] == {"labels": ["Model"], "id": "a/x", "id_folded": "a/x"}
    assert row["r"] == {"type": "FINETUNE", "n": 1}
    assert [node["id"] for node in row["p"]["nodes"]] == ["a/x", "a/y"]
    assert row["p"]["relationships"] == [{"type": "FINETUNE", "n": 1}]
    assert row["at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert row["list"] == [1, "two", {"three": 3}]


def test_the_row_limit_cuts_and_says_so(empty_graph: Graph) -> None:
    query = "UNWIND range(1, 11) AS n RETURN n"
    cut = empty_graph.read(query, row_limit=10)
    assert ([row["n"] for row in cut.rows], cut.truncated) == (list(range(1, 11)), True)
    assert not empty_graph.read(query, row_limit=11).truncated


@pytest.mark.parametrize("query", [
    "CREATE (:Model)", "MATCH (n) DETACH DELETE n", "CREATE INDEX never FOR (n:Model) ON (n.never)",
    "UNWIND [1] AS n CALL (n) { CREATE (:Model) } IN TRANSACTIONS",
])  # fmt: skip
def test_the_read_door_does_not_write(empty_graph: Graph, query: str) -> None:
    with pytest.raises(QueryError):
        empty_graph.read(query)
    assert empty_graph.read("MATCH (n) RETURN count(n) AS n").one() == {"n": 0}


def test_a_slow_read_is_ended_by_the_server(empty_graph: Graph) -> None:
    slow = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS total"
    with pytest.raises(QueryError, match=r"longer than 0\.5 seconds"):
        empty_graph.read(slow, timeout_s=0.5)


def test_a_wrong_query_is_one_line(empty_graph: Graph) -> None:
    with pytest.raises(QueryError, match="Neo4j refused the query") as caught:
        empty_graph.read("MATCH (n RETURN n")
    assert "\n" not in str(caught.value)


def test_a_failing_transaction_leaves_nothing(empty_graph: Graph) -> None:
    with pytest.raises(QueryError):
        empty_graph.write(
            Statement("CREATE (:Model {id: $id, id_folded: $id})", {"id": "a/x"}), "RETURN 1 / 0"
        )
    assert empty_graph.read("MATCH (n) RETURN count(n) AS n").one() == {"n": 0}


def test_the_schema_is_applied_once(empty_graph: Graph) -> None:
    def names() -> list[str]:
        rows = empty_graph.read("SHOW INDEXES YIELD name RETURN name ORDER BY name").rows
        return [row["name"] for row in rows]

    before = names()
    apply_schema(empty_graph)
    assert names() == before
    assert "model_id" in before
    assert "model_text" in before


def test_what_is_left_of_the_schema_is_made_later(empty_graph: Graph) -> None:
    later = schema.secondary_indexes()
    for name in later:
        empty_graph.command(f"DROP INDEX {name}")
    found = "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN collect(name) AS names"
    apply_schema(empty_graph, leave=later)
    assert not later & set(empty_graph.command(found).one()["names"])
    shares: list[float] = []
    apply_schema(empty_graph, shares.append)
    assert set(empty_graph.command(found).one()["names"]) >= schema.constraint_statements().keys()
    assert all(0 <= share <= 1 for share in shares)


def test_a_full_text_index_of_an_earlier_version_is_made_anew(empty_graph: Graph) -> None:
    empty_graph.command("DROP INDEX author_text")
    empty_graph.command("CREATE FULLTEXT INDEX author_text FOR (n:Author) ON EACH [n.name]")
    apply_schema(empty_graph)
    covered = empty_graph.command(
        "SHOW FULLTEXT INDEXES YIELD name, properties WHERE name = 'author_text' RETURN properties"
    )
    assert covered.one()["properties"] == list(schema.AUTHOR.fulltext)


def _settings(address: Address, **changes: object) -> Settings:
    values: dict[str, object] = {
        "neo4j_uri": address.uri,
        "neo4j_user": address.user,
        "neo4j_password": address.password.get_secret_value(),
    }
    return load_settings(**(values | changes))


def test_a_wrong_password_is_not_shown(address: Address, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ConfigurationError, match="wrong user or password") as caught:
        connect(_settings(address, neo4j_password="not-this-one"))
    assert "not-this-one" not in str(caught.value) + caplog.text


@pytest.mark.parametrize(("changes", "error", "said"), [
    ({"neo4j_password": None}, ConfigurationError, "HUBGRAPH_NEO4J_PASSWORD is not"),
    ({"neo4j_uri": "bolt://127.0.0.1:1"}, ServerError, "cannot be reached"),
    ({"neo4j_database": "nowhere"}, ServerError, "has no database 'nowhere'"),
])  # fmt: skip
def test_what_is_wrong_with_a_connection_is_named(
    address: Address, changes: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        connect(_settings(address, **changes))


def test_an_old_server_is_refused(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", (9999, 1))
    with pytest.raises(ServerError, match=r"too old\. hubgraph needs 9999\.1 or newer"):
        connect(_settings(address))


def test_a_server_without_gds_is_named(empty_graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Graph, "gds_version", lambda _: None)
    with pytest.raises(ServerError, match="no Graph Data Science plugin"):
        empty_graph.require_gds()


def test_no_local_server_says_how_to_start_it(tmp_path: object) -> None:
    with pytest.raises(ServerError, match="hubgraph up"):
        connect(load_settings(data_dir=tmp_path))


def test_too_little_memory_is_an_error_of_its_own(empty_graph: Graph) -> None:
    """Influence by Graph Data Science goes on outside the database after this one."""
    every = "UNWIND range(1, 400000000) AS x WITH collect([x, x]) AS pairs RETURN size(pairs) AS n"
    with pytest.raises(MemoryLimitError):
        empty_graph.command(every)
