"""When models and lineage appeared, when they were absent, and what they counted."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from graph.resolve.counts import MOST_POINTS, CountsAt, series
from graph.schema import DATASET, MODEL
from tests import remembered
from tests.remembered import GraphState, Raw, day, model

MANY = effort(max_examples=100, deadline=None)


def change(kind: str, at: int, name: str = "a/m", **fields: object) -> Raw:
    return remembered.change(name, kind, observed_at=day(at), **fields)


def seen(at: int, name: str = "a/m", /, **fields: object) -> Raw:
    return model(name, observed_at=day(at), **fields)


def turned(records: list[Raw]) -> Iterator[list[Raw]]:
    """Each record first, the others after it in order; and all of them backwards."""
    yield from (records[n:] + records[:n] for n in range(len(records)))
    yield records[::-1]


def plain(value: object) -> object:
    """Times as days of January 2025; later ones, such as the start of a run, as `now`."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, str) or not value.startswith("2025-"):
        return value
    return int(value[8:10]) if value < "2025-02" else "now"


def when(take: GraphState, name: str = "a/m") -> tuple[object, ...]:
    """`appeared_at`, `gone_since` and `away` of a model."""
    values = take.model(name)
    return tuple(plain(values.get(each)) for each in ("appeared_at", "gone_since", "away"))


def lineage(take: GraphState) -> dict[str, tuple[object, ...]]:
    """Base → `since`, `gone_since`, `away` and `source` of the relationship to it."""
    names = ("since", "gone_since", "away", "source")
    return {
        base: tuple(plain(values.get(each)) for each in names)
        for (_, _, base), values in take.lineage().items()
    }


def counts(take: GraphState, name: str = "a/m") -> list[tuple[object, ...]]:
    """The series of a model: day, downloads, likes."""
    values = take.model(name)
    columns = [values.get(each, []) for each in ("counted_at", "downloads_then", "likes_then")]
    return [(plain(at), *counted) for at, *counted in zip(*columns, strict=True)]


def noted(take: GraphState) -> set[tuple[object, ...]]:
    """Kind, day, before and after of every change."""
    names = ("kind", "at", "before", "after")
    return {tuple(plain(each.get(name)) for name in names) for each in take.changes()}


CREATED: Raw = {"created_at": day(1)}


@pytest.mark.parametrize(("records", "appeared"), [
    ([seen(5, **CREATED)], 1), ([seen(5)], 5), ([model("a/m")], "now"), ([seen(5), seen(9)], 5),
    ([model("a/m", last_modified=day(4))], 4), ([seen(5), model("a/m", last_modified=day(4))], 4),
    ([seen(9, last_modified=day(2)), seen(5, last_modified=day(1))], 5),
    ([seen(5), seen(9, **CREATED)], 1), ([seen(5, created_at=day(2)), seen(9, **CREATED)], 1),
    ([seen(5, **CREATED), seen(9, created_at=None)], 1),
    ([model("a/child", relation="merge", bases=["a/m"])], "now"),
    ([model("a/child", relation="merge", bases=["a/m"]), seen(5)], 5), ([change("appeared", 3)], 3),
    ([change("appeared", 3), change("appeared", 4), seen(5)], 3),
    ([change("appeared", 7), seen(5)], 5), ([change("appeared", 3), seen(5, created_at=day(4))], 4),
    ([change("gone", 3)], "now"),
    ([seen(5, "A/M", last_modified=day(1)), seen(4, last_modified=day(2))], 4),
])  # fmt: skip
def test_when_a_model_appeared(take: GraphState, records: list[Raw], appeared: object) -> None:
    for order in itertools.islice(itertools.permutations(records), 6):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            assert when(take)[0] == appeared


