"""Lists of models as Cypher: every order and filter by the plan that was measured."""

from functools import partial
from itertools import combinations

import pytest

from graph.answers.cypher_text import inlined, only_code
from graph.answers.list_queries import (
    FILTERS,
    ORDERS,
    TOTALS,
    Order,
    read_whole,
    selection_sizes,
    selection_total,
    walk,
)
from graph.answers.lists import ModelsParameters
from graph.schema import MODEL, Index

CHOSEN = [names for size in range(len(FILTERS) + 1) for names in combinations(FILTERS, size)]


def test_orders_and_filters_are_those_of_the_schema() -> None:
    assert tuple(order.key for order in ORDERS.values()) == MODEL.sorted_by
    assert set(FILTERS) <= ModelsParameters.model_fields.keys()
    assert all(MODEL.find(name).index is Index.RANGE for name in FILTERS)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("filters", CHOSEN, ids="-".join)
def test_a_walk_follows_its_index_gone_last(order: Order, filters: tuple[str, ...]) -> None:
    first = walk(order, filters, ascending=False, continued=False).cypher
    after = walk(order, filters, ascending=False, continued=True).cypher
    hint = f"USING INDEX model:Model({order.key}, id)"
    assert (first.count(hint), after.count(hint)) == (1, 2)
    for text in (first, after):
        assert text.count("NOT model:Gone") == text.count(hint)
        last_filter = max((text.find(f"model.{name} = ") for name in filters), default=0)
        assert last_filter < text.index("NOT model:Gone")
        assert set(filters) == {name for name in FILTERS if f"= ${name}" in text}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_ascending_is_descending_turned_round(order: Order) -> None:
    by = FILTERS[1:3]
    for query in (partial(walk, order, by), partial(read_whole, order, by, by)):
        down, up = (query(ascending=is_up, continued=True) for is_up in (False, True))
        assert down.cypher.replace(" DESC", "").replace(" < ", " > ") == up.cypher


def test_a_selection_is_found_by_its_index_and_read_once() -> None:
    order = ORDERS["influence"]
    by, filters = ("task", "license"), ("task", "license", "library")
    for query in (
        read_whole(order, by, filters, ascending=False, continued=True),
        selection_total(order, by, filters),
    ):
        start = "MATCH (model:Model)\nUSING INDEX model:Model(task, license)"
        assert query.cypher.startswith(start)
        assert all(query.cypher.count(f"= ${name}") == 1 for name in filters)
    for name in ("influence", "likes"):
        query = read_whole(ORDERS[name], by, filters, ascending=False, continued=False)
        assert ("model:Base" in query.cypher) == (name == "influence")


def test_sizes_count_each_candidate_up_to_a_limit() -> None:
    text = selection_sizes((("task", "license"), ("library",))).cypher
    assert text.count("LIMIT $most") == 2
    assert text.endswith("RETURN task_license, library")


def test_values_reach_a_list_only_as_parameters() -> None:
    text = walk(ORDERS["created"], ("task",), ascending=True, continued=False).cypher
    pasted = inlined(text, {"task": '" OR true //', "limit": 3})
    assert "OR true" not in only_code(pasted)
    assert all(f"AS {order.key}" in TOTALS.cypher for order in ORDERS.values())
