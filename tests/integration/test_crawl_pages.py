"""The website as a second way in: what it shows is what the interface says."""

from itertools import islice
from pathlib import Path

import sample
from graph.observe.record_files import read_file
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.commands import Commands
from tests.hub import Content, Hub, Request, faults, serve
from tests.integration.crawls import FAMILY, Crawl, records
from tests.integration.test_ingest import SEEN, Raw, content

WEBSITE = ("/models-json", "/models")
NOT_SHOWN = {"hub_id", "sha", "trending_score"}
"""Fields that no page of the website has."""


def by_name(found: list[Raw]) -> dict[str, Raw]:
    """Id or name → what all its records state."""
    stated: dict[str, Raw] = {}
    for record in found:
        stated.setdefault(str(record.get("id", record.get("name"))), {}).update(record)
    return stated


def shown(record: Raw) -> Raw:
    """What the website shows of a record that the interface gives: its bases are those of tags."""
    found = {
        name: value
        for name, value in record.items()
        if name not in NOT_SHOWN and not (name.startswith("children_") and not value)
    }
    return found | {"bases_source": "tags"} if found.get("bases") else found


def is_listing(request: Request) -> bool:
    return request.path in WEBSITE


def test_the_website_has_all_records(
    commands: Commands, settings: Settings, tmp_path: Path
) -> None:
    with sample.path() as path:
        lines = [line.raw for line in read_file(path)]
    some = [line for line in lines if isinstance(line, dict)]
    rich = [line for line in some if line.get("hub_id")][::28]
    authors = [line for line in some if line["record"] == "author/1"][::12]
    held = Content([*FAMILY, *rich, *authors, *islice(some, 0, 24_000, 800)])
    file = tmp_path / "file.jsonl"
    with serve(held) as hub:
        hub.quota.anonymous = {"api": 500, "pages": 5_000}
        told = Crawl(hub, commands, settings, tmp_path)(
            "pages", "--details", "--accounts", "--to", str(file)
        )
        partial = tmp_path / "partial.jsonl"
        Crawl(hub, commands, settings, tmp_path)("pages", "--to", str(partial))
    owners = {model.author for model in held.models}
    expected = [
        shown(record)
        for record in held.records()
        if record["record"] == "model/1" or record["name"] in owners
    ]
    assert told["status"] == "complete"
    assert told["facts"]["found"] == told["facts"]["announced"] == len(held.models)  # type: ignore[index]
    full, ours = by_name(expected), by_name(records(file))
    assert ours.keys() == full.keys()
    for name, record in ours.items():
        if record["record"] == "model/1":
            assert record == full[name]
        else:
            assert {**record, **full[name]} == {**full[name], **record}
            kind = held.authors.get(name, {}).get("organization_type")
            assert record.get("organization_type") == kind
    for name, record in by_name(records(partial)).items():
        if record["record"] == "model/1":
            assert record.items() <= full[name].items()
            assert {"likes", "downloads", "last_modified", "gated"} <= record.keys()


def test_the_graph_is_alike(crawl: Crawl, hub: Hub, settings: Settings, empty_graph: Graph) -> None:
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    loadable = [shown(record) for record in hub.content.records()]
    ignored = {*SEEN, "record_version"}
    load(empty_graph, iter(loadable), settings=settings, source="the same")
    loaded = content(empty_graph, ignored)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    assert crawl("pages", "--details")["status"] == "complete"
    assert content(empty_graph, ignored) == loaded


# --- bad answers ------------------------------------------------------------------------------


def test_a_page_of_changed_markup_is_logged(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    hub.content.add({"record": "author/1", "name": "acme", "kind": "organization"})
    hub.faults.add(faults.html("<html><div data-target='ModelHeader'>"), "/team1/m1", times=1)
    hub.faults.add(
        faults.html("<div data-target='ModelHeader' data-props='{}'></div>"), "/team2/m2", times=1
    )
    hub.faults.add(faults.html(), lambda request: request.path == "/acme")
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    told = crawl("pages", "--details", "--accounts")
    assert told["status"] == "complete"
    assert told["facts"]["unreadable"] == 3  # type: ignore[index]
    known = empty_graph.read("MATCH (m:Model {known: true}) RETURN count(m) AS n").one()["n"]
    assert known == len(FAMILY) - told["facts"]["unreadable"] + 1  # type: ignore[index]
    (log,) = Path(crawl.environment["HUBGRAPH_LOG_DIR"]).glob("issues/*.jsonl")
    text = log.read_text()
    assert f"{hub.url}/team1/m1" in text
    assert f"{hub.url}/team2/m2" in text
    assert f"{hub.url}/acme" in text