@pytest.mark.parametrize(("events", "state", "back"), [
    ([change("gone", 3), seen(5)], (5, None, [3, 5]), [5]),
    ([seen(1), change("gone", 3), seen(5)], (1, None, [3, 5]), [5]),
    ([seen(1), change("gone", 3)], (1, 3, None), []),
    ([seen(3), change("gone", 3)], (3, None, None), [3]),
    ([seen(1), change("gone", 3), change("gone", 4)], (1, 3, None), []),
    ([change("appeared", 1), change("gone", 3), change("appeared", 6)], (1, None, [3, 6]), [6]),
    ([seen(1), change("gone", 3), change("returned", 6)], (1, None, [3, 6]), [6]),
    ([seen(1), change("gone", 3), seen(5), change("gone", 7)], (1, 7, [3, 5]), [5]),
    ([change("gone", 3), change("returned", 6), seen(5)], (5, None, [3, 5]), [5, 6]),
    (
        [seen(1), *(change("gone", n) for n in (2, 5)), *(seen(n) for n in (4, 7))],
        (1, None, [2, 4, 5, 7]),
        [4, 7],
    ),
])  # fmt: skip
def test_what_is_told_and_seen_in_one_batch_is_taken_in_the_order_of_time(
    take: GraphState, events: list[Raw], state: tuple[object, ...], back: list[int]
) -> None:
    for order in turned(events):
        take.empty()
        take(*order)
        assert when(take) == state
        assert {at for kind, at, *_ in noted(take) if kind == "returned"} == set(back)
        before = noted(take)
        take(*events)
        assert (when(take), noted(take)) == (state, before)


@pytest.mark.parametrize(("events", "gone", "suspected", "away"), [
    ([change("missing", 3)], None, 3, None),
    ([seen(1), change("missing", 3)], None, 3, None),
    ([seen(1), change("missing", 3), change("missing", 4)], 3, None, None),
    ([seen(1), change("missing", 3), change("missing", 4), change("missing", 9)], 3, None, None),
    ([change("missing", 3), change("gone", 5)], 3, None, None),
    ([change("gone", 3), change("missing", 5)], 3, None, None),
    ([change("missing", 3), seen(4)], None, None, None),
    ([change("missing", 3), seen(4), change("missing", 5)], None, 5, None),
    ([change("missing", 3), change("appeared", 4), change("missing", 5)], None, 5, None),
    ([change("missing", 3), change("missing", 5), seen(7)], None, None, [3, 7]),
    ([seen(3), change("missing", 3)], None, None, None),
])  # fmt: skip
def test_two_looks_apart_make_a_suspicion_a_loss(
    take: GraphState, events: list[Raw], gone: int | None, suspected: int | None, away: list[int]
) -> None:
    for order in turned(events):
        for size in (1, 10):
            take.empty()
            take(*order, batch_size=size)
            assert when(take)[1:] == (gone, away)
            assert plain(take.model("a/m").get("suspected_since")) == suspected


@pytest.mark.parametrize(("modified", "state"), [
    (2, (1, 3, None)), (3, (1, None, None)), (5, (1, None, [3, 5])), (None, (1, 3, None)),
])  # fmt: skip
def test_what_was_modified_was_there(
    take: GraphState, modified: int | None, state: tuple[object, ...]
) -> None:
    undated = model("a/m", likes=1, **({"last_modified": day(modified)} if modified else {}))
    for order in itertools.permutations([seen(1), change("gone", 3), undated]):
        for size in (1, 10):
            take.empty()
            take(*order, batch_size=size)
            assert when(take) == state


@pytest.mark.parametrize(("modified", "gone"), [(2, 3), (3, None), (5, None), (None, 3)])
def test_a_dataset_that_was_modified_was_there(
    take: GraphState, modified: int | None, gone: int | None
) -> None:
    take(remembered.dataset("a/d", observed_at=day(1)))
    assert take.lose(DATASET, "a/d", at=day(3)) == 1
    take(remembered.dataset("a/d", **({"last_modified": day(modified)} if modified else {})))
    (found,) = (values for ref, values in take.nodes.items() if ref.label == "Dataset")
    assert plain(found.get("gone_since")) == gone


def test_two_looks_within_hours_prove_nothing(take: GraphState) -> None:
    evening, morning = "2025-01-03T20:00:00.000Z", "2025-01-04T09:00:00.000Z"
    for at in (evening, morning):
        take(seen(1), change("missing", 1) | {"observed_at": at})
    assert take.model("a/m")["suspected_since"] == evening
    assert "gone_since" not in take.model("a/m")


def test_what_was_not_listed_twice_is_gone_and_can_be_taken_back(take: GraphState) -> None:
    take(seen(1), {"record": "dataset/1", "id": "a/d", "observed_at": day(1)})
    for node, key in ((MODEL, "a/m"), (DATASET, "a/d")):
        assert take.lose(node, key, at=day(3), kind="missing") == 0
        assert take.lose(node, key, at=day(3), kind="missing") == 0
        assert take.lose(node, key, at=day(5), kind="missing") == 1
    (change_id,) = [each["id"] for each in take.changes() if each["at"] == day(5)]
    take.undo(MODEL, "a/m", change_id)
    assert take.model("a/m")["suspected_since"] == day(3)
    assert when(take) == (1, None, None)


