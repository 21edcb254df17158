"""Crawls over real HTTP, by the command that people use: whole, in parts, interrupted, refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from graph.connection import Graph
from tests.commands import ROOT
from tests.hub import Hub, faults
from tests.integration.crawls import FAMILY, Crawl, records, texts
from tests.integration.test_ingest import model


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


def test_the_token_is_nowhere(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    crawl.environment |= {"HF_TOKEN": "hf_verysecret", "HUBGRAPH_LOG_LEVEL": "debug"}
    crawl("tree", "acme/root", "--to", str(tmp_path / "file.jsonl"))
    assert {request.token for request in hub.requests} <= {"hf_verysecret", None}
    assert any(request.token for request in hub.requests)
    assert "verysecret" not in crawl.said
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"verysecret" not in path.read_bytes()
