"""Lineage, families and sizes of a past date, against plain Python on small histories."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from graph.answers import reports
from graph.answers.ancestry import ANCESTRY
from graph.answers.history.leaderboard import Measure, leaderboard
from graph.answers.model import CHILDREN, RECORD
from graph.answers.network import queries
from graph.answers.query import Query, reader
from graph.schema import TYPE_OF_RELATION
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.reference_history import (
    RELATIONS,
    History,
    Link,
    below,
    by_relation,
    distances,
    longest,
    made_up,
    roots,
    week,
)

SMALL = History(
    created={"c/child": 1, "g/grand": 3},
    stated={
        "r/root": [(0, None, ())],
        "r/other": [(0, None, ())],
        "c/child": [(1, "finetune", ("r/root",)), (6, "finetune", ("r/other",)),
                    (8, "finetune", ("r/root",))],
        "g/grand": [(4, "adapter", ("c/child",)), (9, "quantized", ("c/child",))],
        "q/quant": [(3, "quantized", ("c/child",)), (12, "quantized", ("c/child",))],
        "m/merge": [(5, "merge", ("r/root", "r/other")), (10, None, ())],
    },
    lost={"q/quant": [(7, 9)], "r/other": [(11, None)]},
)  # fmt: skip
"""A base that changes and comes back, another relation, a merge that is disowned, models that are
gone for a while or for good."""

DATES: dict[float, set[Link]] = {
    0.5: set(),
    2: {("c/child", "finetune", "r/root")},
    3.5: {
        ("c/child", "finetune", "r/root"),
        ("g/grand", "adapter", "c/child"),  # it was created before it was seen
        ("q/quant", "quantized", "c/child"),
    },
    5: {
        ("c/child", "finetune", "r/root"),
        ("g/grand", "adapter", "c/child"),
        ("q/quant", "quantized", "c/child"),
        ("m/merge", "merge", "r/root"),
        ("m/merge", "merge", "r/other"),
    },
    7.5: {
        ("c/child", "finetune", "r/other"),
        ("g/grand", "adapter", "c/child"),
        ("q/quant", "quantized", "c/child"),  # lineage outlives the model
        ("m/merge", "merge", "r/root"),
        ("m/merge", "merge", "r/other"),
    },
    20: {
        ("c/child", "finetune", "r/root"),
        ("g/grand", "quantized", "c/child"),
        ("q/quant", "quantized", "c/child"),
    },
}
"""Week → the lineage of `SMALL` then, worked out by hand."""

Run = Callable[..., list[dict[str, Any]]]


def prepared(graph: Graph, settings: Settings, history: History) -> None:
    records = history.records()
    summary = load(graph, iter(records), settings=settings, source="history")
    assert (summary.rejected, summary.issues) == (0, {})


def runner(graph: Graph, as_of: datetime | None) -> Run:
    def run(asked: str | Query, **given: object) -> list[dict[str, Any]]:
        given["as_of"] = as_of
        if isinstance(asked, Query):
            return reader(graph)(asked, given).rows
        return reports.run(graph, asked, given).rows

    return run


def test_a_small_history_at_several_dates(empty_graph: Graph, settings: Settings) -> None:
    prepared(empty_graph, settings, SMALL)
    for at, expected in DATES.items():
        assert SMALL.links(at) == expected, at
        check_all(runner(empty_graph, week(at)), SMALL, at)
    check_all(runner(empty_graph, None), SMALL, 20, scored=False)
    assert SMALL.there(8) == {"r/root", "r/other", "c/child", "g/grand", "m/merge"}


@pytest.mark.parametrize("seed", [3, 11])
def test_histories_by_chance(empty_graph: Graph, settings: Settings, seed: int) -> None:
    history = made_up(seed)
    prepared(empty_graph, settings, history)
    for at in (1.25, 3.75, 5, 6.75, 9, 12):
        run = runner(empty_graph, week(at))
        links = history.links(at)
        check_families(run, history, at)
        check_sizes(run, history, at)
        for start in list(history.stated)[::3]:
            check_walks(run, links, start)
        check_leaders(empty_graph, settings, history, at)


def check_all(run: Run, history: History, at: float, *, scored: bool = True) -> None:
    links = history.links(at)
    check_sizes(run, history, at)
    check_families(run, history, at, scored=scored)
    for start in ("r/root", "c/child", "g/grand", "m/merge"):
        check_walks(run, links, start)
        check_page(run, links, start, history.there(at))
    check_pairs(run, links, history.there(at))


def check_walks(run: Run, links: set[Link], start: str) -> None:
    above = distances(links, start, up=True)
    assert {
        (row["depth"], row["model"], row["relation"], row["base"])
        for row in run("lineage-up", model=start)
    } == {(above[c] + 1, c, relation, b) for c, relation, b in links if c in above}
    down = below(links, start)
    assert {
        (row["depth"], row["model"], row["relation"], row["base"])
        for row in run("lineage-down", model=start)
    } == {
        (down[c], c, relation, b) for c, relation, b in links if c in down and b in {start, *down}
    }


def check_page(run: Run, links: set[Link], start: str, there: set[str]) -> None:
    """What the model's page shows, and reports on what was made from it and was there."""
    above = distances(links, start, up=True)
    assert {(row["model"], row["relation"], row["base"]) for row in run(ANCESTRY, id=start)} == {
        link for link in links if link[0] in above
    }
    made: dict[str, list[str]] = {}
    for child, relation, base in links:
        if base == start:
            made.setdefault(child, []).append(relation)
    listed = {child: relations for child, relations in made.items() if child in there}
    children = run(CHILDREN, id=start, limit=10_001)
    assert {row["model"]["id"]: row["relations"] for row in children} == listed
    (facts,) = run(RECORD, folded=start)
    assert (facts["direct"], facts["direct_gone"]) == (len(listed), len(made) - len(listed))
    assert {name: facts[name] for name in RELATIONS} == {
        name: sum(name in relations for relations in listed.values()) for name in RELATIONS
    }
    types = list(TYPE_OF_RELATION.values())
    (drawn,) = run(queries.MADE, ids=[start])
    counts = dict(zip(drawn["type"], drawn["links"], strict=True))
    assert {name: counts.get(TYPE_OF_RELATION[name], 0) for name in RELATIONS} == {
        name: sum(name in relations for relations in made.values()) for name in RELATIONS
    }
    (found,) = run(queries.BASES, ids=[start], types=types)
    assert set(found["base"]) == {base for child, _, base in links if child == start}
    (found,) = run(queries.CHILDREN, bases=[start], types=types, n=1_000, room=1_000)
    assert set(found["child"]) == made.keys()
    assert {row["author"]: row["quantizations"] for row in run("quantizations-by-author",
        model=start)} == Counter(
        child.split("/")[0]
        for child, relations in made.items() if "quantized" in relations and child in there
    )  # fmt: skip
    dated = {row["model"] for row in run("newest-derivatives", model=start)}
    assert dated == made.keys() & SMALL.created.keys() & there