_TOLD = st.builds(change, st.sampled_from(["appeared", "gone", "returned"]), st.integers(1, 9))
_EVENTS = st.lists(_TOLD | st.builds(seen, st.integers(1, 9)), min_size=2, max_size=9)


def expected(events: Sequence[Raw]) -> tuple[object, ...]:
    """What `when` is to show, worked out one by one."""
    gone: int | None = None
    away: list[int] = []
    told: list[int] = []
    for event in sorted(events, key=_order):
        at, kind = _order(event)[0], event.get("kind")
        told += [at] if kind in ("appeared", "returned", None) else []
        if kind == "gone":
            gone = gone or at
        elif gone:
            away += [gone, at] if gone < at else []
            gone = None
    return min(told, default="now"), gone, away or None


def _order(event: Raw) -> tuple[int, bool]:
    at = datetime.fromisoformat(str(event["observed_at"]))
    return at.day, event.get("kind") != "gone"


@MANY
@given(events=st.lists(_TOLD, min_size=1, max_size=9), data=st.data())
def test_what_is_told_may_come_in_any_order(events: list[Raw], data: st.DataObject) -> None:
    take = GraphState()
    order = data.draw(st.permutations(events))
    take(*order, batch_size=data.draw(st.integers(1, 9)))
    assert when(take) == expected(events)


@MANY
@given(events=_EVENTS, data=st.data())
def test_batches_do_not_matter(events: list[Raw], data: st.DataObject) -> None:
    take = GraphState()
    events.sort(key=_order)
    while_left = list(events)
    while while_left:
        size = data.draw(st.integers(1, len(while_left)))
        take(*data.draw(st.permutations(while_left[:size])))
        del while_left[:size]
    assert when(take) == expected(events)


def test_what_appears_after_a_snapshot_is_noted(take: GraphState) -> None:
    take(seen(1, "a/first"))
    assert noted(take) == set()
    take.after_snapshot = True
    child = seen(4, "a/next", relation="merge", bases=["a/base"])
    for _ in range(2):
        take(seen(3, "a/first"), child, change("appeared", 2, "a/told"), seen(5, "a/told"))
        assert noted(take) == {("appeared", 4, None, None), ("appeared", 2, None, None)}


def test_what_was_missing_is_gone_unless_it_was_seen_then_or_later(take: GraphState) -> None:
    told = (change("gone", 2, "a/back"), seen(4, "a/back"))
    take(seen(1), seen(6, "a/there"), *told, seen(9, "a/later"))
    keys = ("a/m", "a/there", "a/back", "a/later", "a/never-heard-of")
    for lost in (2, 0):
        assert take.lose(MODEL, *keys, at=day(6)) == lost
        assert when(take) == (1, 6, None)
        assert when(take, "a/back") == (4, 6, [2, 4])
        assert when(take, "a/later") == (9, None, None)
    take(seen(8))
    assert when(take) == (1, None, [6, 8])


def made(at: int, *bases: str, relation: str | None = "merge", **fields: object) -> Raw:
    return seen(at, relation=relation if bases else None, bases=list(bases), **fields)


def test_lineage_holds_since_the_child_is_there_or_since_it_is_stated(take: GraphState) -> None:
    take(made(2, "a/x", "a/y", bases_source="tags"))
    assert lineage(take) == {"a/x": (2, None, None, "tags"), "a/y": (2, None, None, "tags")}
    take(made(4, "a/y", "a/z", bases_source="base_models"))
    assert lineage(take) == {
        "a/x": (2, 4, None, "tags"),
        "a/y": (2, None, None, "base_models"),
        "a/z": (4, None, None, "base_models"),
    }
    for _ in range(2):
        take(made(6, "a/x"))
        assert lineage(take) == {
            "a/x": (2, None, [4, 6], None),
            "a/y": (2, 6, None, "base_models"),
            "a/z": (4, 6, None, "base_models"),
        }
    assert noted(take) == {("bases", 4, "a/x, a/y", "a/y, a/z"), ("bases", 6, "a/y, a/z", "a/x")}


def test_first_lineage_begins_with_the_child(take: GraphState) -> None:
    records = [made(5, "a/x"), change("appeared", 2), seen(4)]
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            assert lineage(take) == {"a/x": (2, None, None, None)}
    take(seen(6, **CREATED))
    assert lineage(take) == {"a/x": (1, None, None, None)}
    take(made(7, "a/y"), seen(8, created_at=day(3)))
    assert lineage(take) == {"a/x": (3, 7, None, None), "a/y": (7, None, None, None)}


