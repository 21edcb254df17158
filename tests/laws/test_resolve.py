"""Records become one graph: the same one in any order, in any batches, however often."""

from itertools import pairwise, permutations
from typing import Any

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.remembered import NEW, OLD, SEEN, GraphState, Raw, change, day, model, space

MANY = effort(max_examples=150, deadline=None)

_IDS = st.sampled_from(["a/x", "A/x", "b/y", "c/z"])
_LINEAGE = st.sampled_from([(None, []), ("merge", ["a/x", "c/z"]), ("finetune", ["c/z"])])
_MODELS = st.builds(
    lambda name, likes, task, when, lineage: model(
        name, likes=likes, task=task, last_modified=when, relation=lineage[0], bases=lineage[1]
    ),
    _IDS,
    st.none() | st.integers(0, 2),
    st.sampled_from([None, "one", "two"]),
    st.sampled_from([OLD, NEW]),
    _LINEAGE,
)


def _at(record: Raw) -> str:
    return str(record.get("observed_at") or record["last_modified"])


_DAYS = st.integers(1, 9).map(day)
_OBSERVED = st.builds(
    lambda name, at, facts: model(name, observed_at=at, **facts),
    _IDS,
    _DAYS,
    st.fixed_dictionaries(
        {},
        optional={
            "likes": st.integers(0, 2),
            "license": st.sampled_from(["mit", "gpl"]),
            "datasets": st.lists(st.sampled_from(["d/one", "D/One", "d/two"]), min_size=1),
            "new_version": st.sampled_from(["a/x", "b/next"]),
        },
    ),
)
_SPACES = st.builds(
    lambda at, models: space("s/app", observed_at=at, models=models),
    _DAYS,
    st.lists(_IDS, min_size=1, max_size=2),
)
_REPORTED = st.builds(
    lambda name, kind, at: change(name, kind, observed_at=at),
    st.sampled_from(["a/x", "b/y", "c/z"]),
    st.sampled_from(["gone", "missing", "appeared", "returned"]),
    _DAYS,
)
_HISTORY = st.lists(_OBSERVED | _SPACES | _REPORTED, min_size=1, max_size=8, unique_by=_at)
"""What was seen and reported, each at a time of its own.

No record denies a property here: that is known of the newest record alone, so that one that says
nothing lets an older one fill it.
"""


_WHEN = _DAYS.map(lambda at: {"observed_at": at}) | _DAYS.map(
    lambda at: {"last_modified": at.replace("T00", "T12")}
)
"""When something was observed, or only when it was last modified."""
_STATED = st.builds(
    lambda name, when, lineage, facts: model(
        name, **when, relation=lineage[0], bases=lineage[1], **facts
    ),
    st.sampled_from(["a/x", "b/y"]),
    _WHEN,
    st.sampled_from([(None, []), ("merge", ["a/x", "c/z"]), ("merge", ["c/z"]),
                     ("finetune", ["c/z"]), ("finetune", ["d/w"])]),
    st.fixed_dictionaries({}, optional={"downloads": st.none() | st.integers(0, 2),
                                        "likes": st.integers(0, 2)}),
)  # fmt: skip
_COUNTED = st.builds(
    lambda when, facts: model("a/x", **when, **facts),
    _WHEN,
    st.fixed_dictionaries({}, optional={
        "likes": st.integers(0, 2),
        "license": st.none() | st.sampled_from(["mit", "gpl", "the odd one"]),
        "gated": st.sampled_from(["no", "auto"]),
        "parameters": st.none() | st.integers(5, 6),
    }),
)  # fmt: skip
PAST = st.lists(_STATED | _COUNTED | _REPORTED, min_size=1, max_size=9)
ONE_AT_A_TIME = st.lists(_STATED | _COUNTED | _REPORTED, min_size=1, max_size=9, unique_by=_at)
"""What was stated and reported, several things at one time among it."""

START = "2025-02-01T00:00:00.000Z"