def check_pairs(run: Run, links: set[Link], there: set[str]) -> None:
    for one, other in (("g/grand", "m/merge"), ("q/quant", "r/root"), ("g/grand", "r/other")):
        near, far = (distances(links, name, up=True) for name in (one, other))
        assert {
            (row["ancestor"], row["depth_model"], row["depth_other"], row["root"])
            for row in run("common-ancestors", model=one, other=other)
        } == {
            (name, near[name], far[name], all(child != name for child, _, _ in links))
            for name in near.keys() & far.keys()
        }
        steps = distances(links, one, up=True).get(other)
        paths = run("paths-between", model=one, base=other)
        assert [row["steps"] for row in paths] == ([] if steps is None else [steps])
        for row in paths:
            ways = zip(row["models"], row["relations"], row["models"][1:], strict=False)
            assert set(ways) <= links
    merges = {row["model"]: row["bases"] for row in run("merge-parents")}
    assert merges == {
        child: sorted(b for c, _, b in links if c == child)
        for child, relation, _ in links
        if relation == "merge" and child in there
    }


def check_sizes(run: Run, history: History, at: float) -> None:
    there = history.there(at)
    links = {link for link in history.links(at) if link[0] in there}
    later = {n for n, told in history.stated.items() if told[0][0] > at} - history.created.keys()
    columns = ("models", "undated", "with_base", "bases", *RELATIONS)
    (size,) = run("hub-size") or [dict.fromkeys(columns, 0) | {"undated": len(later)}]
    assert size == {
        "models": len(there),
        "undated": len(later),
        "with_base": len({child for child, _, _ in links}),
        "bases": len({base for _, _, base in links}),
        **{name: sum(relation == name for _, relation, _ in links) for name in RELATIONS},
    }
    assert {row["relation"]: (row["links"], row["models"], row["bases"])
            for row in run("relation-mix")} == {
        name: tuple(
            len(set(found))
            for found in (
                [link for link in links if link[1] == name],
                [c for c, relation, _ in links if relation == name],
                [b for _, relation, b in links if relation == name],
            )
        )
        for name in {relation for _, relation, _ in links}
    }  # fmt: skip
    assert {row["relation"]: row["self_published"] for row in run("self-published-share")} == {
        name: sum(
            relation == name and c.split("/")[0] == b.split("/")[0] for c, relation, b in links
        )
        for name in {relation for _, relation, _ in links}
    }
    assert {row["model"]: row["derivatives"] for row in run("most-derivatives")} == Counter(
        base for _, base in {(c, b) for c, _, b in links}
    )


