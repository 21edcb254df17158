"""A model has the name under which it was seen last, whatever the order of arrival."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.remembered import GraphState, Raw, change, day, model

A = "a" * 24
ONE, TWO, THREE = "a/one", "b/two", "c/three"


def seen(name: str, at: int, **fields: object) -> Raw:
    return model(name, hub_id=A, observed_at=day(at), likes=at, **fields)


def renamed(former: str, present: str, at: int) -> Raw:
    return change(former, "renamed", before=former, after=present, observed_at=day(at))


def found(take: GraphState) -> list[tuple[int, object, object]]:
    """The renames that are known: day, before, after."""
    return [
        (int(each["at"][8:10]), each["before"], each["after"])
        for each in take.changes()
        if each["kind"] == "renamed"
    ]


def graph(take: GraphState) -> tuple[object, ...]:
    """What a graph holds; the time of a run is in none of it."""
    models = {ref: node for ref, node in take.nodes.items() if ref.label == "Model"}
    owned = {
        (start, end): values.get("gone_since")
        for (start, _, end), values in take.linked("PUBLISHED").items()
    }
    noted = [[each.get(n) for n in ("kind", "at", "before", "after")] for each in take.changes()]
    return models, take.lineage(), owned, noted


def orders(take: GraphState, records: list[Raw]) -> None:
    """Every order of some records, in every split into two runs: each gives the same graph."""
    first = None
    for order in permutations(records):
        for cut in range(len(order)):
            take.empty()
            for some in (order[:cut], order[cut:]):
                take(*some, batch_size=1 + cut % 2, now=day(20))
            first = first or graph(take)
            assert graph(take) == first, (cut, order)


@pytest.mark.parametrize(("records", "name", "expected"), [
    ([seen(ONE, 1), renamed(ONE, TWO, 3)], TWO, [(3, ONE, TWO)]),
    ([seen(ONE, 1), renamed(ONE, TWO, 3), seen(ONE, 5)],
     ONE, [(3, ONE, TWO), (5, TWO, ONE)]),
    ([seen(ONE, 1), renamed(ONE, TWO, 3), seen(TWO, 4), seen(ONE, 5)],
     ONE, [(3, ONE, TWO), (5, TWO, ONE)]),
    ([renamed(ONE, TWO, 3), seen(TWO, 4), seen(ONE, 6), seen(ONE, 8)],
     ONE, [(3, ONE, TWO), (6, TWO, ONE)]),
    ([renamed(ONE, TWO, 3), seen(ONE, 5), seen(TWO, 7), seen(ONE, 2)],
     TWO, [(3, ONE, TWO), (5, TWO, ONE), (7, ONE, TWO)]),
    ([seen(ONE, 1), seen(TWO, 2), renamed(ONE, TWO, 3), seen(TWO, 3)], TWO, [(3, ONE, TWO)]),
    ([seen(ONE, 1), renamed(ONE, TWO, 3), renamed(TWO, THREE, 5), seen(THREE, 6)],
     THREE, [(3, ONE, TWO), (5, TWO, THREE)]),
    ([seen(ONE, 1), renamed(ONE, TWO, 3), renamed(TWO, ONE, 5), seen(TWO, 4)],
     ONE, [(3, ONE, TWO), (5, TWO, ONE)]),
])  # fmt: skip
def test_a_model_has_the_name_under_which_it_was_seen_last(
    take: GraphState, records: list[Raw], name: str, expected: list[tuple[int, str, str]]
) -> None:
    orders(take, records)
    assert take.ids() == {name}
    assert found(take) == expected
    others = {ONE, TWO, THREE} - {name}
    assert set(take.model(name)["aliases"]) <= others
    assert take.model(name)["renamed_at"] == day(expected[-1][0])


_SEEN = st.builds(
    lambda name, at, facts: model(name, hub_id=A, observed_at=day(at), **facts),
    st.sampled_from([ONE, TWO]),
    st.integers(1, 9),
    st.fixed_dictionaries({}, optional={
        "likes": st.integers(0, 2),
        "license": st.sampled_from(["mit", "gpl"]),
        "gated": st.sampled_from(["no", "auto"]),
    }),
)  # fmt: skip


def _at(record: Raw) -> str:
    return str(record["observed_at"])


ALTERNATING = st.builds(
    lambda told, seen: [told, *seen],
    st.integers(1, 9).map(lambda at: renamed(ONE, TWO, at)),
    st.lists(_SEEN, max_size=6, unique_by=_at),
)
"""A model that is renamed, and what is seen of it under both names."""


@effort(max_examples=80, deadline=None)
@given(records=ALTERNATING, data=st.data())
def test_names_that_alternate_give_one_graph_in_any_order(
    records: list[Raw], data: st.DataObject
) -> None:
    both = []
    for order in (records, data.draw(st.permutations(records))):
        take = GraphState()
        cut = data.draw(st.integers(0, len(order)))
        for some in (order[:cut], order[cut:]):
            take(*some, batch_size=data.draw(st.integers(1, 8)), now=day(20))
        both.append(graph(take))
        take(*order, now=day(20))
        assert graph(take) == both[-1]
    assert both[0] == both[1]
    newest = max(records, key=lambda each: (_at(each), "kind" in each))
    assert take.ids() == {newest["id"] if newest["record"] == "model/1" else TWO}
