"""Crawls of bases that no record describes: each is asked once, no redirect joins what is apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.observe.normalise import CHANGE_FORM
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.hub import Content, Hub, faults, serve
from tests.integration.crawls import Crawl, absent, count, records, two_days_pass
from tests.integration.test_ingest import model
from tests.progress import wait_until

NAMED = {
    "there": 6, "Spelled": 5, "old": 4, "older": 3, "gone": 2, "self": 1, "circle": 1, "far": 1,
}  # fmt: skip
"""Name of a base → how many models name it."""
CHILDREN = [
    model(f"kids/{base}-{n}", relation="finetune", bases=[f"acme/{base}"])
    for base, count in NAMED.items()
    for n in range(count)
]


@pytest.fixture
def hub() -> Iterator[Hub]:
    held = [model(f"acme/{name}") for name in ("there", "spelled", "older")]
    with serve(Content([*held, *CHILDREN])) as hub:
        hub.content.models.rename("acme/older", "acme/old")
        hub.content.models.rename("acme/old", "acme/new")
        leads_to = {"circle": "round", "round": "circle", "far": None}
        for name, other in leads_to.items():
            place = f"/api/models/acme/{other}" if other else "https://x.example/api/models/a"
            hub.faults.add(faults.redirect(place), when=f"/api/models/acme/{name}")
        hub.faults.add(faults.redirect(), when="/api/models/acme/self")
        yield hub


@pytest.fixture
def lacking(empty_graph: Graph, settings: Settings) -> Graph:
    load(empty_graph, iter(CHILDREN), settings=settings, source="children")
    return empty_graph


def asked(hub: Hub) -> list[str]:
    return [r.path.removeprefix("/api/models/") for r in hub.requests if r.path != "/robots.txt"]


def test_each_base_is_asked_once(crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path) -> None:
    file = tmp_path / "bases.jsonl"
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "1"
    facts = crawl("bases", "--to", str(file))["facts"]
    told = {"asked": 8, "left": 0, "models": 4, "renamed": 2, "missing": 2, "failed_redirects": 2}
    assert {name: facts[name] for name in told} == told
    names = asked(hub)
    assert names[:2] == ["acme/there", "acme/Spelled"]
    assert names.count("acme/new") == 2
    found = records(file)
    models = {str(r["id"]) for r in found if r["record"] == "model/1" and r["id"][0] != "?"}  # type: ignore[index]
    assert models == {"acme/there", "acme/spelled", "acme/new"}
    changes = {(r["id"], r["kind"], r["after"]) for r in found if r["record"] == CHANGE_FORM}
    assert changes == {
        ("acme/old", "renamed", "acme/new"),
        ("acme/older", "renamed", "acme/new"),
        ("acme/gone", "missing", "unknown"),
        ("acme/far", "missing", "unknown"),
    }
    unusable = [str(r["id"]) for r in found if str(r["id"]).startswith("?")]
    assert len(unusable) == 2
    assert all(f"{hub.url}/api/models/acme/" in text for text in unusable)


def test_what_was_answered_is_not_asked_again(crawl: Crawl, hub: Hub, lacking: Graph) -> None:
    known = "MATCH (m:Model {id: $id}) RETURN m.known AS known, m.gone_since AS gone"
    crawl("bases")
    assert lacking.read(known, {"id": "acme/there"}).one() == {"known": True, "gone": None}
    assert lacking.read(known, {"id": "acme/gone"}).one() == {"known": False, "gone": None}
    assert absent(lacking) == ({"acme/gone", "acme/far"}, set())
    joined = "(m:Model {id: 'acme/new'})<-[r:FINETUNE]-() WHERE r.gone_since IS NULL"
    assert count(lacking, joined) == 7
    hub.requests.clear()
    crawl("bases")
    assert set(asked(hub)) <= {"acme/self", "acme/circle", "acme/round"}
    two_days_pass(lacking)
    told = crawl("bases")
    assert absent(lacking) == (set(), {"acme/gone", "acme/far"})
    assert (told["facts"]["gone"], told["facts"]["suspected"]) == (2, 0)


def test_most_referenced_come_first(crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path) -> None:
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "1"
    told = crawl("bases", "--budget", "2", "--to", str(tmp_path / "file.jsonl"))
    assert asked(hub) == ["acme/there", "acme/Spelled"]
    assert told["status"] == "capped"
    assert "6 more wait" in str(told["capped"])


def test_shards_partition_the_whole(crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path) -> None:
    for part in ("1/2", "2/2"):
        crawl("bases", "--shard", part, "--to", str(tmp_path / "file.jsonl"))
    others = ("acme/new", "acme/spelled", "acme/round", "a")
    first = [name for name in asked(hub) if name not in others and name.startswith("acme/")]
    assert sorted(first) == sorted(f"acme/{name}" for name in NAMED)


def test_begun_again_it_goes_on(crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    with crawl.start("bases", "--to", str(file)) as command:
        wait_until(lambda: len(hub.requests) >= 5)
        command.kill()
    lacking.command("MATCH (n) DETACH DELETE n")
    assert crawl("bases", "--to", str(file))["status"] == "complete"
    ids = {record["id"] for record in records(file)}
    assert {"acme/there", "acme/new", "acme/gone"} <= ids


def test_a_token_that_is_not_accepted_marks_nothing(crawl: Crawl, hub: Hub, lacking: Graph) -> None:
    hub.faults.add(faults.status(401), when="/api/models")
    crawl.environment["HF_TOKEN"] = "hf_wrong"
    crawl("bases", code=1)
    assert "does not accept the access token" in crawl.said
    assert count(lacking, "(m:Model) WHERE m.gone_since IS NOT NULL") == 0


def test_without_a_graph_it_says_what_it_needs(crawl: Crawl, tmp_path: Path) -> None:
    crawl.environment["HUBGRAPH_NEO4J_URI"] = "bolt://127.0.0.1:9"
    crawl("bases", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert "What to ask is read from the graph." in crawl.said
