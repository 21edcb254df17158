"""Crawls of changes: what happened at the Hub since the last crawl is asked for, and no more."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.observe.normalise import CHANGE_FORM
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.runs import Run, Scope, end_run
from graph.ways.load import load
from spiders.changes import MARGIN
from tests.hub import Content, Hub, Quota, faults, serve
from tests.hub.faults import Fault
from tests.integration.crawls import Crawl, absent, count, records, two_days_pass
from tests.integration.test_ingest import Raw, model
from tests.progress import wait_until

NOW = datetime.now(UTC)
CRAWLED = NOW - timedelta(days=7)
"""When the graph was last brought up to date."""
COUNT = 6_000
"""Models at the large Hub."""


def ago(**time: float) -> str:
    """A time before now, as the Hub writes it."""
    at = NOW - timedelta(**time)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def bring_up_to_date(graph: Graph, hub: Hub, settings: Settings, found: Sequence[Raw]) -> None:
    """Have the graph as a crawl of the whole Hub left it."""
    run = Run("crawl-before", "crawl", CRAWLED)
    observed = {"observed_at": CRAWLED.isoformat()}
    load(graph, [{**raw, **observed} for raw in found], settings=settings, source="all", run=run)
    end_run(graph, run, "complete", {}, scope=f"{Scope()} of {hub.url}")


FAMILY: list[Raw] = [
    model("acme/root", hub_id=f"{1:024x}", last_modified=ago(days=30), license="mit"),
    *(
        model(
            f"team/m{n}",
            hub_id=f"{n + 2:024x}",
            last_modified=ago(days=20 + n),
            license="mit",
            gated="no",
            relation="finetune",
            bases=["acme/root" if n < 4 else f"team/m{n // 4}"],
        )
        for n in range(12)
    ),
]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Content(FAMILY)) as hub:
        yield hub


@pytest.fixture
def known(empty_graph: Graph, hub: Hub, settings: Settings) -> Graph:
    bring_up_to_date(empty_graph, hub, settings, FAMILY)
    return empty_graph


def names(file: Path) -> set[object]:
    return {record["id"] for record in records(file) if record["record"] == "model/1"}


def changes(found: Sequence[Raw]) -> set[tuple[object, ...]]:
    return {(r["id"], r["kind"], r["after"]) for r in found if r["record"] == CHANGE_FORM}


def requests(hub: Hub) -> int:
    """How many there were since the last time."""
    count = sum(request.path != "/robots.txt" for request in hub.requests)
    hub.requests.clear()
    return count


def test_changes_are_taken_in(crawl: Crawl, hub: Hub, known: Graph, tmp_path: Path) -> None:
    models = hub.content.models
    models.change("team/m5", likes=9, license="apache-2.0", gated="manual")
    models.add(model("team/new", relation="adapter", bases=["acme/root"]))
    models.change("team/m6", likes=1)
    models.rename("team/m6", "team/renamed-and-modified")
    models.rename("team/m1", "team/renamed")
    models.delete("team/m2")
    models.take_over("acme/root", likes=5)
    hub.requests.clear()
    file = tmp_path / "changes.jsonl"
    facts = crawl("changes", "--to", str(file))["facts"]
    told = {"asked": 3, "changed": 4, "renamed": 2, "missing": 1, "canaries_asked": 3}
    assert {name: facts[name] for name in told} == told
    # The listing, verified, renamed and modified, new names, known to be public.
    assert requests(hub) == 1 + 3 + 1 + 2 + 3
    new = {"team/new", "team/renamed-and-modified", "team/renamed"}
    assert names(file) == {"team/m5", "acme/root", *new}
    assert changes(records(file)) == {
        ("team/m6", "renamed", "team/renamed-and-modified"),
        ("team/m1", "renamed", "team/renamed"),
        ("team/m2", "missing", "unknown"),
    }

    crawl("changes")
    kinds = known.read("MATCH (c:Change) RETURN c.model AS m, c.kind AS kind").rows
    assert {(row["m"].lower(), row["kind"]) for row in kinds} >= {
        ("team/m5", "license"), ("team/m5", "gated"), ("team/m2", "missing"),
        ("team/m1", "renamed"),
        ("team/m6", "renamed"), ("acme/root", "taken_over"),
    }  # fmt: skip
    assert absent(known) == ({"team/m2"}, set())
    two_days_pass(known)
    crawl("changes")
    assert absent(known) == (set(), {"team/m2"})
    there = known.read("MATCH (m:Model {known: true}) WHERE m.gone_since IS NULL RETURN m.id AS id")
    assert {row["id"] for row in there.rows} == {found.id for found in models}


def test_the_next_one_goes_on_from_this_one(crawl: Crawl, hub: Hub, known: Graph) -> None:
    first = crawl("changes", "--verify", "0")
    assert requests(hub) == 1
    run = "MATCH (r:Run {id: $id}) RETURN r.scope AS scope, r.started_at AS at"
    written = known.read(run, {"id": first["run"]}).one()
    assert written["scope"] == f"Model of {hub.url}"
    second = crawl("changes", "--verify", "0")
    since = datetime.fromisoformat(str(second["facts"]["since"]))
    assert since == written["at"] - MARGIN
    assert count(known, "(m:Model) WHERE m.gone_since IS NOT NULL") == 0


def test_a_part_or_a_gap_brings_nothing_up_to_date(crawl: Crawl, hub: Hub, known: Graph) -> None:
    scopes = "MATCH (r:Run {kind: 'crawl'}) RETURN collect(r.scope) AS scopes"
    crawl("changes", "--shard", "1/2", "--verify", "0")
    crawl("changes", "--since", ago(days=1), "--verify", "0")
    assert known.read(scopes).one()["scopes"] == [f"Model of {hub.url}"]
    crawl("changes", "--since", ago(days=9), "--verify", "0")
    assert len(known.read(scopes).one()["scopes"]) == 2


def test_a_start_must_be_known(crawl: Crawl, hub: Hub, empty_graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    crawl("changes", "--to", str(file), code=1)
    assert "Run `hubgraph crawl models` first" in crawl.said
    crawl("changes", "--since", "yesterday", code=2)
    crawl("changes", "--verify", "-1", code=2)
    crawl.environment["HUBGRAPH_NEO4J_URI"] = "bolt://127.0.0.1:9"
    crawl("changes", "--since", ago(days=22), "--to", str(file), code=1)
    assert "What to ask is read from the graph." in crawl.said
    told = crawl("changes", "--since", ago(days=22), "--verify", "0", "--to", str(file))
    assert names(file) == {"team/m0", "team/m1", "team/m2"}
    assert told["status"] == "complete"


def test_the_long_unseen_come_first(crawl: Crawl, hub: Hub, known: Graph, tmp_path: Path) -> None:
    known.command("MATCH (m:Model {id: 'team/m2'}) SET m.last_seen = datetime('2026-01-01')")
    known.command("MATCH (m:Model {id: 'team/m1'}) SET m.influence = 5.0")
    file = tmp_path / "file.jsonl"
    for verified, expected in (("1", {"team/m2"}), ("2", {"team/m2", "team/m1"})):
        crawl("changes", "--verify", verified, "--to", str(file))
        assert names(file) == expected
    crawl("changes", "--verify", "2")
    crawl("changes", "--verify", "1", "--to", str(file))
    assert names(file) == {"acme/root"}


@pytest.mark.parametrize(("fault", "said"), [
    (faults.empty(), "No model in the Hub's listing says when it was modified"),
    (faults.value([{"id": "a/b"}]), "No model in the Hub's listing says when it was modified"),
    (
        faults.value([{"id": f"a/b{n}", "lastModified": ago(days=2 - n)} for n in range(2)]),
        "the listing is not in that order",
    ),
    (faults.html(), "a web page where JSON was expected"),
], ids=["empty", "without times", "another order", "a page"])  # fmt: skip
def test_a_bad_listing_fails(crawl: Crawl, hub: Hub, known: Graph, fault: Fault, said: str) -> None:
    hub.faults.add(fault, when="/api/models", times=1)
    crawl("changes", "--verify", "0", code=1)
    assert said in crawl.said
    assert crawl("changes", "--verify", "0")["status"] == "complete"


@pytest.mark.parametrize(
    "fault", [faults.repeated_cursor(), faults.endless_cursor()], ids=["repeated", "endless"]
)
def test_an_endless_listing_is_noticed(
    crawl: Crawl, hub: Hub, tmp_path: Path, fault: Fault
) -> None:
    for n in range(1_500):
        hub.content.models.add(model(f"many/m{n}", last_modified=ago(days=1, seconds=n)))
    hub.faults.add(fault, when="/api/models")
    since = ("--since", ago(days=400), "--verify", "0")
    crawl("changes", *since, "--to", str(tmp_path / "file.jsonl"), code=1)
    assert "again" in crawl.said or "not in that order" in crawl.said


def test_a_large_hub_is_brought_up_to_date_without_visiting_the_rest(
    empty_graph: Graph, settings: Settings, crawl: Crawl, tmp_path: Path
) -> None:
    held = Content.made_up(COUNT)
    plenty = dict.fromkeys(("api", "pages", "resolvers"), 10_000)
    with serve(held, quota=Quota(anonymous=plenty)) as hub:
        crawl.environment["HUBGRAPH_HUB_URL"] = hub.url
        everything = [dict(found.record) for found in held.models]
        bring_up_to_date(empty_graph, hub, settings, everything)
        bases = {str(base) for raw in everything for base in raw["bases"]}  # type: ignore[attr-defined]
        leaves = [str(raw["id"]) for raw in everything if raw["id"] not in bases]
        for n, name in enumerate(leaves[:1_200]):
            held.models.change(name, likes=n, last_modified=ago(minutes=n))
        for n in range(200):
            held.models.add(model(f"new/m{n}", last_modified=ago(hours=n / 2)))
        for name in leaves[:50]:
            held.models.rename(name, f"{name}-renamed")
        for name in leaves[50:70]:
            held.models.take_over(name, last_modified=ago(hours=1))
        for name in leaves[70:90]:
            held.models.change(name, gated="auto", last_modified=ago(hours=2))
        for name in sorted(base for base in bases if base in held.models)[:3]:
            held.models.delete(name)
        undisturbed, file = tmp_path / "undisturbed.jsonl", tmp_path / "file.jsonl"
        options = ("changes", "--verify", "100")
        facts = crawl(*options, "--to", str(undisturbed))["facts"]
        assert (facts["changed"], facts["renamed"], facts["missing"]) == (1_400, 50, 3)
        assert requests(hub) == 2 + 100 + 2 * 50 + facts["canaries_asked"]

        with crawl.start(*options, "--to", str(file)) as command:
            wait_until(lambda: len(hub.requests) >= 60)
            command.kill()
        crawl(*options, "--to", str(file))
        assert changes(records(file)) == changes(records(undisturbed))
        assert names(file) == names(undisturbed)

        crawl(*options)
        two_days_pass(empty_graph)
        crawl(*options)
    there = empty_graph.read(
        "MATCH (m:Model {known: true}) WHERE m.gone_since IS NULL RETURN m.id AS id",
        row_limit=2 * COUNT,
    )
    assert {row["id"] for row in there.rows} == {found.id for found in held.models}
