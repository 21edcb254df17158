"""Which models a network holds, on small graphs that answer its queries from memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.answers.network.content import Network, NetworkRequest, UnknownModelsError
from graph.answers.network.queries import SHOWN
from graph.answers.network.selection import PATIENCE_S, first_children, select
from graph.answers.query import Query
from graph.schema import RELATIONS, TYPE_OF_RELATION
from graph.store.connection import Result
from webapp.network.parameters import NetworkParameters
from webapp.network.picture import draw

NAMES = [f"m/{i}" for i in range(9)]
Edge = tuple[str, str, str]
Given = Mapping[str, object] | None


def columns(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


class Memory:
    """Answers the network's queries from a list of (child, relation, base), and links once held."""

    def __init__(
        self, edges: list[Edge], names: list[str] = NAMES, gone: Sequence[Edge] = ()
    ) -> None:
        self.edges = sorted(set(edges))
        self.lost = gone
        self.names = names
        self.asked: list[str] = []

    def __call__(
        self, query: Query, parameters: Given = None, *, row_limit: int | None = None
    ) -> Result:
        self.asked.append(query.name)
        given = {key: value for key, value in (parameters or {}).items() if key != "as_of"}
        rows = getattr(self, query.name.removeprefix("network-"))(**given)
        return Result([], rows[:row_limit])

    def find(self, ids: list[str]) -> list[dict[str, Any]]:
        return [{"id": n} for n in self.names if n.lower() in ids]

    def top(self, top: int) -> list[dict[str, Any]]:
        return [{"id": n} for n in self.names[:top]]

    def bases(self, ids: list[str], types: list[str]) -> list[dict[str, Any]]:
        rows = [
            (c, TYPE_OF_RELATION[r], b, "", "")
            for c, r, b in self.edges
            if c in ids and TYPE_OF_RELATION[r] in types
        ]
        return [columns(("child", "type", "base", "cut", "verdict"), rows)]

    def children(
        self, bases: list[str], types: list[str], n: int, room: int
    ) -> list[dict[str, Any]]:
        rows = []
        for base in bases:
            found = {c for c, r, b in self.edges if b == base and TYPE_OF_RELATION[r] in types}
            rows += [(c, base) for c in sorted(found)[:n]]
        return [columns(("child", "base"), sorted(rows)[:room])]

    def facts(self, ids: list[str]) -> list[dict[str, Any]]:
        ever = Counter((b, r) for _, r, b in [*self.edges, *self.lost])
        made = {relation: [ever[id_, relation] for id_ in ids] for relation in RELATIONS}
        return [{name: [None] * len(ids) for name in SHOWN} | {"id": ids} | made]

    def gone(self) -> list[dict[str, Any]]:
        counts = Counter((b, TYPE_OF_RELATION[r]) for _, r, b in self.lost)
        base, type_ = zip(*counts, strict=True) if counts else ((), ())
        return [{"base": base, "type": type_, "links": [*counts.values()]}]


names = st.sampled_from(NAMES)
edges = st.lists(st.tuples(names, st.sampled_from(RELATIONS), names), max_size=30)


def counted(selection: Network) -> dict[tuple[str, str], int]:
    """Drawn links and aggregates, added up per base and relation."""
    sums: Counter[tuple[str, str]] = Counter()
    for link in selection.links:
        sums[selection.models[link.base].id, link.relation] += 1
    for aggregate in selection.aggregates:
        assert aggregate.count > 0
        sums[selection.models[aggregate.base].id, aggregate.relation] += aggregate.count
    return dict(sums)


requests = st.builds(
    NetworkRequest,
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple),
    n=st.integers(0, 4),
    up=st.integers(0, 4),
    down=st.integers(0, 4),
    limit=st.integers(1, 12),
    relations=st.sets(st.sampled_from(RELATIONS), min_size=1).map(
        lambda chosen: tuple(r for r in RELATIONS if r in chosen)
    ),
)


