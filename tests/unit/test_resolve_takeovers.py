"""A name taken over by another repository: a model of its own, with nothing of the one before."""

from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from graph.resolve.held import NodeKey
from graph.resolve.traits import LINEAGE_TYPES
from tests.remembered import GraphState, Raw, change, dataset, day, model, space

A, B, C = "a" * 24, "b" * 24, "c" * 24
_OWN_TIMES = frozenset({"first_seen", "last_seen"})
"""What a load writes from its own start."""


def seen(at: int, hub_id: str | None, **fields: object) -> Raw:
    return model("a/m", hub_id=hub_id, observed_at=day(at), **fields)


def noted(take: GraphState) -> list[tuple[object, ...]]:
    return [tuple(c.get(k) for k in ("kind", "at", "before", "after")) for c in take.changes()]


@pytest.mark.parametrize("after_snapshot", [False, True])
@pytest.mark.parametrize("batch_size", [1, 9])
def test_nothing_of_the_one_before_stays(
    take: GraphState, after_snapshot: bool, batch_size: int
) -> None:
    take(
        seen(1, A, license="mit", gated="no", downloads=5, parameters=7, parameters_source="gguf",
             relation="merge", bases=["a/x"], datasets=["d/one"], card_bases=["a/y"],
             created_at=day(1)),
        seen(2, A, downloads=6, likes=1, license="gpl-3.0"),
    )  # fmt: skip
    take.after_snapshot = after_snapshot
    take(
        seen(4, B, license="gemma", gated="auto", downloads=1),
        seen(5, B, downloads=2, relation="finetune", bases=["a/z"]),
        batch_size=batch_size,
    )
    assert noted(take) == [("taken_over", day(4), A, B)]
    found = take.model("a/m")
    assert {name: found[name] for name in ("license", "gated", "hub_id", "downloads_then")} == {
        "license": "gemma", "gated": "auto", "hub_id": B, "downloads_then": [1, 2],
    }  # fmt: skip
    assert found["appeared_at"] == day(4)
    assert not {"likes", "parameters", "datasets", "card_bases", "created_at"} & found.keys()
    assert take.edges() == {("a/m", "FINETUNE", "a/z")}
    gone = take.lineage()["a/m", "MERGE", "a/x"]
    assert gone["since"] == gone["gone_since"] == day(4)
    assert not take.edges("TRAINED_ON", "CARD_NAMES")


_NO_TAKEOVER: list[tuple[str, Raw, Raw]] = [
    ("neither has an id", seen(1, None), seen(2, None)),
    ("the later one has none", seen(1, A), seen(2, None)),
    ("the earlier one has none", seen(1, None), seen(2, B)),
    ("one creation", seen(1, A, created_at=day(9)), seen(2, None, created_at=day(9))),
    ("created before it was last seen", seen(4, A), seen(8, None, created_at=day(3))),
    ("created on the day", seen(4, A), seen(8, None, created_at="2025-01-04T20:00:00.000Z")),
    ("an earlier creation", seen(4, A, created_at=day(3)), seen(8, None, created_at=day(1))),
    ("the same id", seen(4, A), seen(8, A, created_at=day(6))),
]
_TAKEOVER: list[tuple[str, Raw, Raw]] = [
    ("the same licence", seen(1, A), seen(2, B)),
    ("ids alone, created before", seen(4, B, created_at=day(2)), seen(8, A, created_at=day(1))),
    ("created later, no ids", seen(1, None), seen(9, None, created_at=day(3))),
    ("created later, the earlier id", seen(1, A, created_at=day(1)),
     seen(9, None, created_at=day(3))),
    ("created later, the later id", seen(1, None), seen(9, B, created_at=day(3))),
    ("modified long before", seen(4, A, last_modified=day(4)), seen(8, B, last_modified=day(1))),
    ("at one time, the greater id", seen(4, A), seen(4, B)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "is_other"),
    [
        pytest.param(*case[1:], is_other, id=case[0])
        for cases, is_other in ((_NO_TAKEOVER, False), (_TAKEOVER, True))
        for case in cases
    ],
)
def test_what_shows_another_repository(
    take: GraphState, first: Raw, last: Raw, is_other: bool
) -> None:
    for order in permutations((first | {"license": "mit", "likes": 3}, last | {"license": "mit"})):
        take.empty()
        take(*order, batch_size=1)
        assert [each[0] for each in noted(take)] == ["taken_over"] * is_other
        assert ("likes" in take.model("a/m")) is not is_other


def test_who_was_made_from_the_one_before_stays_made_from_the_name(take: GraphState) -> None:
    take(seen(1, A), model("b/child", relation="finetune", bases=["a/m"], observed_at=day(1)))
    take(seen(3, B))
    assert take.edges() == {("b/child", "FINETUNE", "a/m")}


def test_what_happened_to_the_one_before_does_not_concern_it(take: GraphState) -> None:
    reported = [
        change("a/m", "appeared", observed_at=day(1)),
        change("a/m", "gone", observed_at=day(3)),
    ]
    records = [seen(2, A), *reported, seen(5, B), change("a/m", "gone", observed_at=day(7))]
    for order in permutations(records):
        take.empty()
        take(*order, batch_size=1)
        found = take.model("a/m")
        assert (found["appeared_at"], found["gone_since"], found.get("away")) == (
            day(5), day(7), None,
        )  # fmt: skip
        assert [each[0] for each in noted(take)] == ["appeared", "gone", "taken_over", "gone"]


