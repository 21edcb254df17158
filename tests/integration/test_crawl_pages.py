"""The website as a second way in: what it shows is what the interface says."""

from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.hub import Hub, faults
from tests.integration.crawls import FAMILY, Crawl, count
from tests.integration.test_ingest import SEEN, Raw, content

NOT_SHOWN = {"disabled", "hub_id", "sha", "trending_score"}
"""Fields that no page of the website has."""


def shown(record: Raw) -> Raw:
    """What the website shows of a record that the interface gives: its bases are those of tags."""
    found = {
        name: value
        for name, value in record.items()
        if name not in NOT_SHOWN and not (name.startswith("children_") and not value)
    }
    return found | {"bases_source": "tags"} if found.get("bases") else found


def test_the_graph_is_alike(crawl: Crawl, hub: Hub, settings: Settings, empty_graph: Graph) -> None:
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    loadable = [shown(record) for record in hub.content.records()]
    ignored = {*SEEN, "record_version", "observed_times", "observed_facts"}
    load(empty_graph, iter(loadable), settings=settings, source="the same")
    loaded = content(empty_graph, ignored)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    assert crawl("pages", "--details")["status"] == "complete"
    assert content(empty_graph, ignored) == loaded


def test_a_page_of_changed_markup_is_logged(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    hub.content.add({"record": "author/1", "name": "acme", "kind": "organization"})
    hub.faults.add(faults.html("<html><div data-target='ModelHeader'>"), "/team1/m1", times=1)
    empty = faults.html("<div data-target='ModelHeader' data-props='{}'></div>")
    hub.faults.add(empty, "/team2/m2", times=1)
    hub.faults.add(faults.html(), lambda request: request.path == "/acme")
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    told = crawl("pages", "--details", "--accounts")
    assert told["status"] == "complete"
    assert told["facts"]["unreadable"] == 3
    assert count(empty_graph, "(:Model {known: true})") == len(FAMILY) - 2
    text = str(crawl.issues)
    assert all(f"{hub.url}{path}" in text for path in ("/team1/m1", "/team2/m2", "/acme"))