def check_families(run: Run, history: History, at: float, *, scored: bool = True) -> None:
    links, there = history.links(at), history.there(at)
    models = list(history.stated)
    sizes = {row["model"]: row for row in run("family-sizes", models=models)}
    assert sizes.keys() == set(models)
    for name in models:
        every = below(links, name)
        down = {made: steps for made, steps in every.items() if made in there}
        kinds = by_relation(links, down)
        assert sizes[name] == {
            "model": name, "descendants": len(down), "gone": len(every) - len(down),
            "direct": sum(depth == 1 for depth in down.values()),
            **{relation: kinds[relation] for relation in RELATIONS}, "declared": 0,
            "depth": max(down.values(), default=None),
        }  # fmt: skip
    if not scored:  # those of now come from scores, which nobody computed
        return
    families = {row["root"]: row for row in run("largest-families")}
    shown = ("descendants", "gone", "depth", *RELATIONS)
    heads = {name for name in roots(links) - history.gone(at) if sizes[name]["descendants"]}
    assert families.keys() == heads
    for root, row in families.items():
        assert {name: row[name] for name in shown} == {name: sizes[root][name] for name in shown}
    chains = {row["root"]: row for row in run("longest-chains")}
    assert {root: row["steps"] for root, row in chains.items()} == {
        root: longest(links, there, root) for root in heads
    }
    for row in chains.values():
        assert len(row["relations"]) == row["steps"]
        assert row["last"] in there
        ways = zip(row["models"], row["relations"], row["models"][1:], strict=False)
        assert set(ways) <= links


def check_leaders(graph: Graph, settings: Settings, history: History, at: float) -> None:
    links, there = history.links(at), history.there(at)
    bases = {base for _, _, base in links}
    for by in (Measure.DESCENDANTS, Measure.DERIVATIVES):
        found = leaderboard(graph, settings, by, 100, week(at))
        assert found.relationships == len(links)
        assert {leader.model for leader in found.leaders} == {
            base for base in bases - history.gone(at) if below(links, base).keys() & there
        }
        values = [getattr(leader, by.value) for leader in found.leaders]
        assert values == sorted(values, reverse=True)
        for leader in found.leaders:
            every = below(links, leader.model)
            down = {made: steps for made, steps in every.items() if made in there}
            assert (leader.descendants, leader.depth) == (len(down), max(down.values()))
            assert leader.gone == len(every) - len(down)
            kinds = by_relation(links, down)
            assert leader.by_relation == {name: kinds[name] for name in RELATIONS}
            direct = {child for child, _, base in links if base == leader.model} & there
            assert leader.derivatives == len(direct)