def test_another_relation_and_other_bases_are_changes(take: GraphState) -> None:
    take(made(1))
    take(made(2, "b/Two", "a/one"))
    take(made(3, "A/One", "b/two", relation="finetune"))
    take(seen(4, likes=1))
    take(made(5))
    assert noted(take) == {
        ("bases", 2, None, "a/one, b/Two"), ("relation", 2, None, "merge"),
        ("relation", 3, "merge", "finetune"), ("bases", 5, "A/One, b/Two", None),
        ("relation", 5, "finetune", None),
    }  # fmt: skip


def test_lineage_in_one_batch_is_as_in_several(take: GraphState) -> None:
    records = [made(1, "a/x"), made(3, "a/y"), made(5, "a/x", "a/y"), seen(6), made(7, "a/z")]
    found = []
    for batch_size in (1, 10):
        take.empty()
        take(*(records if batch_size == 1 else reversed(records)), batch_size=batch_size)
        found.append((lineage(take), noted(take)))
    assert found[0] == found[1]
    assert found[0][0] == {
        "a/x": (1, 7, [3, 5], None),
        "a/y": (3, 7, None, None),
        "a/z": (7, None, None, None),
    }


def test_a_number_of_parameters_that_is_stated_otherwise_is_a_change(take: GraphState) -> None:
    def sized(at: int, parameters: int | None, source: str | None = "gguf") -> Raw:
        return seen(at, "a/m-7B", parameters=parameters, parameters_source=source)

    take(seen(1, "a/m-7B"))
    take(sized(2, 5))
    take(sized(3, 6))
    take(sized(4, None, None))
    take(sized(5, 8, "safetensors"))
    take(sized(6, 8, "gguf"))
    assert noted(take) == {("parameters", 3, "5", "6")}


def test_every_kind_may_be_told(take: GraphState) -> None:
    told = {
        "taken_over": ("a" * 24, "b" * 24), "bases": ("a/x", "a/x, a/y"),
        "relation": ("merge", "finetune"), "license": ("mit", None), "gated": ("no", "auto"),
        "parameters": ("5", "6"), "appeared": (None, None), "returned": (None, None),
    }  # fmt: skip
    records = [change(k, 3, before=b, after=a) for k, (b, a) in told.items()]
    for _ in range(2):
        take(*records)
        assert noted(take) == {(kind, 3, *values) for kind, values in told.items()}


def test_bases_that_tags_name_are_kept(take: GraphState) -> None:
    take(made(1, "a/x", tagged_bases=["a/y"]))
    assert take.model("a/m")["tagged_bases"] == ["a/y"]
    assert set(lineage(take)) == {"a/x"}
    take(made(2, "a/x", tagged_bases=[]))
    assert "tagged_bases" not in take.model("a/m")


def counted(at: int, downloads: int | None, likes: int | None = 1, **fields: object) -> Raw:
    return seen(at, downloads=downloads, likes=likes, **fields)


@pytest.mark.parametrize(("records", "series"), [
    ([counted(1, 5)], []), ([counted(1, 5), counted(2, 5)], []),
    ([counted(1, 5), counted(2, 5), counted(3, 6)], [(2, 5, 1), (3, 6, 1)]),
    ([counted(1, 5), counted(2, 6), counted(3, 6)], [(1, 5, 1), (2, 6, 1)]),
    (
        [counted(1, 5), counted(2, 6), counted(3, 6), counted(4, 5, 2)],
        [(1, 5, 1), (2, 6, 1), (4, 5, 2)],
    ),
    ([counted(1, 5), counted(2, None)], [(1, 5, 1), (2, -1, 1)]),
    ([counted(1, None, None), counted(2, 5)], [(1, -1, -1), (2, 5, 1)]),
    ([counted(1, 5), seen(2, likes=2), seen(3)], [(1, 5, 1), (2, 5, 2)]),
    ([counted(1, 5), seen(2, "A/M", downloads=6)], [(1, 5, 1), (2, 6, 1)]),
])  # fmt: skip
def test_counts_are_a_series(take: GraphState, records: list[Raw], series: list[object]) -> None:
    name = str(records[-1]["id"])
    for batch_size in (1, 2, 10):
        take.empty()
        for _ in range(2):
            take(*records, batch_size=batch_size)
            assert counts(take, name) == series
    take.empty()
    take(*reversed(records))
    assert counts(take, name) == series


