"""The website as a second way in: what it shows is what the interface says."""

import time
from itertools import islice
from pathlib import Path

import pytest

import sample
from graph.observe import read_file
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.commands import Commands
from tests.hub import Answer, Content, Hub, Request, faults, serve
from tests.integration.crawls import FAMILY, Crawl, records, texts
from tests.integration.test_ingest import SEEN, Raw, content, model

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


def test_the_website_yields_the_records_of_the_interface(
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


def test_a_tree_is_the_one_that_the_interface_shows(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    hub.quota.anonymous = {"api": 5_000, "pages": 5_000}
    pages, interface = tmp_path / "pages.jsonl", tmp_path / "interface.jsonl"
    for arguments in (("team2/m7",), ("acme/root", "--depth", "3")):
        first, *rest = arguments
        told = crawl("pages", "--model", first, *rest, "--to", str(pages))
        crawl("tree", first, *rest, "--to", str(interface))
        ours = {r["id"]: r for r in records(pages) if r["record"] == "model/1"}
        theirs = {r["id"]: r for r in records(interface)}
        assert ours.keys() == theirs.keys()
        for name, record in ours.items():
            common = record.keys() & theirs[name].keys() - {"bases_source"}
            assert {"bases", "relation", "tags", "downloads"} <= common
            assert {key: record[key] for key in common} == {
                key: theirs[name][key] for key in common
            }
        facts = told["facts"]
        assert facts["found"] == facts["announced"] > 0  # type: ignore[index]
        parents = facts["parents"]  # type: ignore[index]
        assert parents["acme/root" if first == "acme/root" else first]["announced"] > 0
        assert all(counts["found"] == counts["announced"] for counts in parents.values())


def test_a_listing_beyond_the_cap_is_found_whole_and_goes_on_when_killed(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    for n in range(3_100):
        hub.content.models.add(model(f"many/{'abcdef'[n % 6]}{n}", task="translation"))
    file = tmp_path / "file.jsonl"
    with crawl.start("pages", "--to", str(file)) as command:
        while len(hub.requests) < 60 and command.poll() is None:
            time.sleep(0.002)
        command.kill()
    told = crawl("pages", "--to", str(file))
    assert told["status"] == "complete"
    names = [record["id"] for record in records(file) if record["record"] == "model/1"]
    assert len(names) == len(set(names)) == len(hub.content.models)
    assert told["facts"]["found"] == told["facts"]["announced"] == len(names)  # type: ignore[index]
    assert len(hub.requests) < len(names) / 30 + 150


def test_killed_and_started_again_a_tree_is_the_same(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    undisturbed, file = tmp_path / "undisturbed.jsonl", tmp_path / "file.jsonl"
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    expected = crawl("pages", "--model", "acme/root", "--to", str(undisturbed))
    before = len(hub.requests)
    for after in (40, 130):
        with crawl.start("pages", "--model", "acme/root", "--to", str(file)) as command:
            while len(hub.requests) < before + after and command.poll() is None:
                time.sleep(0.002)
            command.kill()
    told = crawl("pages", "--model", "acme/root", "--to", str(file))
    assert texts(records(file)) == texts(records(undisturbed))
    for name in ("found", "announced", "parents", "models"):
        assert told["facts"][name] == expected["facts"][name]  # type: ignore[index]


def test_in_the_graph_it_is_what_the_interface_gives(
    crawl: Crawl, hub: Hub, settings: Settings, empty_graph: Graph
) -> None:
    hub.quota.anonymous = {"api": 500, "pages": 5_000}
    loadable = [shown(record) for record in hub.content.records()]
    ignored = {*SEEN, "record_version"}
    load(empty_graph, iter(loadable), settings=settings, source="the same")
    loaded = content(empty_graph, ignored)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    assert crawl("pages", "--details")["status"] == "complete"
    assert content(empty_graph, ignored) == loaded


# --- bad answers ------------------------------------------------------------------------------


def test_without_models_json_the_web_page_is_read(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file, instead = tmp_path / "file.jsonl", tmp_path / "instead.jsonl"
    crawl("pages", "--to", str(file))
    for fault in (faults.status(404), faults.html(), faults.value(["models"])):
        hub.faults.clear()
        hub.faults.add(fault, "/models-json")
        told = crawl("pages", "--to", str(instead))
        assert told["status"] == "complete"
        assert told["facts"]["without_models_json"] >= 1  # type: ignore[index]
        assert texts(records(instead)) == texts(records(file))


def test_a_listing_whose_markup_changed_fails_with_its_address(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    hub.faults.add(faults.html(), is_listing)
    told = crawl("pages", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert f"{hub.url}/models" in told["failures"]  # type: ignore[operator]
    assert 'data-target="ModelList"' in crawl.said
    hub.faults.clear()
    hub.faults.add(
        faults.html("<article class='overview-card-wrapper'/>"), lambda r: r.value("p") == "2"
    )
    told = crawl("pages", "--to", str(tmp_path / "file.jsonl"), code=1)
    hub.faults.clear()
    assert crawl("pages", "--to", str(tmp_path / "file.jsonl"))["status"] == "complete"
    found = [r for r in records(tmp_path / "file.jsonl") if r["record"] == "model/1"]
    assert len(found) == len(FAMILY)


def test_a_page_whose_markup_changed_is_in_the_issue_log_and_costs_no_other(
    crawl: Crawl, hub: Hub, empty_graph: Graph
) -> None:
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


def test_when_most_pages_changed_the_crawl_failed(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file = str(tmp_path / "file.jsonl")
    hub.faults.add(faults.html(), lambda request: request.path.startswith("/team1/"))
    crawl("pages", "--author", "team1", "--details", "--to", file, code=1)
    assert "could not be read" in crawl.said
    crawl("pages", "--model", "team1/m1", "--to", file, code=1)
    assert 'data-target="ModelHeader"' in crawl.said


def test_a_tree_whose_markup_changed_fails(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    def many(_: Request, answer: Answer) -> Answer:
        assert isinstance(answer.body, bytes)
        answer.body = answer.body.replace(b" models</a>", b" things</a>")
        return answer

    hub.faults.add(many, "/acme/root")
    crawl("pages", "--model", "acme/root", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert "'7 things' where a count such as" in crawl.said


def test_what_was_not_asked_for_is_noticed(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file = str(tmp_path / "file.jsonl")
    items = [{"id": f"else/m{n}", "tags": [], "pipeline_tag": "other"} for n in range(30)]
    everything = {"models": items, "numItemsPerPage": 30, "numTotalItems": 3_117_871}
    hub.faults.add(faults.value(everything), "/models-json")
    hub.content.models.add(model("else/m0"))
    for arguments, said in (
        (("--model", "acme/root"), "the Hub lists 3,117,871"),
        (("--library", "transformers"), "'else/m0', which does not have it"),
        (("--filter", "license:mit"), "'else/m0', which does not have it"),
        (("--task", "translation"), "'else/m0', which was not asked for"),
        (("--author", "team1"), "'else/m0', which was not asked for"),
    ):
        crawl("pages", *arguments, "--to", file, code=1)
        assert said in crawl.said
    hub.faults.clear()
    hub.faults.add(faults.empty(), "/models-json", nth={3})
    crawl("pages", "--to", file, code=1)
    assert "Page" in crawl.said
    assert "is empty" in crawl.said
    hub.faults.add(faults.empty(), "/models-json")
    crawl("pages", "--author", "nobody", "--to", file, code=1)
    assert "no such models" in crawl.said


def test_a_part_holds_what_was_asked_for(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "part.jsonl"
    for arguments, expected in (
        (("--author", "team3"), {r["id"] for r in FAMILY if str(r["id"]).startswith("team3/")}),
        (("--task", "text-generation"), {r["id"] for r in FAMILY if r.get("task")}),
        (("--filter", "license:mit", "--details"), {"acme/root"}),
        (("--search", "alone"), {"solo/alone"}),
        (("--sort", "downloads", "--top", "2"), {"team4/m119", "team3/m118"}),
    ):
        told = crawl("pages", *arguments, "--to", str(file))
        found = {record["id"] for record in records(file) if record["record"] == "model/1"}
        assert found == expected
        assert told["facts"]["found"] == told["facts"]["announced"] == len(expected)  # type: ignore[index]
    crawl("pages", "--depth", "1", code=2)
    crawl("pages", "--model", "acme/root", "--task", "translation", code=2)
    crawl("pages", "--sort", "beauty", code=2)
    told = crawl("pages", "--details", "--budget", "9", "--to", str(file))
    assert (told["status"], told["facts"]["requests"]) == ("capped", 9)  # type: ignore[index]


def test_renamed_and_missing_models_are_passed_over(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    hub.content.models.rename("acme/root", "acme/trunk")
    hub.content.models.hide("team0/m5")
    file = tmp_path / "file.jsonl"
    told = crawl(
        "pages", "--model", "team0/m20", "--model", "acme/root", "--depth", "0", "--to", str(file)
    )
    found = {record["id"] for record in records(file) if record["record"] == "model/1"}
    assert found == {"team0/m20", "acme/trunk"}
    changes = [record for record in records(file) if record["record"] == "change/1"]
    assert [(r["kind"], r["id"], r["after"]) for r in changes] == [
        ("renamed", "acme/root", "acme/trunk")
    ]
    assert told["facts"]["renamed"] == 1  # type: ignore[index]
    assert told["facts"]["unseen"] == 1  # type: ignore[index]
    crawl("pages", "--model", "no/such", "--to", str(file), code=1)
    assert "The Hub shows no model no/such" in crawl.said
    hub.faults.add(faults.redirect("/login?next=/acme/trunk"), "/acme/trunk")
    crawl("pages", "--model", "acme/trunk", "--to", str(file), code=1)
    assert "leads to no page of a model" in crawl.said
    hub.faults.clear()
    hub.faults.add(faults.redirect(), "/acme/trunk")
    crawl("pages", "--model", "acme/trunk", "--to", str(file), code=1)
    assert "The Hub shows no model acme/trunk" in crawl.said


@pytest.mark.parametrize("arguments", [(), ("--model", "team2/m7", "--model", "team1/m21")])
def test_shards_are_disjoint_and_together_the_whole(
    crawl: Crawl, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    whole = tmp_path / "whole.jsonl"
    crawl("pages", *arguments, "--to", str(whole))
    parts = []
    for part in (1, 2):
        file = tmp_path / f"{part}.jsonl"
        crawl("pages", *arguments, "--shard", f"{part}/2", "--to", str(file))
        parts.append(records(file))
    assert sum(map(len, parts)) == len(records(whole))
    assert texts([record for part in parts for record in part]) == texts(records(whole))