def timeless(take: GraphState) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What a graph says of now: the past that it knows depends on when it learned what."""
    nodes, links = take.content(
        {*SEEN, "aliases", "away", "counted_at", "downloads_then", "likes_then"}
    )
    links = {ref: values for ref, values in links.items() if "gone_since" not in values}
    ends = {ref for link in links if link.start.label == "Model" for ref in (link.start, link.end)}
    owners = {link.start for link in links if link.end in ends or nodes[link.end].get("known")}
    nodes = {
        ref: values
        for ref, values in nodes.items()
        if values.get("known") or ref in ends | (owners if ref.label == "Author" else set())
    }
    return nodes, {ref: v for ref, v in links.items() if {ref.start, ref.end} <= nodes.keys()}


@MANY
@given(records=st.lists(_MODELS, min_size=1, max_size=6), data=st.data())
def test_records_give_one_graph_in_any_order(records: list[Raw], data: st.DataObject) -> None:
    seen = []
    for order in (records, data.draw(st.permutations(records))):
        take = GraphState()
        take(*order, batch_size=data.draw(st.integers(1, 7)))
        seen.append(timeless(take))
    assert seen[0] == seen[1]


@MANY
@given(records=PAST, data=st.data())
def test_records_give_one_past_in_any_order_and_any_files(
    records: list[Raw], data: st.DataObject
) -> None:
    seen = []
    for order in (records, data.draw(st.permutations(records))):
        take = GraphState()
        cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=3)))
        for first, last in pairwise([0, *cuts, len(order)]):
            take(*order[first:last], batch_size=data.draw(st.integers(1, 9)), now=START)
        seen.append(take.content())
    assert seen[0] == seen[1]


def test_a_count_is_denied_alike_in_any_order() -> None:
    records = [
        model("a/x", observed_at=day(2), downloads=None),
        model("a/x", last_modified=day(1).replace("T00", "T12"), downloads=0),
        model("a/x", last_modified=day(2).replace("T00", "T12")),
    ]
    seen = []
    for order in permutations(records):
        take = GraphState()
        for record in order:
            take(record, now=START)
        seen.append(take.content())
    assert all(each == seen[0] for each in seen)


_RENAMED = st.builds(lambda at: change("a/x", "renamed", after="b/y", observed_at=at), _DAYS)
_NOTED = ("kind", "at", "before", "after")
_ELSEWHERE = _STATED.filter(
    lambda record: "a/x" not in str(record["bases"]) and record.get("downloads", 0) is not None
)
"""Changes keep the names that were known when they were noted, also those of bases."""


@MANY
@given(
    records=st.lists(_ELSEWHERE | _COUNTED, max_size=6, unique_by=_at),
    renamed=_RENAMED,
    data=st.data(),
)
def test_a_rename_gives_one_past_in_any_order_and_any_files(
    records: list[Raw], renamed: Raw, data: st.DataObject
) -> None:
    seen = []
    for order in (data.draw(st.permutations([*records, renamed])) for _ in range(2)):
        take = GraphState()
        cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=3)))
        for first, last in pairwise([0, *cuts, len(order)]):
            take(*order[first:last], batch_size=data.draw(st.integers(1, 9)), now=START)
        models = {ref: node for ref, node in take.nodes.items() if ref.label == "Model"}
        noted = [[change.get(name) for name in _NOTED] for change in take.changes()]
        seen.append((models, take.lineage(), noted))
    assert seen[0] == seen[1]


@MANY
@given(records=PAST, at=_DAYS)
def test_a_lineage_holds_until_the_next_is_stated(records: list[Raw], at: str) -> None:
    take = GraphState()
    for record in reversed(records):
        take(record)
    stated: dict[str, list[Raw]] = {}
    for record in sorted(records, key=lambda r: (_at(r), _lineage_order(r))):
        if "bases" in record:
            stated.setdefault(str(record["id"]), []).append(record)
    expected = set()
    for name, told in stated.items():
        own = [record for record in records if record["id"] == name]
        there = ("appeared", "returned")
        signs = [_at(record) for record in own if record.get("kind", "appeared") in there]
        known = [record for record in told if _at(record) <= at]
        known = known or [r for r in told if _at(r) == _at(told[0]) and min(signs) <= at]
        bases: list[str] = known[-1]["bases"] if known else []  # type: ignore[assignment]
        expected |= {(name, base) for base in bases}
    assert {edge[::2] for edge, values in take.lineage().items() if _held(values, at)} == expected


def _lineage_order(record: Raw) -> list[tuple[str, str]]:
    bases: list[str] = record.get("bases") or []  # type: ignore[assignment]
    return sorted((str(record["relation"]).upper(), base) for base in bases)


def _held(values: dict[str, Any], at: str) -> bool:
    away = sum(time <= at for time in values.get("away", ()))
    return bool(values["since"] <= at < values.get("gone_since", "9")) and away % 2 == 0


@MANY
@given(records=_HISTORY, data=st.data())
def test_batches_do_not_matter(records: list[Raw], data: st.DataObject) -> None:
    records.sort(key=_at)
    seen = []
    for size in (len(records), data.draw(st.integers(1, len(records)))):
        take = GraphState()
        take(*records, batch_size=size)
        seen.append(take.content())
    assert seen[0] == seen[1]


@MANY
@given(records=_HISTORY, data=st.data())
def test_twice_is_once(records: list[Raw], data: st.DataObject) -> None:
    take = GraphState()
    take(*records)
    once = take.content({"last_seen"})
    take(*data.draw(st.permutations(records)))
    assert take.content({"last_seen"}) == once
