"""A former name: without an `_id`, taken over, seen again; any order and split is one graph."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from graph.resolve.held import NodeKey, Values
from tests.remembered import GraphState, Raw, change, day, model
from tests.unit.test_resolve_renames import ONE, TWO, A, graph, renamed

B = "b" * 24
RENAMED = 3
MANY = effort(max_examples=80, deadline=None)


def _at(record: Raw) -> str:
    return str(record["observed_at"])


def _seen(
    name: str, ids: list[str | None], first: int, last: int, least: int = 0
) -> st.SearchStrategy[list[Raw]]:
    record = st.builds(
        lambda hub_id, at, facts: model(name, hub_id=hub_id, observed_at=day(at), **facts),
        st.sampled_from(ids),
        st.integers(first, last),
        st.fixed_dictionaries({}, optional={"likes": st.integers(0, 2)}),
    )
    return st.lists(record, min_size=least, max_size=2, unique_by=_at)


def _told(name: str, kind: str, at: int) -> Raw:
    return change(name, kind, observed_at=day(at).replace("T00", "T12"))


_REPORTED = st.lists(
    st.builds(
        _told,
        st.sampled_from([ONE, TWO]),
        st.sampled_from(["gone", "missing", "returned"]),
        st.integers(RENAMED + 1, 9),
    ),
    max_size=2,
    unique_by=_at,
)


def _one_graph(
    records: list[Raw], data: st.DataObject, show: Callable[[GraphState], object], *known: Raw
) -> None:
    both = []
    for order in (records, data.draw(st.permutations(records))):
        take = GraphState()
        cut = data.draw(st.integers(0, len(order)))
        for some in (list(known), order[:cut], order[cut:]):
            take(*some, batch_size=data.draw(st.integers(1, 8)), now=day(20))
        both.append(show(take))
    assert both[0] == both[1]


@MANY
@given(before=_seen(ONE, [A, None], 1, 2), after=_seen(TWO, [A, None], 3, 9), data=st.data())
def test_records_need_no_id_around_a_rename(
    before: list[Raw], after: list[Raw], data: st.DataObject
) -> None:
    _one_graph([renamed(ONE, TWO, RENAMED), *before, *after], data, graph)


@MANY
@given(after=_seen(TWO, [A], 3, 9), other=_seen(ONE, [B], 5, 9), data=st.data())
def test_who_has_a_former_name_now_took_it_over(
    after: list[Raw], other: list[Raw], data: st.DataObject
) -> None:
    known = model(TWO, hub_id=A, observed_at=day(RENAMED))
    _one_graph([renamed(ONE, TWO, RENAMED), *after, *other], data, graph, known)


@MANY
@given(
    before=_seen(ONE, [A], 1, 2),
    after=_seen(TWO, [A], 3, 9),
    other=_seen(ONE, [B], 5, 9, 1),
    data=st.data(),
)
def test_two_models_of_one_name_are_not_mixed(
    before: list[Raw], after: list[Raw], other: list[Raw], data: st.DataObject
) -> None:
    def held(take: GraphState) -> Values:
        one, two = (take.nodes.get(NodeKey("Model", name), {}) for name in (ONE, TWO))
        assert (one["hub_id"], one["license"]) == (B, "b")
        stated = (two.get("hub_id"), two.get("license"))
        assert stated == (A, "a") if after else stated in {(A, "a"), (None, None)}
        return {name: one[name] for name in one.keys() - {"aliases", "renamed_at"}}

    records = [{**each, "license": str(each["hub_id"])[0]} for each in (*before, *after, *other)]
    _one_graph([renamed(ONE, TWO, RENAMED), *records], data, held)


@MANY
@given(
    before=_seen(ONE, [A], 1, 2),
    after=st.tuples(_seen(TWO, [A], 3, 9), _seen(ONE, [A], 4, 9)),
    reported=_REPORTED,
    data=st.data(),
)
def test_a_renamed_model_that_is_gone_and_seen_again(
    before: list[Raw], after: tuple[list[Raw], list[Raw]], reported: list[Raw], data: st.DataObject
) -> None:
    seen = {_at(each): each for each in (*before, *after[0], *after[1])}
    _one_graph([renamed(ONE, TWO, RENAMED), *reported, *seen.values()], data, graph)


@MANY
@given(
    before=_seen(ONE, [A, None], 1, 2),
    after=st.tuples(_seen(TWO, [A, None], 3, 9), _seen(ONE, [A, None], 4, 9)),
    data=st.data(),
)
def test_a_former_name_without_an_id_is_no_name_that_it_has_again(
    before: list[Raw], after: tuple[list[Raw], list[Raw]], data: st.DataObject
) -> None:
    seen = {_at(each): each for each in (*before, *after[0], *after[1])}
    _one_graph([renamed(ONE, TWO, RENAMED), *seen.values()], data, graph)


@MANY
@given(after=_seen(TWO, [A], 3, 9, 1), other=_seen(ONE, [B], 5, 9), data=st.data())
def test_who_has_a_former_name_may_be_heard_of_before_who_was_renamed(
    after: list[Raw], other: list[Raw], data: st.DataObject
) -> None:
    _one_graph([renamed(ONE, TWO, RENAMED), *after, *other], data, graph)
