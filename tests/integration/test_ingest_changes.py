"""What happens to models over time: found by the loader, or told by records."""

from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.missing import mark_gone
from graph.store.runs import Run, Scope
from graph.ways.load import load
from tests.integration.test_ingest import NEW, OLD, Raw, Take, model, take

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