@settings(max_examples=200, deadline=None)
@given(edges, edges, requests)
def test_drawn_and_counted_children_add_up(
    edges: list[Edge], gone: list[Edge], request: NetworkRequest
) -> None:
    memory = Memory(edges, gone=gone)
    selection = select(memory, request)

    drawn = {model.id for model in selection.models}
    exact = Counter((b, r) for _, r, b in memory.edges if b in drawn)
    assert counted(selection) == {k: v for k, v in exact.items() if k[1] in request.relations}
    assert len(drawn) == len(selection.models) <= request.limit
    for relation, total in selection.totals.items():
        everything = sum(v for (_, r), v in exact.items() if r == relation)
        assert total.drawn + total.aggregated + (total.filtered or 0) == everything
    assert len(memory.asked) <= request.up + request.down + 5

    for place, model in enumerate(selection.models):
        seen = {place}
        via = model.via
        while via is not None:
            assert via not in seen
            seen.add(via)
            via = selection.models[via].via
    nodes = draw(selection, NetworkParameters()).nodes
    assert {len(v) for v in nodes.values() if isinstance(v, list)} == {len(drawn)}
    spots = [*zip(nodes["x"], nodes["y"], strict=True)]
    assert len(set(spots)) == len(spots)


@given(edges=edges, data=st.data())
@settings(max_examples=50, deadline=None)
def test_the_order_asked_for_does_not_matter(edges: list[Edge], data: st.DataObject) -> None:
    starts = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    one, other = (
        draw(select(Memory(edges), NetworkRequest(tuple(order))), NetworkParameters())
        for order in (starts, data.draw(st.permutations(starts)))
    )
    assert one == other


def test_all_bases_of_a_merge_are_drawn() -> None:
    merge = [("m/5", "merge", "m/1"), ("m/5", "merge", "m/2"), ("m/5", "merge", "m/3")]
    for start in ("m/1", "m/5"):
        selection = select(Memory(merge), NetworkRequest((start,)))
        assert len(selection.links) == 3
    selection = select(Memory(merge), NetworkRequest(("m/1",)))
    roles = {model.id: model.role for model in selection.models}
    assert roles == {"m/1": "start", "m/5": "child", "m/2": "other", "m/3": "other"}


def test_bases_beyond_the_steps_are_told() -> None:
    chain = [("m/1", "finetune", "m/2"), ("m/2", "finetune", "m/3")]
    selection = select(Memory(chain), NetworkRequest(("m/1",), up=1))
    assert {m.id: m.bases_left_out for m in selection.models} == {"m/1": 0, "m/2": 1}
    assert {m.id: m.relation for m in selection.models} == {"m/1": "finetune", "m/2": "finetune"}


def test_a_start_hangs_on_the_start_that_it_was_made_from() -> None:
    asked = NetworkRequest(("m/1", "m/0"), up=0, down=0)
    selection = select(Memory([("m/1", "finetune", "m/0")]), asked)
    assert [(m.id, m.via) for m in selection.models] == [("m/0", None), ("m/1", 0)]


def test_a_ring_and_a_loop_are_drawn_once() -> None:
    ring = [("m/0", "finetune", "m/1"), ("m/1", "finetune", "m/0"), ("m/0", "merge", "m/0")]
    selection = select(Memory(ring), NetworkRequest(("m/0",), up=10, down=10))
    assert len(selection.models) == 2
    assert len(selection.links) == 3
    assert selection.aggregates == []


def test_want_of_room_and_of_time_is_told() -> None:
    star = [(f"m/{i}", "adapter", "m/0") for i in range(1, 9)]
    assert select(Memory(star), NetworkRequest(("m/0",), limit=3)).truncated == "room"
    assert select(Memory(star), NetworkRequest(("m/0",), n=3)).truncated is None
    hours = iter(range(0, 1_000_000, int(PATIENCE_S) + 1))
    late = select(Memory(star), NetworkRequest(("m/0",)), clock=lambda: next(hours))
    assert late.truncated == "time"
    assert [(a.relation, a.count) for a in late.aggregates] == [("adapter", 8)]


def test_unknown_models_are_named() -> None:
    selection = select(Memory([]), NetworkRequest(("m/0", "no/such")))
    assert selection.missing == ["no/such"]
    with pytest.raises(UnknownModelsError) as caught:
        select(Memory([]), NetworkRequest(("no/such",)))
    assert caught.value.models == ("no/such",)


def test_the_first_children_come_in_order() -> None:
    star = [(f"m/{i}", "adapter", "m/0") for i in range(1, 9)] + [("m/3", "merge", "m/0")]
    assert [r["id"] for r in first_children(Memory(star), "m/0", ["merge"], 5)] == ["m/3"]
    assert len(first_children(Memory(star), "m/0", ["adapter"], 5)) == 5
