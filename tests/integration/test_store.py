"""The store does with a real database what the graph in memory does, which tests the rules."""

import random
from datetime import datetime
from typing import Any

import pytest

from graph.resolve import LinkKey, NodeKey
from graph.schema import LINEAGE, NODES, RELATIONSHIPS
from graph.settings import Settings
from graph.store import apply
from graph.store.connection import Graph
from graph.store.cypher import LINK_TIMES, NODE_TIMES, merge_property
from graph.times import iso
from graph.ways.load import load
from tests.remembered import GraphState, Raw, author, change, dataset, model, space

_NAMES = ("a/one", "A/One", "a/two-7B", "b/three", "c/four")


def _day(number: int) -> str:
    return f"2025-01-{number:02d}T00:00:00.000Z"


def _records(seed: int) -> list[Raw]:
    """Thirty records of every kind, some of them about one thing."""
    draw = random.Random(seed)  # noqa: S311 (made-up data)

    def anything(at: str) -> Raw:
        name = draw.choice(_NAMES)
        match draw.randrange(8):
            case 0:
                return author(draw.choice(["a", "A", "b"]), kind="user", observed_at=at)
            case 1:
                return dataset("d/one", likes=draw.randrange(3), observed_at=at)
            case 2:
                return space("s/app", models=draw.sample(_NAMES, 2), observed_at=at)
            case 3:
                kind = draw.choice(["gone", "appeared", "returned", "license"])
                return change(name, kind, observed_at=at)
            case 4:
                return change("c/four", "renamed", after="c/five", observed_at=at)
        facts: dict[str, Any] = {"likes": draw.randrange(3), "license": draw.choice(["mit", None])}
        if draw.random() < 0.6:
            relation = draw.choice(LINEAGE).relation
            facts |= {"relation": relation, "bases": draw.sample([*_NAMES, "x/base"], 2)}
        if draw.random() < 0.5:
            facts |= {"datasets": ["D/one", "d/two"], "papers": ["2403.04652"]}
            facts |= {"new_version": "a/one", "created_at": _day(1)}
        return model(name, observed_at=at, last_modified=at, hub_id="f" * 24, **facts)

    return [anything(_day(draw.randint(2, 28))) for _ in range(30)]


def _shown(graph: Graph) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What the database holds, as the graph in memory shows it."""
    keys = {node.label: merge_property(node) for node in NODES}
    folds = {node.fold for node in NODES}
    times = {name for found in [*NODE_TIMES.values(), LINK_TIMES] for name in found}

    def plain(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [iso(each) for each in value]
            if isinstance(value, list) and name in times
            else iso(value)
            if isinstance(value, datetime)
            else value
            for name, value in values.items()
            if name not in folds | {"labels", "type"}
        }

    def ref(node: dict[str, Any]) -> NodeKey:
        (label,) = node["labels"]
        return NodeKey(label, node[keys[label]])

    nodes = [row["n"] for row in graph.read("MATCH (n) WHERE NOT n:Run RETURN n").rows]
    links = graph.read("MATCH (a)-[r]->(b) RETURN a, r, b").rows
    return {ref(node): plain(node) for node in nodes}, {
        LinkKey(row["r"]["type"], ref(row["a"]), ref(row["b"])): plain(row["r"]) for row in links
    }


@pytest.mark.parametrize("seed", range(6))
def test_batches_are_read_and_written_as_in_memory(
    empty_graph: Graph, settings: Settings, seed: int
) -> None:
    take, records = GraphState(), _records(seed)
    for some in (records[:20], records[15:]):
        size = 1 + seed * 3
        summary = load(
            empty_graph,
            iter(some),
            settings=settings.model_copy(update={"batch_size": size}),
            source="test",
        )
        take(*some, batch_size=size, now=iso(summary.started_at))
        assert _shown(empty_graph) == take.content()


def test_statements_that_write_are_short() -> None:
    texts = [
        *(apply.create_text(node, tuple(NODE_TIMES[node.label])) for node in NODES),
        *(apply.update_text(node, tuple(NODE_TIMES[node.label])) for node in NODES),
        *(apply.remove_text(node) for node in NODES),
        *(apply.link_text(r.type, NODES[0], NODES[0], tuple(LINK_TIMES)) for r in RELATIONSHIPS),
    ]
    assert max(len(text.splitlines()) for text in texts) <= 15
