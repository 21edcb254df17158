"""Crawls of accounts: each is asked at the right place, and none again before it is time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.hub import Content, Hub, faults, serve
from tests.integration.crawls import Crawl, count, records
from tests.integration.test_ingest import Raw, author, model

ORGANIZATION: Raw = {
    "kind": "organization", "full_name": "Acme Research", "organization_type": "company",
    "verified": True, "enterprise": True, "followers": 1234,
}  # fmt: skip
ACCOUNTS = [
    author("acme", **ORGANIZATION),
    author("plain-org", kind="organization", full_name="Plain", followers=1),
    author("someone", kind="user", full_name="Some One", followers=7),
]
MODELS = [
    *(model(f"acme/m{n}") for n in range(4)), *(model(f"someone/m{n}") for n in range(3)),
    model("plain-org/m0"), model("plain-org/m1"), model("lost/m0"),
]  # fmt: skip


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Content([*ACCOUNTS, *(m for m in MODELS if m["id"] != "lost/m0")])) as hub:
        yield hub


@pytest.fixture
def lacking(empty_graph: Graph, settings: Settings) -> Graph:
    load(empty_graph, iter(MODELS), settings=settings, source="models")
    return empty_graph


@pytest.fixture
def crawl(crawl: Crawl) -> Crawl:
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "1"
    return crawl


def asked(hub: Hub) -> list[str]:
    """What was asked since the last time, without the beginning and the end of each address."""
    paths = [r.path.removeprefix("/api/").removesuffix("/overview") for r in hub.requests]
    hub.requests.clear()
    return [path for path in paths if path != "/robots.txt"]


def account(graph: Graph, name: str) -> Raw:
    found = graph.read("MATCH (a:Author {name: $name}) RETURN properties(a) AS a", {"name": name})
    return dict(found.one()["a"])


def test_accounts_are_described_and_not_asked_again(crawl: Crawl, hub: Hub, lacking: Graph) -> None:
    facts = crawl("authors")["facts"]
    told = {"asked": 4, "authors": 3, "unseen": 1, "pages_read": 2}
    assert {name: facts[name] for name in told} == told
    paths = asked(hub)
    assert paths[0] == "users/acme"
    assert sorted(paths) == sorted(
        [
            *("users/acme", "organizations/acme", "/acme"),
            "users/someone",
            *("users/plain-org", "organizations/plain-org", "/plain-org"),
            *("users/lost", "organizations/lost"),
        ]
    )
    known = account(lacking, "acme")
    assert {name: known[name] for name in ORGANIZATION} == ORGANIZATION
    assert account(lacking, "someone")["kind"] == "user"
    plain = account(lacking, "plain-org")
    assert (plain["kind"], plain.get("organization_type")) == ("organization", None)
    assert "kind" not in account(lacking, "lost")

    assert crawl("authors")["facts"]["asked"] == 0
    assert asked(hub) == []


def test_the_stale_are_asked_again(
    crawl: Crawl, hub: Hub, lacking: Graph, settings: Settings
) -> None:
    old, new = ({"observed_at": f"{year}-11-20T00:00:00Z"} for year in (2025, 2026))
    known = [
        author("acme", **ORGANIZATION, **old), author("someone", kind="user", **new),
        author("plain-org", kind="organization", **new), author("lost", kind="user", **old),
    ]  # fmt: skip
    load(lacking, iter(known), settings=settings, source="accounts")
    lacking.command("MATCH (a:Author {name: 'lost'}) SET a.influence_rank = 1")
    crawl("authors")
    paths = asked(hub)
    assert paths[0] == "users/lost"
    assert sorted(paths) == sorted(
        [
            *("users/lost", "organizations/lost"),
            "organizations/acme",
            *("organizations/plain-org", "/plain-org"),
        ]
    )
    assert account(lacking, "lost")["kind"] == "user"
    crawl("authors", "--stale-days", "0", code=2)


def test_a_bad_page_costs_no_other(crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path) -> None:
    hub.faults.add(faults.html("<html><body>Are you human?</body></html>"), when="/acme")
    hub.faults.add(faults.status(404), when="/plain-org")
    file = tmp_path / "file.jsonl"
    told = crawl("authors", "--to", str(file))
    assert told["status"] == "complete"
    found = {str(record["name"]): record for record in records(file)}
    assert found["acme"]["followers"] == 1234
    assert "organization_type" not in found["acme"]
    (reason,) = (name for name in found if name.startswith(f"? {hub.url}/acme"))
    assert "not the page of acme" in reason
    crawl("authors")
    assert f"{hub.url}/acme" in str(crawl.issues)
    asked(hub)
    crawl("authors")
    assert "/acme" in asked(hub)


def test_pages_that_can_never_be_read_are_said_and_end_nothing(
    crawl: Crawl, hub: Hub, empty_graph: Graph, settings: Settings
) -> None:
    for n in range(110):
        hub.content.add(author(f"org{n}", kind="organization"))
    models = [model(f"org{n}/m") for n in range(110)]
    load(empty_graph, iter(models), settings=settings, source="models")
    hub.faults.add(faults.html(), when="/org")
    hub.faults.add(faults.delay(0.1), when="/org")
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "8"  # some are on the way when it is noticed
    hub.quota.anonymous = {"api": 500, "pages": 500, "resolvers": 500}
    told = crawl("authors")
    assert told["status"] == "capped"
    assert "their pages could not be read" in str(told["capped"])
    assert len(crawl.issues) == 20
    assert count(empty_graph, "(:Author {kind: 'organization'})") == 110


def test_the_budget_is_kept(crawl: Crawl, hub: Hub, lacking: Graph) -> None:
    told = crawl("authors", "--budget", "5")
    assert len(asked(hub)) == 5
    assert told["status"] == "capped"
    assert account(lacking, "acme")["organization_type"] == "company"
    assert crawl("authors")["status"] == "complete"
    assert account(lacking, "plain-org")["kind"] == "organization"


def test_strange_answers_are_ignored(
    crawl: Crawl, hub: Hub, lacking: Graph, tmp_path: Path
) -> None:
    other = {"user": "other", "type": "user", "fullname": "Other"}
    hub.faults.add(faults.value(other), when="/api/users/someone")
    hub.faults.add(faults.value({"of": "another shape"}), when="/api/users/lost")
    file = tmp_path / "file.jsonl"
    facts = crawl("authors", "--to", str(file))["facts"]
    assert (facts["unusable"], facts["authors"]) == (2, 2)
    assert {str(r["name"])[:1] for r in records(file) if "kind" not in r} == {"?"}


def test_a_crawl_goes_on_after_a_bad_answer(crawl: Crawl, hub: Hub, lacking: Graph) -> None:
    hub.faults.add(faults.html(code=403), when="/api/users/someone", times=1)
    crawl("authors", code=1)
    assert "answered 403, which says nothing" in crawl.said
    asked(hub)
    assert crawl("authors")["status"] == "complete"
    assert asked(hub) == ["users/someone"]


def test_pages_wait_alone(crawl: Crawl, hub: Hub, empty_graph: Graph, settings: Settings) -> None:
    names = [f"org{n}" for n in range(20)]
    for name in names:
        hub.content.add(author(name, **ORGANIZATION))
        hub.content.add(model(f"{name}/m"))
    described = [author(name, kind="organization", observed_at="2020-01-01") for name in names]
    load(empty_graph, iter(described), settings=settings, source="test")
    hub.quota.anonymous = {"api": 500, "pages": 5}
    hub.quota.speed = 150  # a window takes two seconds
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "2"
    crawl.scrapy("crawl", "authors", "-s", "HUB_CLOCK_SPEED=150")
    assert hub.quota.refused == 0
    places = [path for path in asked(hub) if path.startswith(("organizations/", "/org"))]
    assert len(places) == 2 * len(names)
    tenth_page = [n for n, place in enumerate(places) if place.startswith("/org")][9]
    assert tenth_page >= len(names) + 9  # every overview came before
