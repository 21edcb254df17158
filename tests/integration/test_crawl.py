"""Crawls over real HTTP, by the command that people use: whole, in parts, interrupted, refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sample
from graph.connection import Graph
from graph.ingest import load
from hubgraph.settings import Settings
from tests.commands import ROOT, Commands
from tests.hub import Content, Hub, faults, serve
from tests.integration.crawls import FAMILY, Crawl, records, texts
from tests.integration.test_ingest import SEEN, content, model


def test_the_sample_crawled_is_the_sample_loaded(
    empty_graph: Graph, commands: Commands, settings: Settings, tmp_path: Path
) -> None:
    with sample.path() as path:
        held = Content.read(path)
    ignored = {*SEEN, "record_version"}
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
    assert told["facts"]["records"] == len(models)  # type: ignore[index]
    assert content(empty_graph, ignored) == loaded
    run = empty_graph.read(
        "MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS s, r.counts AS c"
    ).one()
    assert run["s"] == "complete"
    assert json.loads(run["c"])["requests"] == told["facts"]["requests"]  # type: ignore[index]


def test_a_tree_is_the_whole_family(crawl: Crawl, tmp_path: Path) -> None:
    file = tmp_path / "tree.jsonl.gz"
    told = crawl("tree", "team2/m7", "--to", str(file))
    ids = {record["id"] for record in records(file)}
    assert {"acme/root", "team2/m7", "team3/m28"} <= ids
    assert told["facts"]["found"] == told["facts"]["announced"]  # type: ignore[index]
    crawl("tree", "acme/root", "--to", str(file))
    assert {record["id"] for record in records(file)} == {r["id"] for r in FAMILY[:-1]}
    crawl("tree", "acme/root", "--depth", "1", "--to", str(file))
    assert len(records(file)) == 21
    crawl("tree", "acme/root", "--depth", "0", "--to", str(file))
    assert len(records(file)) == 1


def test_shards_are_disjoint_and_together_the_whole(crawl: Crawl, tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    crawl("models", "--to", str(whole))
    parts = []
    for part in range(1, 4):
        file = tmp_path / f"{part}.jsonl"
        crawl("models", "--shard", f"{part}/3", "--to", str(file))
        parts.append(records(file))
    assert all(parts)
    assert sum(map(len, parts)) == len(records(whole)) == len(FAMILY)
    assert texts([record for part in parts for record in part]) == texts(records(whole))


def test_only_a_complete_crawl_marks_what_is_gone(
    crawl: Crawl, hub: Hub, empty_graph: Graph
) -> None:
    def gone() -> set[str]:
        rows = empty_graph.read(
            "MATCH (m:Model) WHERE m.gone_since IS NOT NULL RETURN m.id AS id"
        ).rows
        return {row["id"] for row in rows}

    crawl("models")
    hub.content.models.delete("team1/m1")
    hub.content.models.delete("solo/alone")
    crawl("models", "--task", "text-generation")
    crawl("models", "--top", "5", "--sort", "likes")
    assert gone() == set()
    crawl("models", "--author", "team1")
    assert gone() == {"team1/m1"}
    crawl("models")
    assert gone() == {"team1/m1", "solo/alone"}


def test_a_part_holds_what_was_asked_for(crawl: Crawl, tmp_path: Path) -> None:
    file = tmp_path / "part.jsonl"
    for arguments, expected in (
        (("--author", "team3"), {r["id"] for r in FAMILY if str(r["id"]).startswith("team3/")}),
        (("--task", "text-generation"), {r["id"] for r in FAMILY if r.get("task")}),
        (("--filter", "license:mit"), {"acme/root"}),
        (("--search", "alone"), {"solo/alone"}),
        (("--sort", "downloads", "--top", "2"), {"team4/m119", "team3/m118"}),
    ):
        crawl("models", *arguments, "--to", str(file))
        assert {record["id"] for record in records(file)} == expected


def test_what_cannot_be_seen_is_said(crawl: Crawl) -> None:
    crawl("tree", "no/such", code=1)
    assert "The Hub shows no model no/such" in crawl.said
    crawl("models", "--sort", "beauty", code=2)
    crawl("models", "--shard", "3/2", code=2)
    crawl("tree", "acme/root", "--depth", "-1", code=2)


def test_it_is_a_command_of_the_shell_and_of_scrapy(crawl: Crawl, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    for arguments in (
        ("hubgraph", "crawl", "models", "--author", "team1", "--to", str(ours)),
        ("scrapy", "crawl", "models", "-a", "author=team1", "-s", f"HUB_TO={theirs}"),
    ):
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(
            command, env=crawl.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert texts(records(ours)) == texts(records(theirs))
    assert len(records(ours)) == 24


# --- bad answers ------------------------------------------------------------------------------


def test_passing_errors_are_waited_out(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    hub.faults.add(faults.status(503), when="/api/models", nth={1})
    hub.faults.add(faults.cut(), when="/api/models", nth={1})
    assert crawl("models", "--to", str(file))["status"] == "complete"
    assert len(records(file)) == len(FAMILY)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.html(), "a web page where JSON was expected"),
        (faults.value({"models": []}), "no list of items"),
        (faults.status(404), "answered 404"),
        (faults.status(451), "answered 451"),
        (faults.redirect("http://127.0.0.2:9/api/models"), "answered 307"),
    ],
    ids=["a page", "another shape", "404", "451", "elsewhere"],
)
def test_a_bad_answer_fails_the_crawl_which_then_goes_on(
    crawl: Crawl, hub: Hub, empty_graph: Graph, fault: faults.Fault, said: str
) -> None:
    run = "MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS status, r.message AS message"
    hub.faults.add(fault, when="/api/models", times=1)
    crawl("models", code=1)
    assert said in crawl.said
    (failed,) = empty_graph.read(run).rows
    assert (failed["status"], said in failed["message"]) == ("failed", True)
    assert empty_graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"] == 0
    assert crawl("models")["status"] == "complete"
    assert empty_graph.read(run).rows == [{"status": "complete", "message": None}]


def test_a_broken_item_costs_no_other(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    hub.faults.add(faults.broken_item("gpt2", 3), when="/api/models", times=1)
    assert crawl("models")["status"] == "complete"
    known = empty_graph.read("MATCH (m:Model {known: true}) RETURN count(m) AS n").one()["n"]
    assert known == len(FAMILY) - 1
    (log,) = Path(crawl.environment["HUBGRAPH_LOG_DIR"]).glob("issues/*.jsonl")
    assert "gpt2" in log.read_text()


def test_a_refused_field_is_left_out_and_said(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    hub.faults.add(
        faults.status(400, "expand[]: trendingScore is not a field"),
        when=lambda request: "trendingScore" in request.target,
    )
    told = crawl("models", "--to", str(tmp_path / "file.jsonl"))
    assert told["status"] == "complete"
    assert told["facts"]["lacks_trendingScore"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    "fault", [faults.repeated_cursor(), faults.endless_cursor()], ids=["repeated", "endless"]
)
def test_a_listing_that_never_ends_is_noticed(
    crawl: Crawl, hub: Hub, tmp_path: Path, fault: faults.Fault
) -> None:
    for n in range(1_000):
        hub.content.models.add(model(f"many/m{n}"))
    hub.faults.add(fault, when="/api/models")
    crawl("models", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert "again" in crawl.said


def test_an_empty_listing_is_not_believed(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    crawl("models")
    hub.faults.add(faults.empty(), when="/api/models", times=1)
    crawl("models", code=1)
    assert "not believed" in crawl.said
    gone = empty_graph.read("MATCH (m:Model) WHERE m.gone_since IS NOT NULL RETURN count(m) AS n")
    assert gone.one()["n"] == 0
    assert crawl("models")["status"] == "complete"


def test_a_filter_that_the_hub_does_not_know_is_noticed(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    everything = [{"id": "a/b", "_id": "6" * 24, "tags": []}]
    hub.faults.add(faults.value(everything), when="/api/models")
    crawl("models", "--task", "text-generation", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert "does not have it" in crawl.said


def test_renamed_models_are_followed_and_missing_bases_passed_over(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    hub.content.models.rename("acme/root", "acme/trunk")
    hub.content.models.hide("team0/m5")
    file = tmp_path / "file.jsonl"
    told = crawl("tree", "team0/m20", "acme/root", "--depth", "0", "--to", str(file))
    assert {record["id"] for record in records(file)} == {"team0/m20", "acme/trunk"}
    assert told["facts"]["renamed"] == 1  # type: ignore[index]
    assert told["facts"]["unseen"] == 1  # type: ignore[index]


def test_the_token_is_nowhere(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    crawl.environment |= {"HF_TOKEN": "hf_verysecret", "HUBGRAPH_LOG_LEVEL": "debug"}
    crawl("tree", "acme/root", "--to", str(tmp_path / "file.jsonl"))
    assert {request.token for request in hub.requests} <= {"hf_verysecret", None}
    assert any(request.token for request in hub.requests)
    assert "verysecret" not in crawl.said
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"verysecret" not in path.read_bytes()
