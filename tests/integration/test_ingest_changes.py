"""What happens to models over time: found by the loader, or told by records."""

import itertools

import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.runs import Run, Scope, mark_gone
from graph.ways.load import load
from tests.integration.test_ingest import MIDDLE, NEW, OLD, Raw, Take, model, take
from tests.integration.test_ingest_repositories import space

__all__ = ["take"]

A, B = "a" * 24, "b" * 24


def change(name: str, kind: str, **fields: object) -> Raw:
    return {"record": "change/1", "id": name, "kind": kind, "observed_at": NEW, **fields}


def changes(graph: Graph) -> set[tuple[object, ...]]:
    """Model as it is called now, as it was called, kind, before, after."""
    rows = graph.read(
        "MATCH (c:Change)-[:CONCERNS]->(m:Model) "
        "RETURN m.id AS id, c.model AS called, c.kind AS kind, c.before AS before, c.after AS after"
    ).rows
    return {tuple(row.values()) for row in rows}


def gone(graph: Graph) -> set[str]:
    rows = graph.read("MATCH (m:Model) WHERE m.gone_since IS NOT NULL RETURN m.id AS id").rows
    return {row["id"] for row in rows}


def test_a_newer_record_that_differs_is_a_change(take: Take) -> None:
    take(model("a/m", license="mit", gated="no", hub_id=A, observed_at=OLD))
    new = model("a/m", license="llama3", gated="manual", hub_id=B, observed_at=MIDDLE)
    take(new)
    expected = {
        ("a/m", "a/m", "license", "mit", "llama3"),
        ("a/m", "a/m", "gated", "no", "manual"),
        ("a/m", "a/m", "taken_over", A, B),
    }
    assert changes(take.graph) == expected
    take(new)
    assert changes(take.graph) == expected
    take(model("a/m", license=None, observed_at=NEW))
    assert changes(take.graph) - expected == {("a/m", "a/m", "license", "llama3", None)}
    at = take.graph.read("MATCH (c:Change {kind: 'gated'}) RETURN toString(c.at) AS at").one()
    assert str(at["at"]).startswith("2025-02-01T00:00")


def test_what_was_not_stated_before_did_not_change(take: Take) -> None:
    take(model("a/m", likes=1, observed_at=OLD))
    take(model("a/m", license="mit", gated="no", hub_id=A, observed_at=MIDDLE))
    take(model("a/m", likes=2, observed_at=NEW))
    assert changes(take.graph) == set()


def test_what_is_told_to_be_gone_is_gone_until_it_is_seen_again(take: Take) -> None:
    for records in itertools.permutations(
        [
            model("a/m", likes=1, observed_at=OLD),
            change("a/m", "gone", after="removed", observed_at=MIDDLE),
        ]
    ):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*records, batch_size=1)
        assert gone(take.graph) == {"a/m"}
        assert changes(take.graph) == {("a/m", "a/m", "gone", None, "removed")}
    take(model("a/m", likes=1, observed_at=NEW))
    assert gone(take.graph) == set()
    assert ("a/m", "a/m", "returned", None, None) in changes(take.graph)
    take(change("a/m", "gone", observed_at=MIDDLE))
    assert gone(take.graph) == set()


def test_a_renamed_model_is_one_model(take: Take) -> None:
    take(
        model("old/name", license="mit", hub_id=A, bases=["x/root"], relation="merge"),
        model("c/child", bases=["Old/Name"], relation="finetune"),
        model("c/older", new_version="old/name"),
        space("s/app", models=["old/name"]),
    )
    take(change("old/name", "renamed", after="new/name"))
    assert take.edges() == {
        ("new/name", "MERGE", "x/root"),
        ("c/child", "FINETUNE", "new/name"),
    }
    found = take.model("new/name")
    assert (found["license"], found["known"], found["name"]) == ("mit", True, "name")
    assert found["aliases"] == ["Old/Name", "old/name"]
    assert changes(take.graph) == {("new/name", "old/name", "renamed", "old/name", "new/name")}
    owners = take.graph.read(
        "MATCH (a:Author)-[p:PUBLISHED]->(:Model {id: 'new/name'}) "
        "RETURN a.name AS name, p.gone_since IS NULL AS live"
    ).rows
    assert {row["name"].lower(): row["live"] for row in owners} == {"old": False, "new": True}
    others = take.graph.read(
        "MATCH (n)-[r:USES|SUPERSEDED_BY]->(:Model {id: 'new/name'}) RETURN n.id AS id"
    ).rows
    assert {row["id"] for row in others} == {"s/app", "c/older"}