def test_a_name_passes_from_one_to_the_next(take: GraphState) -> None:
    take(seen(1, A, likes=1), seen(2, B, likes=2), seen(3, C, likes=3))
    assert noted(take) == [("taken_over", day(2), A, B), ("taken_over", day(3), B, C)]
    take(seen(4, A, likes=4))
    assert noted(take)[-1] == ("taken_over", day(4), C, A)
    take(model("a/m", hub_id=A, observed_at="2025-01-01T12:00:00.000Z"))
    assert noted(take)[-1] == ("taken_over", day(4), C, A)
    assert "counted_at" not in take.model("a/m")


def test_a_rename_heard_of_late_does_not_join_two_repositories(take: GraphState) -> None:
    take(seen(1, A, likes=1), seen(4, B, likes=2))
    take(model("a/old", hub_id=A, observed_at=day(4), likes=3))
    take(change("a/m", "renamed", before="a/m", after="a/old", observed_at=day(2)))
    assert (take.model("a/m")["likes"], take.model("a/old")["likes"]) == (2, 3)
    assert {each[0] for each in noted(take)} == {"taken_over", "renamed"}
    take(seen(5, B, likes=4))
    assert (take.model("a/m")["likes"], take.model("a/old")["likes"]) == (4, 3)


def test_datasets_and_spaces_begin_anew_too(take: GraphState) -> None:
    records = [
        dataset("d/x", hub_id=A, likes=4, observed_at=day(1), last_modified=day(1)),
        dataset("d/x", hub_id=B, downloads=1, observed_at=day(3)),
        space("s/x", hub_id=A, models=["a/m"], observed_at=day(1)),
        space("s/x", hub_id=B, likes=1, observed_at=day(2)),
    ]
    for order in permutations(records):
        take.empty()
        take(*order, batch_size=1)
        held = take.nodes[NodeKey("Dataset", "d/x")]
        assert (held["downloads"], "likes" in held) == (1, False)
        assert not take.edges("USES")
        assert not take.changes()


_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "likes": st.integers(0, 2),
        "downloads": st.integers(0, 2),
        "new_version": st.just("a/next"),
        "last_modified": st.integers(1, 9).map(day),
    },
)
_LINEAGE = st.sampled_from(
    [{}, {"relation": None, "bases": []}, {"relation": "merge", "bases": ["a/x", "a/y"]},
     {"relation": "finetune", "bases": ["a/x"]}]
)  # fmt: skip


def _records(hub_id: str, first: int, last: int, created: Raw) -> st.SearchStrategy[list[Raw]]:
    record = st.builds(
        lambda at, facts, lineage: seen(
            at, hub_id, license=hub_id[0], **facts, **lineage, **created
        ),
        st.integers(first, last),
        _FACTS,
        _LINEAGE,
    )
    return st.lists(record, min_size=1, max_size=4, unique_by=lambda r: str(r["observed_at"]))


_REPORTED = st.lists(
    st.builds(
        lambda kind, at: change("a/m", kind, observed_at=day(at)),
        st.sampled_from(["gone", "missing", "appeared", "returned"]),
        st.integers(1, 9),
    ),
    max_size=2,
)


@effort(max_examples=150, deadline=None)
@given(
    former=_records(A, 1, 4, {"created_at": day(1)}) | _records(A, 1, 4, {}),
    present=_records(B, 5, 9, {"created_at": day(3)}) | _records(B, 5, 9, {}),
    reported=_REPORTED,
    after_snapshot=st.booleans(),
    data=st.data(),
)
def test_records_of_two_holders_give_one_graph_in_any_order(
    former: list[Raw],
    present: list[Raw],
    reported: list[Raw],
    after_snapshot: bool,
    data: st.DataObject,
) -> None:
    found = []
    records = [*former, *present, *reported]
    for order in (records, data.draw(st.permutations(records))):
        take = GraphState()
        take.after_snapshot = after_snapshot
        cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=3)))
        for first, last in pairwise([0, *cuts, len(order)]):
            take(*order[first:last], batch_size=data.draw(st.integers(1, 9)))
        found.append(_present(take))
    assert found[0] == found[1]


def _present(take: GraphState) -> tuple[Any, ...]:
    """The model, what it was made from whenever it was there, and what happened to its name.

    Of references there is no telling since when they held.
    """
    nodes, links = take.content(_OWN_TIMES)
    links = {
        ref: values
        for ref, values in links.items()
        if ref.type in LINEAGE_TYPES or "gone_since" not in values
    }
    held = {
        ref: values
        for ref, values in links.items()
        if ref.start.key == "a/m"
        and (values.get("since") != values.get("gone_since") or "gone_since" not in values)
    }
    changes = {ref: values for ref, values in nodes.items() if ref.label == "Change"}
    return nodes[NodeKey("Model", "a/m")], held, changes