@MANY
@given(values=st.lists(st.integers(0, 2), min_size=1, max_size=8), data=st.data())
def test_batches_do_not_change_the_series(values: list[int], data: st.DataObject) -> None:
    records = [counted(at, value) for at, value in enumerate(values, 1)]
    found = []
    for batch_size in (1, data.draw(st.integers(2, 8))):
        take = GraphState()
        take(*records, batch_size=batch_size)
        found.append(counts(take))
    assert found[0] == found[1]
    first = next((n for n, value in enumerate(values) if value != values[0]), None)
    if first is None:
        assert found[0] == []
        return
    runs = [n for n in range(first, len(values)) if values[n] != values[n - 1]]
    assert found[0] == [(n + 1, values[n], 1) for n in (first - 1, *runs)]


@MANY
@given(order=st.permutations(range(1, 7)), batch_size=st.integers(1, 6))
def test_counts_that_grow_give_one_series_in_any_order(order: list[int], batch_size: int) -> None:
    take = GraphState()
    take(*(counted(at, 10 * at, at) for at in order), batch_size=batch_size)
    assert counts(take) == [(at, 10 * at, at) for at in range(1, 7)]


def test_a_long_series_keeps_its_newest_points() -> None:
    points = [CountsAt(f"{n:06}", n, 0) for n in range(MOST_POINTS + 2)]
    kept = series(points)
    assert len(kept["counted_at"]) == MOST_POINTS
    assert kept["downloads_then"] == [n for _, n, _ in points[2:]]


def renamed(at: int) -> Raw:
    return change("renamed", at, "old/m", after="new/m")


def test_a_renamed_model_keeps_its_past(take: GraphState) -> None:
    old = [
        seen(1, "old/m", likes=1, relation="merge", bases=["a/x"]),
        change("gone", 2, "old/m"),
        seen(3, "old/m", likes=2, relation="merge", bases=["a/x", "a/y"]),
        change("gone", 4, "old/m"),
    ]
    new = [seen(5, "new/m", likes=3, relation="merge", bases=["a/x"]), change("gone", 7, "old/m")]
    for batch_size in (1, 10):
        take.empty()
        take(*old, batch_size=batch_size)
        take(*new, renamed(6), batch_size=batch_size)
        assert when(take, "new/m") == (1, None, [2, 3])
        assert counts(take, "new/m") == [(1, -1, 1), (3, -1, 2), (5, -1, 3)]
        assert lineage(take)["a/x"] == (1, None, None, None)
        assert lineage(take)["a/y"][0] == 3
        assert {name for name in take.ids() if name.endswith("/m")} == {"new/m"}


def test_lineage_to_both_names_is_one(take: GraphState) -> None:
    def child(at: int, *bases: str) -> Raw:
        return seen(at, "c/child", relation="adapter", bases=list(bases))

    take(child(1, "old/m"))
    take(child(3, "new/m"))
    take(child(5))
    take(child(6, "old/m"))
    take(child(8, "new/m", "old/m"))
    take(child(9, "new/m"))
    take(renamed(9))
    assert lineage(take) == {"new/m": (1, None, [5, 6], None)}
    take(child(10))
    assert lineage(take) == {"new/m": (1, 10, [5, 6], None)}


def test_told_of_a_former_name_is_told_of_the_model(take: GraphState) -> None:
    records = [
        seen(5, "new/m"), change("appeared", 1, "old/m"), change("gone", 2, "old/m"),
        change("returned", 3, "old/m"), renamed(6), change("gone", 7, "old/m"),
    ]  # fmt: skip
    for order, batch_size in zip(turned(records), itertools.cycle((1, 2, 9)), strict=False):
        take.empty()
        take(*order, batch_size=batch_size)
        assert take.ids() == {"new/m"}
        assert when(take, "new/m") == (1, None, [2, 3])


