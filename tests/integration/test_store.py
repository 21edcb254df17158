"""The store does with a real database what the graph in memory does, which tests the rules."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.errors import DataError, QueryError
from graph.resolve.held import LinkKey, NodeKey
from graph.schema import DATASET, LINEAGE, NODES
from graph.settings import Settings
from graph.store import writing
from graph.store.connection import Graph, Statement
from graph.store.cypher import LINK_TIMES, NODE_TIMES, merge_property
from graph.store.identity import identity
from graph.store.lease import opened
from graph.store.missing import mark_gone, mark_missing
from graph.store.runs import Run, Scope, end_run
from graph.times import iso
from graph.ways.load import load
from tests.integration.test_ingest import Take, take
from tests.remembered import OLD, GraphState, Raw, author, change, dataset, day, model, space

__all__ = ["take"]

HUB_ID = "a" * 24
_NAMES = ("a/one", "A/One", "a/two-7B", "b/three", "c/four")


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
            facts |= {"new_version": "a/one", "created_at": day(1)}
        return model(name, observed_at=at, last_modified=at, hub_id="f" * 24, **facts)

    return [anything(day(draw.randint(2, 28))) for _ in range(30)]


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
        (label,) = {*node["labels"]} - {"Gone"}
        return NodeKey(label, node[keys[label]])

    nodes = [row["n"] for row in graph.read("MATCH (n) WHERE NOT n:Run|Graph RETURN n").rows]
    links = graph.read("MATCH (a)-[r]->(b) RETURN a, r, b").rows
    return {ref(node): plain(node) for node in nodes}, {
        LinkKey(row["r"]["type"], ref(row["a"]), ref(row["b"])): plain(row["r"]) for row in links
    }


@pytest.mark.parametrize("seed", range(6))
def test_batches_are_as_in_memory(empty_graph: Graph, settings: Settings, seed: int) -> None:
    take, records = GraphState(), _records(seed)
    for some in (records[:20], records[15:]):
        size = 1 + seed * 3
        own = settings.model_copy(update={"batch_size": size})
        summary = load(empty_graph, iter(some), settings=own, source="test")
        take(*some, batch_size=size, now=iso(summary.started_at))
        assert _shown(empty_graph) == take.content()


def _when(graph: Graph, name: str) -> tuple[object, ...]:
    """`appeared_at`, `gone_since` and `away` of a model, as days of January 2025."""
    row = graph.read(
        "MATCH (m:Model {id: $id}) RETURN m.appeared_at.day AS a, m.gone_since.day AS g, "
        "[at IN m.away | at.day] AS w",
        {"id": name},
    ).one()
    return tuple(row.values())


def test_a_load_that_died_is_made_whole(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    take(model("a/m", observed_at=day(1)), change("a/m", "gone", observed_at=day(3)))
    with monkeypatch.context() as patch:
        patch.setattr(writing, "apply", die)
        with pytest.raises(KeyboardInterrupt):
            take(model("a/m", observed_at=day(5)))
    assert _when(take.graph, "a/m") == (1, 3, None)
    take(model("a/m", observed_at=day(5)))
    assert _when(take.graph, "a/m") == (1, None, [3, 5])


def test_what_is_new_after_a_snapshot_has_appeared(take: Take) -> None:
    def appeared() -> set[str]:
        rows = take.graph.read("MATCH (c:Change {kind: 'appeared'}) RETURN c.model AS name").rows
        return {row["name"] for row in rows}

    take(model("a/first", observed_at=day(1)))
    run = Run.begin("crawl")
    within = [model("a/within", observed_at=day(2))]
    load(take.graph, iter(within), settings=take.settings, source="all", run=run)
    end_run(take.graph, run, "complete", {}, scope="Model of https://hub.test")
    assert appeared() == set()
    take(model("a/first", observed_at=day(3)), model("a/next", observed_at=day(4)))
    assert appeared() == {"a/next"}


def test_what_a_complete_run_did_not_see_is_gone_when_that_was_seen(take: Take) -> None:
    returned = (change("a/back", "gone", observed_at=day(2)), model("a/back", observed_at=day(4)))
    others = [model(name, observed_at=day(1)) for name in ("a/m", "a/there")]
    take(*others, *returned, model("a/later", observed_at=day(9)))
    run = Run.begin("update")
    there = [model("a/there", observed_at=day(6))]
    load(take.graph, iter(there), settings=take.settings, source="x", run=run)
    assert mark_gone(take.graph, run, 0.5, Scope(), datetime.fromisoformat(day(6))).gone == 2
    assert _when(take.graph, "a/m") == (1, 6, None)
    assert _when(take.graph, "a/back") == (4, 6, [2, 4])
    assert _when(take.graph, "a/later") == (9, None, None)


def test_a_complete_run_tells_the_renamed_from_the_gone(take: Take) -> None:
    take(
        model("a/one", hub_id=HUB_ID, likes=1, observed_at=OLD),
        model("a/lost", hub_id="c" * 24, observed_at=OLD),
        model("b/child", bases=["a/one"], relation="finetune", observed_at=OLD),
    )
    run = Run.begin("crawl")
    now = [model("z/one", hub_id=HUB_ID, likes=2), model("b/child", likes=1)]
    load(take.graph, iter(now), settings=take.settings, source="all", run=run)
    assert mark_gone(take.graph, run, 0.1, Scope()).gone == 1
    assert take.edges() == {("b/child", "FINETUNE", "z/one")}
    assert take.model("z/one")["aliases"] == ["a/one"]
    changes = take.graph.read(
        "MATCH (c:Change)-[:CONCERNS]->(m) RETURN m.id AS id, c.model AS called, c.kind AS kind"
    ).rows
    expected = {("a/lost", "a/lost", "gone"), ("z/one", "a/one", "renamed")}
    assert {tuple(row.values()) for row in changes} == expected


def test_a_complete_run_marks_the_datasets_that_it_did_not_see(take: Take) -> None:
    take(*(dataset(f"a/{n}") for n in range(3)))
    run = Run.begin("crawl")
    load(take.graph, iter([dataset("a/1")]), settings=take.settings, source="now", run=run)
    assert mark_gone(take.graph, run, 0.5, Scope(DATASET)).gone == 2
    gone = "MATCH (d:Dataset) WHERE d.gone_since IS NOT NULL RETURN d.id AS id"
    assert {row["id"] for row in take.graph.read(gone).rows} == {"a/0", "a/2"}


def test_too_many_gone_are_not_believed(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.missing.SPARED", 1)
    take(*(dataset(f"a/{n}") for n in range(3)))
    with pytest.raises(DataError, match="3 datasets that should be there, 3 were not listed"):
        mark_gone(take.graph, Run.begin("crawl"), 0.5, Scope(DATASET))


OLDER = """
UNWIND range(1, $models) AS n
CREATE (m:Model {id: 'a/m' + n, id_folded: 'a/m' + n, author: 'a', known: true,
  gone_since: CASE WHEN n % 2 = 0 THEN datetime('2025-02-01') END})
