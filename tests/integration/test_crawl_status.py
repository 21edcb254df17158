"""`hubgraph crawl status`: what was covered, what can go on, by the graph and by journals."""

import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph.store.connection import Graph
from hubgraph.command import app
from tests.hub import Hub
from tests.integration.crawls import Crawl
from tests.integration.test_ingest import Raw
from tests.progress import wait_until


def by_source(rows: list[Raw]) -> dict[str, Raw]:
    return {str(row["source"]).partition(" of ")[0]: row for row in rows}


def told(crawl: Crawl) -> str:
    return CliRunner().invoke(app, ["crawl", "status"], env=crawl.environment).stdout


@pytest.mark.usefixtures("empty_graph")
def test_each_crawl_is_shown_with_what_it_does(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    crawl("tree", "acme/root", "--depth", "1")
    hub.quota.anonymous = {"api": 25, "pages": 100}  # the next ones soon wait
    file = tmp_path / "to.jsonl"
    with (
        crawl.start("tree", "acme/root") as into_graph,
        crawl.start("tree", "acme/root", "--to", str(file)) as into_file,
    ):
        wait_until(lambda: len(crawl.journals) == 2 and crawl.noted > 2_000)
        running = crawl("status")
        into_graph.send_signal(signal.SIGKILL)
        into_file.send_signal(signal.SIGKILL)
    assert running["states"] == {
        "complete": 1, "capped": 0, "stale": 0, "running": 1, "interrupted": 0, "failed": 0
    }  # fmt: skip
    assert {left["state"] for left in running["journals"]} == {"running"}

    killed = crawl("status")
    crawls = by_source(killed["crawls"])
    whole = crawls["tree depth=1 model=acme/root"]
    assert (whole["state"], whole["go_on"], whole["failures"]) == ("complete", None, 0)
    assert (whole["records"], whole["found"], whole["announced"]) == (21, 20, 20)
    assert (whole["answers"], whole["outcomes"]) == ({"api 200": 2}, {"models new": 21})
    broken = crawls["tree model=acme/root"]
    assert (broken["status"], broken["state"]) == ("running", "interrupted")
    assert broken["go_on"] == "hubgraph crawl tree acme/root"
    (left,) = [left for left in killed["journals"] if left["target"]]
    assert (left["state"], left["in_graph"]) == ("interrupted", False)
    assert left["go_on"] == f"hubgraph crawl tree acme/root --to {file}"
    assert killed["children"]["parents"] > 0

    text = told(crawl)
    assert "1 complete, 1 interrupted" in text
    assert "21 records, in" in text
    assert "20 found of 20 announced" in text
    assert "resume with: hubgraph crawl tree acme/root\n" in text
    assert f"into {file}" in text


def test_a_complete_crawl_leaves_nothing_to_go_on_with(crawl: Crawl, empty_graph: Graph) -> None:
    assert "`hubgraph crawl plan models` says what one costs" in told(crawl)
    crawl("models", "--author", "solo")
    empty_graph.command("MATCH (r:Run) SET r.ended_at = r.ended_at - duration({days: 31})")
    (only,) = crawl("status")["crawls"]
    assert (only["state"], only["status"], only["go_on"]) == ("stale", "complete", None)
    assert "1 stale (stale: older than 30 days)" in told(crawl)


def test_without_a_graph_it_tells_of_the_journals(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    hub.quota.anonymous = {"api": 5, "pages": 100}
    file = tmp_path / "to.jsonl"
    with crawl.start("tree", "acme/root", "--to", str(file)) as command:
        wait_until(lambda: any(b'"done"' in journal.read_bytes() for journal in crawl.journals))
        command.send_signal(signal.SIGKILL)
    (crawl.journals[0].parent / "other.jsonl").write_text('{"is": "no journal"}\n')
    crawl.environment["HUBGRAPH_NEO4J_URI"] = "bolt://127.0.0.1:9"
    found = crawl("status")
    assert "numbers" not in found
    (left,) = found["journals"]
    assert all(left[name] > 0 for name in ("requests", "waiting"))
    assert "Shown without the graph" in crawl.said
    crawl.environment["HUBGRAPH_HUB_URL"] = "https://hub.example.com"
    (left,) = crawl("status")["journals"]
    assert str(left["go_on"]).endswith(f" --hub-url {hub.url}")