@pytest.mark.parametrize(("records", "expected"), [
    ([change("gone", 3), change("appeared", 5)], {("gone", 3), ("returned", 5)}),
    ([change("appeared", 2), change("gone", 3), change("appeared", 5)],
     {("appeared", 2), ("gone", 3), ("returned", 5)}),
    ([change("gone", 3), change("appeared", 3)], {("gone", 3), ("returned", 3)}),
    ([change("gone", 3), seen(5), seen(7)], {("gone", 3), ("returned", 5)}),
    ([change("gone", 3), seen(7), change("returned", 7)], {("gone", 3), ("returned", 7)}),
    ([change("gone", 6), change("appeared", 2)], {("gone", 6), ("appeared", 2)}),
    ([change("gone", 3), seen(5), change("gone", 6), seen(9)],
     {("gone", 3), ("returned", 5), ("gone", 6), ("returned", 9)}),
])  # fmt: skip
def test_what_appears_after_it_was_gone_returns_in_any_order(
    take: GraphState, records: list[Raw], expected: set[tuple[str, int]]
) -> None:
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            assert {change[:2] for change in noted(take)} == expected


@pytest.mark.parametrize("batch_size", [1, 10])
def test_older_records_leave_the_lineage_of_their_time(take: GraphState, batch_size: int) -> None:
    records = [made(1, "a/x"), made(3, "a/y"), made(5, "a/x"), made(7, "a/y"), made(9, "a/y")]
    for order in itertools.permutations(records):
        take.empty()
        take(*order, batch_size=batch_size)
        assert lineage(take) == {
            "a/x": (1, 7, [3, 5], None), "a/y": (3, None, [5, 7], None)
        }  # fmt: skip
        assert noted(take) == {
            ("bases", 3, "a/x", "a/y"), ("bases", 5, "a/y", "a/x"), ("bases", 7, "a/x", "a/y"),
        }  # fmt: skip


APRIL = {"last_modified": day(8), "observed_at": day(8)}


@pytest.mark.parametrize(("records", "expected"), [
    ([model("a/m", likes=1, **APRIL), seen(20, likes=9)], (9, None)),
    ([model("a/m", likes=1, license="mit", **APRIL), seen(20, likes=9, license="gpl")],
     (9, "mit")),
    ([model("a/m", likes=1, license="mit", **APRIL), seen(20, license="gpl")], (1, "mit")),
    ([seen(2, likes=5, last_modified=day(9)), model("a/m", likes=1, **APRIL)], (1, None)),
    ([model("a/m", likes=1, **APRIL), seen(20, likes=None), seen(21)], (None, None)),
])  # fmt: skip
def test_counts_are_those_observed_last(
    take: GraphState, records: list[Raw], expected: tuple[object, object]
) -> None:
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            values = take.model("a/m")
            assert (values.get("likes"), values.get("license")) == expected


def test_other_counts_and_other_kinds_follow_the_observation_too(take: GraphState) -> None:
    older = {"last_modified": day(8), "observed_at": day(8)}
    for records in itertools.permutations(
        [
            model("a/m", downloads_all_time=1, trending_score=2.0, **older),
            seen(20, downloads_all_time=7),
            remembered.dataset("a/d", downloads=1, tags=["x"], **older),
            remembered.dataset("a/d", downloads=8, tags=["y"], observed_at=day(20)),
        ]
    ):
        take.empty()
        take(*records, batch_size=1)
        found = take.model("a/m")
        assert (found["downloads_all_time"], found["trending_score"]) == (7, 2.0)
        (dataset,) = [values for ref, values in take.nodes.items() if ref.label == "Dataset"]
        assert (dataset["downloads"], dataset["tags"]) == (8, ["x"])


def test_an_account_publishes_what_is_there(take: GraphState) -> None:
    def published() -> dict[str, object]:
        found = take.linked("PUBLISHED")
        return {model: plain(values.get("gone_since")) for (_, _, model), values in found.items()}

    take(seen(1), seen(1, "a/other"), change("gone", 3), made(4, "a/m", relation="adapter"))
    take(seen(5, "b/child", relation="merge", bases=["a/m"]))
    assert published() == {"a/m": None, "a/other": None, "b/child": None}
    take(change("gone", 6), change("gone", 7, "b/child"))
    assert published() == {"a/m": 6, "a/other": None, "b/child": 7}
    take(seen(8, "c/child", relation="merge", bases=["a/m"]), seen(9, "b/child"))
    assert published() == {"a/m": 6, "a/other": None, "b/child": None, "c/child": None}


def test_what_an_update_left_alone_was_as_it_was_then(take: GraphState) -> None:
    take(made(1, "a/x", likes=1))
    take.snapshots = (day(9),)
    take(made(5, "a/y", likes=2))
    assert lineage(take) == {"a/x": (1, None, [5, 9], None), "a/y": (5, 9, None, None)}
    assert take.model("a/m")["likes"] == 1