CREATE (d:Dataset {id: 'a/d' + n, id_folded: 'a/d' + n, known: true,
  gone_since: CASE WHEN n = 1 THEN datetime('2025-03-01') END})
MERGE (a:Author {name: 'a', name_folded: 'a'})
CREATE (a)-[:PUBLISHED]->(m), (a)-[:PUBLISHED]->(d)
"""
ENDED = """
MATCH (n)<-[p:PUBLISHED]-()
WHERE coalesce(p.gone_since = n.gone_since, coalesce(p.gone_since, n.gone_since) IS NULL)
RETURN count(*) AS agree
"""


@pytest.mark.parametrize("task", ["load", "gone", "report"])
def test_ownership_in_an_older_graph_ends_with_the_first_command(
    empty_graph: Graph, settings: Settings, task: str
) -> None:
    empty_graph.write(Statement(OLDER, {"models": 40}))
    assert empty_graph.read(ENDED).one() == {"agree": 40 + 40 - 20 - 1}
    if task == "load":
        load(empty_graph, iter([author("b")]), settings=settings, source="test")
    elif task == "report":
        opened(settings).close()
    else:
        mark_missing(empty_graph, Run.begin("update"), DATASET, [], datetime.now(UTC))
    assert empty_graph.read(ENDED).one() == {"agree": 80}
    wrong = "MATCH (m:Model) WHERE (m.gone_since IS NOT NULL) <> (m:Gone) RETURN m.id AS id"
    assert empty_graph.read(wrong).rows == []


def test_an_interrupted_upgrade_goes_on(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_graph.write(Statement(OLDER, {"models": 40}))
    with monkeypatch.context() as patched:
        patched.setattr("graph.store.upgrade._DONE", "RETURN never")
        with pytest.raises(QueryError):
            load(empty_graph, iter([author("b")]), settings=settings, source="test")
    empty_graph.write("MATCH ()-[p:PUBLISHED]->(:Model {id: 'a/m2'}) REMOVE p.gone_since")
    load(empty_graph, iter([author("b")]), settings=settings, source="test")
    assert empty_graph.read(ENDED).one() == {"agree": 80}
    empty_graph.write("MATCH ()-[p:PUBLISHED]->(:Model {id: 'a/m2'}) REMOVE p.gone_since")
    load(empty_graph, iter([author("b")]), settings=settings, source="test")
    assert empty_graph.read(ENDED).one() == {"agree": 79}  # it was done, and is not looked at again
    assert len(identity(empty_graph)) > 20


def test_who_took_a_name_over_is_parted_from_who_was_renamed(
    empty_graph: Graph, settings: Settings
) -> None:
    take, owner = GraphState(), model("a/one", hub_id="b" * 24, observed_at=day(5))
    result: Raw = {"record": "evaluation/1", "id": "a/one", "benchmark": "Made up", "value": 1,
                   "source": "test", "date": day(5)}  # fmt: skip
    told = change("a/one", "renamed", after="b/two", observed_at=day(3))
    other = model("b/two", hub_id="a" * 24, observed_at=day(6))
    for record in (told, owner, result, other):
        summary = load(empty_graph, iter([record]), settings=settings, source="test")
        if record is not result:
            take(record, now=iso(summary.started_at))
    query = "MATCH (m:Model {id: 'a/one'})-[r:EVALUATED]->() RETURN count(r) AS n"
    assert empty_graph.read(query).one() == {"n": 1}
    empty_graph.write(Statement("MATCH (b:Benchmark) DETACH DELETE b", {}))
    nodes, links = _shown(empty_graph)
    assert (nodes, links) == take.content()
