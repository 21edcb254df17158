"""Lists of models as Cypher: every order and filter by the plan that was measured."""

from functools import partial

import pytest

from graph.answers.cypher_text import inlined, only_code
from graph.answers.facets import FACETS, NOT_STATED
from graph.answers.filters import FilterParameters, Filters
from graph.answers.list_queries import (
    TOTALS,
    read_whole,
    selection_sizes,
    selection_total,
    walk,
    walk_end,
)
from graph.answers.orders import ORDERS, Order
from graph.schema import MODEL, Index

INDEXED = [facet for facet in FACETS.values() if facet.index]


def test_orders_and_indexes_are_those_of_the_schema() -> None:
    assert tuple(order.key for order in ORDERS.values()) == MODEL.sorted_by
    assert all(MODEL.find(facet.index).index is Index.RANGE for facet in INDEXED)
    assert {name for pair in MODEL.found_by for name in pair} <= {f.index for f in INDEXED}


def test_every_facet_is_a_parameter_of_its_own_values() -> None:
    assert FACETS.keys() <= FilterParameters.model_fields.keys()
    for facet in FACETS.values():
        for value in facet.choices:
            FilterParameters.read({facet.name: value})
        if not facet.is_stated:
            assert FilterParameters.read({facet.name: NOT_STATED}).chosen() == {
                facet.name: [NOT_STATED]
            }


@pytest.mark.parametrize("chosen", [(), ("task",), ("size", "publisher", "language")], ids=str)
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_walk_follows_its_index_and_looks_at_so_many(
    order: Order, chosen: tuple[str, ...]
) -> None:
    filters = Filters({name: ["a", NOT_STATED] for name in chosen})
    tests = tuple(condition.test for condition in filters.conditions())
    hint = f"USING INDEX model:Model({order.key}, id)"
    for continued in (False, True):
        text = walk(order, tests, ascending=False, continued=continued).cypher
        assert text.count(hint) == 1 + continued
        assert text.count("LIMIT $looks") == (1 + 2 * continued if tests else 0)
        assert all(f"${name}" in text for name in chosen)
        end = walk_end(order, ascending=False, continued=continued).cypher
        assert end.count(hint) == 1 + continued


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_ascending_is_descending_turned_round(order: Order) -> None:
    found = ("model.task IN $task",)
    whole = partial(read_whole, order, ("task",), found)
    for query in (partial(walk, order, found), whole):
        down, up = (query(ascending=is_up, continued=True) for is_up in (False, True))
        assert down.cypher.replace(" DESC", "").replace(" < ", " > ") == up.cypher


def test_a_selection_is_found_by_its_index_and_read_once() -> None:
    by, found = ("task", "license"), ("model.task IN $task", "model.license IN $license")
    rest = ("model.library IN $library",)
    for query in (
        read_whole(ORDERS["influence"], by, found, rest, ascending=False, continued=True),
        selection_total(ORDERS["influence"], by, found, rest),
    ):
        start = "MATCH (model:Model)\nUSING INDEX model:Model(task, license)"
        assert query.cypher.startswith(start)
        assert all(query.cypher.count(test) == 1 for test in (*found, *rest))
    for name in ("influence", "likes"):
        query = read_whole(ORDERS[name], by, found, ascending=False, continued=False)
        assert ("model:Base" in query.cypher) == (name == "influence")


def test_sizes_count_each_candidate_up_to_a_limit() -> None:
    both = ("model.task IN $task", "model.license IN $license")
    text = selection_sizes(((("task", "license"), both), (("created_at",), ("true",)))).cypher
    assert text.count("LIMIT $most") == 2
    assert "USING INDEX model:Model(created_at, id)" in text
    assert text.endswith("RETURN task_license, created_at")


def test_only_stated_values_of_the_index_are_found_by_it() -> None:
    assert FACETS["task"].is_found(["a", "b"])
    assert not FACETS["task"].is_found(["a", NOT_STATED])
    assert FACETS["relation"].is_found(["merge"])
    assert not FACETS["relation"].is_found(["merge", "root"])
    assert not FACETS["size"].is_found(["1b-20b"])


def test_values_reach_a_list_only_as_parameters() -> None:
    (task,) = Filters({"task": ['" OR true //']}).conditions()
    text = walk(ORDERS["created"], (task.test,), ascending=True, continued=False).cypher
    pasted = inlined(text, {**task.given, "limit": 3, "looks": 5})
    assert "OR true" not in only_code(pasted)
    assert all(f"AS {order.key}" in TOTALS.cypher for order in ORDERS.values())
