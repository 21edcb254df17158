"""Since when models and lineage are there, when they were away, and what they counted."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from graph.resolve.counts import MOST_POINTS, Point, series
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.missing import mark_gone
from graph.store.runs import Run, Scope, end_run
from graph.ways.load import load
from tests.integration.test_ingest import Raw, Take, model, take

__all__ = ["take"]

FEW = effort(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def day(number: int) -> str:
    return f"2025-01-{number:02d}T00:00:00.000Z"


def change(kind: str, at: int, name: str = "a/m", **fields: object) -> Raw:
    return {"record": "change/1", "id": name, "kind": kind, "observed_at": day(at), **fields}


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
    if not isinstance(value, datetime):
        return value
    return value.day if value < datetime(2025, 2, 1, tzinfo=UTC) else "now"


def when(graph: Graph, name: str = "a/m") -> tuple[object, ...]:
    """`appeared_at`, `gone_since` and `away` of a model."""
    row = graph.read(
        "MATCH (m:Model {id: $id}) RETURN m.appeared_at AS a, m.gone_since AS g, m.away AS w",
        {"id": name},
    ).one()
    return tuple(plain(value) for value in row.values())


def lineage(graph: Graph) -> dict[str, tuple[object, ...]]:
    """Base → `since`, `gone_since`, `away` and `source` of the relationship to it."""
    rows = graph.read(
        "MATCH (:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) "
        "RETURN b.id AS id, r.since AS s, r.gone_since AS g, r.away AS w, r.source AS f"
    ).rows
    return {row.pop("id"): tuple(plain(value) for value in row.values()) for row in rows}


def counts(graph: Graph, name: str = "a/m") -> list[tuple[object, ...]]:
    """The series of a model: day, downloads, likes."""
    row = graph.read(
        "MATCH (m:Model {id: $id}) "
        "RETURN m.counted_at AS at, m.downloads_then AS downloads, m.likes_then AS likes",
        {"id": name},
    ).one()
    if row["at"] is None:
        assert (row["downloads"], row["likes"]) == (None, None)
        return []
    days = [plain(at) for at in row["at"]]
    return list(zip(days, row["downloads"], row["likes"], strict=True))


def noted(graph: Graph) -> set[tuple[object, ...]]:
    """Kind, day, before and after of every change."""
    rows = graph.read(
        "MATCH (c:Change)-[:CONCERNS]->(:Model) "
        "RETURN c.kind AS k, c.at AS at, c.before AS b, c.after AS a"
    ).rows
    return {tuple(plain(value) for value in row.values()) for row in rows}


# --- since when a model is there --------------------------------------------------------------

CREATED: Raw = {"created_at": day(1)}


@pytest.mark.parametrize(
    ("records", "appeared"),
    [
        ([seen(5, **CREATED)], 1),
        ([seen(5)], 5),
        ([model("a/m")], "now"),
        ([seen(5), seen(9)], 5),
        ([seen(9, last_modified=day(2)), seen(5, last_modified=day(1))], 5),
        ([seen(5), seen(9, **CREATED)], 1),
        ([seen(5, created_at=day(2)), seen(9, **CREATED)], 1),
        ([seen(5, **CREATED), seen(9, created_at=None)], 1),
        ([model("a/child", relation="merge", bases=["a/m"])], "now"),
        ([model("a/child", relation="merge", bases=["a/m"]), seen(5)], 5),
        ([change("appeared", 3)], 3),
        ([change("appeared", 3), change("appeared", 4), seen(5)], 3),
        ([change("appeared", 7), seen(5)], 5),
        ([change("appeared", 3), seen(5, created_at=day(4))], 4),
        ([change("gone", 3)], "now"),
        ([seen(5, "A/M", last_modified=day(1)), seen(4, last_modified=day(2))], 4),
    ],
)
def test_since_when_a_model_is_there(take: Take, records: list[Raw], appeared: object) -> None:
    for order in itertools.islice(itertools.permutations(records), 6):
        for batch_size in (1, 10):
            take.graph.command("MATCH (n) DETACH DELETE n")
            take(*order, batch_size=batch_size)
            assert when(take.graph)[0] == appeared


@pytest.mark.parametrize(
    ("events", "state", "back"),
    [
        ([change("gone", 3), seen(5)], (5, None, [3, 5]), [5]),
        ([seen(1), change("gone", 3), seen(5)], (1, None, [3, 5]), [5]),
        ([seen(1), change("gone", 3)], (1, 3, None), []),
        ([seen(3), change("gone", 3)], (3, None, None), [3]),
        ([seen(1), change("gone", 3), change("gone", 4)], (1, 3, None), []),
        ([change("appeared", 1), change("gone", 3), change("appeared", 6)], (1, None, [3, 6]), []),
        ([seen(1), change("gone", 3), change("returned", 6)], (1, None, [3, 6]), [6]),
        ([seen(1), change("gone", 3), seen(5), change("gone", 7)], (1, 7, [3, 5]), [5]),
        ([change("gone", 3), change("returned", 6), seen(5)], (5, None, [3, 5]), [5, 6]),
        (
            [seen(1), *(change("gone", n) for n in (2, 5)), *(seen(n) for n in (4, 7))],
            (1, None, [2, 4, 5, 7]),
            [4, 7],
        ),
    ],
)
def test_what_is_told_and_seen_in_one_batch_is_taken_in_the_order_of_time(
    take: Take, events: list[Raw], state: tuple[object, ...], back: list[int]
) -> None:
    for order in turned(events):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*order)
        assert when(take.graph) == state
        assert {at for kind, at, *_ in noted(take.graph) if kind == "returned"} == set(back)
        before = noted(take.graph)
        take(*events)
        assert (when(take.graph), noted(take.graph)) == (state, before)


def test_a_load_that_dies_before_it_brings_a_model_back_is_made_whole(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(seen(1), change("gone", 3))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("graph.store.writing.apply", die)
        with pytest.raises(KeyboardInterrupt):
            take(seen(5))
    take(seen(5))
    assert when(take.graph) == (1, None, [3, 5])


_TOLD = st.builds(change, st.sampled_from(["appeared", "gone", "returned"]), st.integers(1, 9))
_EVENTS = st.lists(_TOLD | st.builds(seen, st.integers(1, 9)), min_size=2, max_size=9)


def expected(events: Sequence[Raw]) -> tuple[object, ...]:
    """What `when` is to show, worked out one by one."""
    gone: int | None = None
    away: list[int] = []
    told: list[int] = []
    for event in sorted(events, key=_order):
        at, kind = _order(event)[0], event.get("kind")
        told += [at] if kind in ("appeared", None) else []
        if kind == "gone":
            gone = gone or at
        elif gone:
            away += [gone, at] if gone < at else []
            gone = None
    return min(told, default="now"), gone, away or None


def _order(event: Raw) -> tuple[int, bool]:
    at = datetime.fromisoformat(str(event["observed_at"]))
    return at.day, event.get("kind") != "gone"


@FEW
@given(events=st.lists(_TOLD, min_size=1, max_size=9), data=st.data())
def test_what_is_told_may_come_in_any_order(
    take: Take, events: list[Raw], data: st.DataObject
) -> None:
    take.graph.command("MATCH (n) DETACH DELETE n")
    order = data.draw(st.permutations(events))
    take(*order, batch_size=data.draw(st.integers(1, 9)))
    assert when(take.graph) == expected(events)


@FEW
@given(events=_EVENTS, data=st.data())
def test_batches_do_not_matter(take: Take, events: list[Raw], data: st.DataObject) -> None:
    take.graph.command("MATCH (n) DETACH DELETE n")
    events.sort(key=_order)
    while_left = list(events)
    while while_left:
        size = data.draw(st.integers(1, len(while_left)))
        take(*data.draw(st.permutations(while_left[:size])))
        del while_left[:size]
    assert when(take.graph) == expected(events)


def test_what_appears_after_a_snapshot_is_noted(take: Take) -> None:
    graph = take.graph
    take(seen(1, "a/first"))
    assert noted(graph) == set()
    run = Run.begin("crawl")
    load(graph, iter([seen(2, "a/within")]), settings=take.settings, source="all", run=run)
    end_run(graph, run, "complete", {}, scope="Model of https://hub.test")
    assert noted(graph) == set()
    child = seen(4, "a/next", relation="merge", bases=["a/base"])
    for _ in range(2):
        take(seen(3, "a/first"), child, change("appeared", 2, "a/told"), seen(5, "a/told"))
        assert noted(graph) == {("appeared", 4, None, None), ("appeared", 2, None, None)}


def test_what_a_complete_run_did_not_see_is_gone_when_that_was_seen(
    empty_graph: Graph, settings: Settings
) -> None:
    take = Take(empty_graph, settings)
    told = (change("gone", 2, "a/back"), seen(4, "a/back"))
    take(seen(1), seen(1, "a/there"), *told, seen(9, "a/later"))
    run = Run.begin("update")
    load(empty_graph, iter([seen(6, "a/there")]), settings=settings, source="x", run=run)
    at = datetime.fromisoformat(day(6))
    assert mark_gone(empty_graph, run, 0.5, Scope(), at) == 2
    assert when(empty_graph) == (1, 6, None)
    assert when(empty_graph, "a/back") == (4, 6, [2, 4])
    assert when(empty_graph, "a/later") == (9, None, None)
    take(seen(8))
    assert when(empty_graph) == (1, None, [6, 8])


# --- lineage ----------------------------------------------------------------------------------


def made(at: int, *bases: str, relation: str | None = "merge", **fields: object) -> Raw:
    return seen(at, relation=relation if bases else None, bases=list(bases), **fields)


def test_lineage_holds_since_the_child_is_there_or_since_it_is_stated(take: Take) -> None:
    take(made(2, "a/x", "a/y", bases_source="tags"))
    assert lineage(take.graph) == {"a/x": (2, None, None, "tags"), "a/y": (2, None, None, "tags")}
    take(made(4, "a/y", "a/z", bases_source="base_models"))
    assert lineage(take.graph) == {
        "a/x": (2, 4, None, "tags"),
        "a/y": (2, None, None, "base_models"),
        "a/z": (4, None, None, "base_models"),
    }
    for _ in range(2):
        take(made(6, "a/x"))
        assert lineage(take.graph) == {
            "a/x": (2, None, [4, 6], None),
            "a/y": (2, 6, None, "base_models"),
            "a/z": (4, 6, None, "base_models"),
        }
    assert noted(take.graph) == {
        ("bases", 4, "a/x, a/y", "a/y, a/z"),
        ("bases", 6, "a/y, a/z", "a/x"),
    }


def test_lineage_that_is_stated_first_begins_with_the_child_whenever_that_is_known(
    take: Take,
) -> None:
    records = [made(5, "a/x"), change("appeared", 2), seen(4)]
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.graph.command("MATCH (n) DETACH DELETE n")
            take(*order, batch_size=batch_size)
            assert lineage(take.graph) == {"a/x": (2, None, None, None)}
    take(seen(6, **CREATED))
    assert lineage(take.graph) == {"a/x": (1, None, None, None)}
    take(made(7, "a/y"), seen(8, created_at=day(3)))
    assert lineage(take.graph) == {"a/x": (3, 7, None, None), "a/y": (7, None, None, None)}


def test_another_relation_and_other_bases_are_changes(take: Take) -> None:
    take(made(1))
    take(made(2, "b/Two", "a/one"))
    take(made(3, "A/One", "b/two", relation="finetune"))
    take(seen(4, likes=1))
    take(made(5))
    assert noted(take.graph) == {
        ("bases", 2, None, "a/one, b/Two"),
        ("relation", 2, None, "merge"),
        ("relation", 3, "merge", "finetune"),
        ("bases", 5, "A/One, b/Two", None),
        ("relation", 5, "finetune", None),
    }


def test_lineage_in_one_batch_is_as_in_several(take: Take) -> None:
    records = [made(1, "a/x"), made(3, "a/y"), made(5, "a/x", "a/y"), seen(6), made(7, "a/z")]
    found = []
    for batch_size in (1, 10):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*(records if batch_size == 1 else reversed(records)), batch_size=batch_size)
        found.append((lineage(take.graph), noted(take.graph)))
    assert found[0] == found[1]
    assert found[0][0] == {
        "a/x": (1, 7, [3, 5], None),
        "a/y": (3, 7, None, None),
        "a/z": (7, None, None, None),
    }


def test_a_number_of_parameters_that_is_stated_otherwise_is_a_change(take: Take) -> None:
    def sized(at: int, parameters: int | None, source: str | None = "gguf") -> Raw:
        return seen(at, "a/m-7B", parameters=parameters, parameters_source=source)

    take(seen(1, "a/m-7B"))
    take(sized(2, 5))
    take(sized(3, 6))
    take(sized(4, None, None))
    take(sized(5, 8, "safetensors"))
    take(sized(6, 8, "gguf"))
    assert noted(take.graph) == {("parameters", 3, "5", "6")}


def test_every_kind_may_be_told(take: Take) -> None:
    told = {
        "taken_over": ("a" * 24, "b" * 24),
        "bases": ("a/x", "a/x, a/y"),
        "relation": ("merge", "finetune"),
        "license": ("mit", None),
        "gated": ("no", "auto"),
        "parameters": ("5", "6"),
        "appeared": (None, None),
        "returned": (None, None),
    }
    records = [change(k, 3, before=b, after=a) for k, (b, a) in told.items()]
    for _ in range(2):
        take(*records)
        assert noted(take.graph) == {(kind, 3, *values) for kind, values in told.items()}


def test_bases_that_tags_name_are_kept(take: Take) -> None:
    take(made(1, "a/x", tagged_bases=["finetune:a/y"]))
    assert take.model("a/m")["tagged_bases"] == ["finetune:a/y"]
    assert set(lineage(take.graph)) == {"a/x"}
    take(made(2, "a/x", tagged_bases=[]))
    assert "tagged_bases" not in take.model("a/m")


# --- counts -----------------------------------------------------------------------------------


def counted(at: int, downloads: int | None, likes: int | None = 1, **fields: object) -> Raw:
    return seen(at, downloads=downloads, likes=likes, **fields)


@pytest.mark.parametrize(
    ("records", "series"),
    [
        ([counted(1, 5)], []),
        ([counted(1, 5), counted(2, 5)], []),
        ([counted(1, 5), counted(2, 5), counted(3, 6)], [(2, 5, 1), (3, 6, 1)]),
        ([counted(1, 5), counted(2, 6), counted(3, 6)], [(1, 5, 1), (2, 6, 1)]),
        (
            [counted(1, 5), counted(2, 6), counted(3, 6), counted(4, 5, 2)],
            [(1, 5, 1), (2, 6, 1), (4, 5, 2)],
        ),
        ([counted(1, 5), counted(2, None)], [(1, 5, 1), (2, -1, 1)]),
        ([counted(1, None, None), counted(2, 5)], []),
        ([counted(1, 5), seen(2, likes=2), seen(3)], [(1, 5, 1), (2, 5, 2)]),
        ([counted(1, 5), seen(2, "A/M", downloads=6)], [(1, 5, 1), (2, 6, 1)]),
    ],
)
def test_counts_that_change_are_a_series(
    take: Take, records: list[Raw], series: list[tuple[int, ...]]
) -> None:
    name = str(records[-1]["id"])
    for batch_size in (1, 2, 10):
        take.graph.command("MATCH (n) DETACH DELETE n")
        for _ in range(2):
            take(*records, batch_size=batch_size)
            assert counts(take.graph, name) == series
    take.graph.command("MATCH (n) DETACH DELETE n")
    take(*reversed(records))
    assert counts(take.graph, name) == series


@FEW
@given(values=st.lists(st.integers(0, 2), min_size=1, max_size=8), data=st.data())
def test_batches_do_not_change_the_series(
    take: Take, values: list[int], data: st.DataObject
) -> None:
    records = [counted(at, value) for at, value in enumerate(values, 1)]
    found = []
    for batch_size in (1, data.draw(st.integers(2, 8))):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*records, batch_size=batch_size)
        found.append(counts(take.graph))
    assert found[0] == found[1]
    first = next((n for n, value in enumerate(values) if value != values[0]), None)
    if first is None:
        assert found[0] == []
        return
    runs = [n for n in range(first, len(values)) if values[n] != values[n - 1]]
    assert found[0] == [(n + 1, values[n], 1) for n in (first - 1, *runs)]


@FEW
@given(order=st.permutations(range(1, 7)), batch_size=st.integers(1, 6))
def test_counts_that_grow_give_one_series_in_any_order(
    take: Take, order: list[int], batch_size: int
) -> None:
    take.graph.command("MATCH (n) DETACH DELETE n")
    take(*(counted(at, 10 * at, at) for at in order), batch_size=batch_size)
    assert counts(take.graph) == [(at, 10 * at, at) for at in range(1, 7)]


def test_a_long_series_keeps_its_newest_points() -> None:
    points = [Point(f"{n:06}", n, 0) for n in range(MOST_POINTS + 2)]
    kept = series(points[:-2], points[-2:])
    assert len(kept["counted_at"]) == MOST_POINTS
    assert kept["downloads_then"] == [n for _, n, _ in points[2:]]


# --- renames ----------------------------------------------------------------------------------


def renamed(at: int) -> Raw:
    return change("renamed", at, "old/m", after="new/m")


def test_a_renamed_model_keeps_its_past(take: Take) -> None:
    old = [
        seen(1, "old/m", likes=1, relation="merge", bases=["a/x"]),
        change("gone", 2, "old/m"),
        seen(3, "old/m", likes=2, relation="merge", bases=["a/x", "a/y"]),
        change("gone", 4, "old/m"),
    ]
    new = [seen(5, "new/m", likes=3, relation="merge", bases=["a/x"]), change("gone", 7, "old/m")]
    for batch_size in (1, 10):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*old, batch_size=batch_size)
        take(*new, renamed(6), batch_size=batch_size)
        assert when(take.graph, "new/m") == (1, None, [2, 3])
        assert counts(take.graph, "new/m") == [(1, -1, 1), (3, -1, 2), (5, -1, 3)]
        assert lineage(take.graph)["a/x"] == (1, None, None, None)
        assert lineage(take.graph)["a/y"][0] == 3
        assert take.graph.read("MATCH (m:Model {name: 'm'}) RETURN count(*) AS n").one() == {"n": 1}


def test_lineage_to_both_names_is_one(take: Take) -> None:
    def child(at: int, *bases: str) -> Raw:
        return seen(at, "c/child", relation="adapter", bases=list(bases))

    take(child(1, "old/m"))
    take(child(3, "new/m"))
    take(child(5))
    take(child(6, "old/m"))
    take(child(8, "new/m", "old/m"))
    take(child(9, "new/m"))
    take(renamed(9))
    assert lineage(take.graph) == {"new/m": (1, None, [5, 6], None)}
    take(child(10))
    assert lineage(take.graph) == {"new/m": (1, 10, [5, 6], None)}


def test_told_of_a_former_name_is_told_of_the_model(take: Take) -> None:
    records = [
        seen(5, "new/m"),
        change("appeared", 1, "old/m"),
        change("gone", 2, "old/m"),
        change("returned", 3, "old/m"),
        renamed(6),
        change("gone", 7, "old/m"),
    ]
    for order, batch_size in zip(turned(records), itertools.cycle((1, 2, 9)), strict=False):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*order, batch_size=batch_size)
        names = take.graph.read("MATCH (m:Model) RETURN collect(m.id) AS names").one()["names"]
        assert names == ["new/m"]
        assert when(take.graph, "new/m") == (1, None, [2, 3])