def test_a_former_name_leads_to_the_model_in_every_later_load(take: Take) -> None:
    take(
        change("old/name", "renamed", after="mid/name", observed_at=OLD),
        change("mid/name", "renamed", after="new/name", observed_at=MIDDLE),
    )
    for _ in range(2):
        take(
            model("c/child", bases=["old/name", "MID/name"], relation="merge", observed_at=NEW),
            model("c/next", new_version="Old/Name", observed_at=NEW),
            space("s/app", models=["mid/name"], observed_at=NEW),
            model("old/name", likes=3, hub_id=A, last_modified=OLD, observed_at=OLD),
        )
        assert take.edges() == {("c/child", "MERGE", "new/name")}
        models = take.graph.read("MATCH (m:Model) RETURN m.id AS id").rows
        assert {row["id"] for row in models} == {"c/child", "c/next", "new/name"}
        assert take.model("new/name")["likes"] == 3


@pytest.mark.parametrize("batch_size", [1, 100])
def test_a_rename_joins_the_same_in_any_order(take: Take, batch_size: int) -> None:
    records = [
        model("old/name", likes=1, hub_id=A, observed_at=OLD, bases=["x/a"], relation="merge"),
        model("new/name", likes=2, hub_id=A, observed_at=NEW, bases=["x/b"], relation="merge"),
        model("c/child", bases=["old/name"], relation="adapter", observed_at=OLD),
        change("old/name", "renamed", after="new/name", observed_at=MIDDLE),
    ]
    for order in itertools.permutations(records):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*order, batch_size=batch_size)
        assert take.edges() == {
            ("new/name", "MERGE", "x/b"),
            ("c/child", "ADAPTER", "new/name"),
        }, [r.get("id") for r in order]
        found = take.model("new/name")
        assert (found["likes"], found["aliases"], found["base_count"]) == (2, ["old/name"], 1)


def test_a_name_taken_over_is_another_model_again(take: Take) -> None:
    take(
        model("old/name", hub_id=A, observed_at=OLD),
        change("old/name", "renamed", after="new/name", observed_at=MIDDLE),
    )
    take(model("old/name", hub_id=B, likes=9, observed_at=NEW))
    assert take.model("old/name")["hub_id"] == B
    assert take.model("new/name")["hub_id"] == A
    assert not take.model("new/name").get("aliases")
    assert ("old/name", "old/name", "taken_over", A, B) in changes(take.graph)
    take(model("c/child", bases=["old/name"], relation="adapter"))
    assert take.edges() == {("c/child", "ADAPTER", "old/name")}


def test_a_model_may_get_its_former_name_again(take: Take) -> None:
    take(
        model("one/name", hub_id=A, observed_at=OLD),
        change("one/name", "renamed", after="two/name", observed_at=MIDDLE),
    )
    take(model("one/name", hub_id=A, likes=4, observed_at=NEW))
    assert [row["id"] for row in take.graph.read("MATCH (m:Model) RETURN m.id AS id").rows] == [
        "one/name"
    ]
    assert take.model("one/name")["likes"] == 4


def test_a_complete_run_tells_the_renamed_from_the_gone(
    empty_graph: Graph, settings: Settings
) -> None:
    take = Take(empty_graph, settings)
    take(
        model("a/one", hub_id=A, likes=1, observed_at=OLD),
        model("a/lost", hub_id="c" * 24, observed_at=OLD),
        model("b/child", bases=["a/one"], relation="finetune", observed_at=OLD),
    )
    run = Run.begin("crawl")
    now = [model("z/one", hub_id=A, likes=2), model("b/child", likes=1)]
    load(empty_graph, iter(now), settings=settings, source="all", run=run)
    assert mark_gone(empty_graph, run, 0.1, Scope()) == 1
    assert gone(empty_graph) == {"a/lost"}
    assert take.edges() == {("b/child", "FINETUNE", "z/one")}
    assert take.model("z/one")["aliases"] == ["a/one"]
    assert changes(empty_graph) == {
        ("a/lost", "a/lost", "gone", None, None),
        ("z/one", "a/one", "renamed", "a/one", "z/one"),
    }


def test_a_change_without_kind_time_or_new_name_is_left_out(take: Take) -> None:
    summary = take(
        change("a/m", "eaten"),
        change("a/m", "gone", observed_at=None),
        change("a/m", "renamed", after="not a name"),
        change("a b", "gone"),
    )
    assert summary.rejected == 4
    assert changes(take.graph) == set()
