"""Transactions side by side: all of them, their answers in order, and nothing after an error."""

import pytest

from graph.errors import QueryError
from graph.store.connection import Graph, Statement
from graph.store.side_by_side import AT_ONCE, write_side_by_side

CREATE = "CREATE (m:Model {likes: $n}) RETURN m.likes AS likes"


def test_answers_come_in_order(empty_graph: Graph) -> None:
    statements = (Statement(CREATE, {"n": n}) for n in range(20))
    found = [rows[0]["likes"] for rows in write_side_by_side(empty_graph, statements)]
    assert found == list(range(20))
    assert empty_graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"] == 20
    assert list(write_side_by_side(empty_graph, [])) == []


def test_after_an_error_nothing_is_begun(empty_graph: Graph) -> None:
    statements = [Statement(CREATE, {"n": n}) for n in range(3)]
    statements += [Statement("CREATE (m:Model {likes: 1 / 0})")]
    statements += [Statement(CREATE, {"n": n}) for n in range(4, 20)]
    with pytest.raises(QueryError):
        list(write_side_by_side(empty_graph, statements))
    written = empty_graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"]
    assert 3 <= written < 3 + AT_ONCE
