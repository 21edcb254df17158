"""Listings of models, datasets and Spaces: whole or in part, and what they say of what is gone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.runs import Run
from graph.ways.load import load
from tests.commands import Commands
from tests.hub import Content, Hub, faults, routes, serve
from tests.integration.crawls import (
    DATASETS,
    FAMILY,
    SPACES,
    Crawl,
    absent,
    count,
    records,
    two_days_pass,
)
from tests.integration.test_ingest import SEEN, content, model
from tests.sample_part import sample_part


@pytest.fixture
def hub_with_all(hub: Hub) -> Hub:
    for record in (*DATASETS, *SPACES):
        hub.content.add(record)
    return hub


def ids(path: Path) -> set[object]:
    return {record["id"] for record in records(path)}


def test_the_sample_crawled_is_the_sample_loaded(
    empty_graph: Graph, commands: Commands, settings: Settings, tmp_path: Path
) -> None:
    held = Content(sample_part())
    ignored = {*SEEN, "record_version", "observed_times", "observed_facts"}
    models = [
        # The listing does not carry how many derivatives the Hub counts.
        {name: value for name, value in record.items() if not name.startswith("children_")}
        for record in held.records()
        if record["record"] == "model/1"
    ]
    load(empty_graph, iter(models), settings=settings, source="the same")
    loaded = content(empty_graph, ignored)
    empty_graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    with serve(held) as hub:
        told = Crawl(hub, commands, settings, tmp_path)("models")
    assert told["status"] == "complete"
    assert told["facts"]["records"] == len(models)
    assert content(empty_graph, ignored) == loaded
    query = "MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS s, r.counts AS c"
    run = empty_graph.read(query).one()
    assert run["s"] == "complete"
    assert json.loads(run["c"])["requests"] == told["facts"]["requests"]


def test_datasets_and_spaces_are_crawled(
    crawl: Crawl, hub_with_all: Hub, empty_graph: Graph
) -> None:
    hub_with_all.content.datasets.delete("team2/d11")
    hub_with_all.faults.add(faults.broken_item("broken", 2), when="/api/datasets", times=1)
    told = crawl("datasets")
    assert told["status"] == "complete"
    assert told["facts"]["datasets"] == len(DATASETS) - 2
    assert "broken" in str(crawl.issues)
    assert crawl("spaces")["facts"]["spaces"] == len(SPACES)
    known = empty_graph.read(
        "MATCH (n:Dataset|Space {known: true}) RETURN labels(n)[0] AS l, count(n) AS n ORDER BY l"
    ).rows
    assert known == [{"l": "Dataset", "n": len(DATASETS) - 2}, {"l": "Space", "n": len(SPACES)}]
    assert count(empty_graph, "(:Space)-[:USES]->(:Model {id: 'acme/root'})") == len(SPACES)

    hub_with_all.content.datasets.delete("squad")
    hub_with_all.content.spaces.delete("team1/s1")
    crawl("datasets", "--search", "d")
    assert absent(empty_graph, "Dataset|Space") == (set(), set())
    crawl("datasets")
    crawl("spaces", "--author", "team1")
    assert absent(empty_graph, "Dataset|Space") == ({"squad", "team1/s1"}, set())
    crawl("datasets")
    assert absent(empty_graph, "Dataset") == ({"squad"}, set())
    two_days_pass(empty_graph)
    told = crawl("datasets")
    assert absent(empty_graph, "Dataset|Space") == ({"team1/s1"}, {"squad"})
    assert (told["facts"]["gone"], told["facts"]["suspected"]) == (1, 0)
    crawl("undo", told["run"])
    hub_with_all.content.spaces.add(SPACES[1])
    crawl("spaces")
    assert absent(empty_graph, "Dataset|Space") == (set(), set())


def test_options_of_the_command_reach_the_listing(crawl: Crawl, tmp_path: Path) -> None:
    file = tmp_path / "part.jsonl"
    options = ("--author", "team4", "--task", "text-generation", "--sort", "downloads")
    crawl("models", *options, "--top", "2", "--shard", "1/1", "--to", str(file))
    assert ids(file) == {"team4/m119", "team4/m109"}
    crawl("models", "--sort", "beauty", code=2)
    crawl("models", "--shard", "3/2", code=2)
    crawl("spaces", "--sort", "downloads", code=2)


def test_pages_are_as_large_as_the_server_makes_them(
    crawl: Crawl, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST", 30)
    refusal = faults.status(400, "expand[]: gguf is not a field")
    hub.faults.add(refusal, when=lambda request: "gguf" in request.target)
    hub.content.models.add(model("later/m", created_at="2099-01-01T00:00:00.000Z"))
    file = tmp_path / "file.jsonl"
    told = crawl("models", "--to", str(file))
    assert told["status"] == "complete"
    assert (told["facts"]["pages"], told["facts"]["requests"]) == (5, 6)
    assert told["facts"]["lacks_gguf"] == 1
    assert ids(file) == {record["id"] for record in FAMILY}
    capped = crawl("models", "--sort", "downloads", "--to", str(file))
    assert capped["status"] == "capped"
    assert "in the order of downloads" in capped["capped"][0]


def test_a_page_too_large_is_asked_for_in_parts(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    fault = faults.huge(8_000_000, item=[])
    hub.faults.add(fault, when=lambda request: "limit=1000" in request.target)
    told = crawl("models", "--to", str(file))
    assert told["status"] == "complete"
    assert (told["facts"]["too_large"], told["facts"]["requests"]) == (1, 3)
    assert ids(file) == {record["id"] for record in FAMILY}


def test_only_two_complete_crawls_apart_mark_the_gone(
    crawl: Crawl, hub: Hub, empty_graph: Graph, settings: Settings
) -> None:
    before = Run("crawl-before", "crawl", datetime.now(UTC) - timedelta(days=5))
    known = [{**raw, "observed_at": before.started_at.isoformat()} for raw in FAMILY]
    load(empty_graph, known, settings=settings, source="before", run=before)
    hub.content.models.delete("team1/m1")
    hub.content.models.delete("solo/alone")
    crawl("models", "--task", "text-generation")
    crawl("models", "--author", "TEAM1")
    assert absent(empty_graph) == (set(), set())
    told = crawl("models", "--author", "team1")
    assert absent(empty_graph) == ({"team1/m1"}, set())
    assert (told["facts"]["gone"], told["facts"]["suspected"]) == (0, 1)
    two_days_pass(empty_graph)
    told = crawl("models")
    assert absent(empty_graph) == ({"solo/alone"}, {"team1/m1"})
    assert (told["facts"]["gone"], told["facts"]["suspected"]) == (1, 1)
    assert count(empty_graph, "(m:Model) WHERE m.gone_since < datetime() - duration('P1D')") == 1
    assert crawl("undo", told["run"])["undone"] == 2
    assert absent(empty_graph) == ({"team1/m1"}, set())
    crawl("undo", "crawl-of-nobody", code=2)
    hub.content.models.add(model("team1/m1"))
    crawl("models", "--author", "team1")
    assert absent(empty_graph) == (set(), set())
