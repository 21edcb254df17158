"""Trees of models: the whole sample, parts of a family, former names, what the Hub hides."""

from typing import Any, NamedTuple

import pytest

import sample
from graph.observe.record_files import read_file
from graph.settings import Settings
from graph.store.connection import Graph
from tests.commands import Commands
from tests.hub import Content, Hub, Quota, serve
from tests.integration.crawls import Crawl, records, texts

Record = dict[str, Any]

NO_LIMIT = dict.fromkeys(("api", "pages", "resolvers"), 1_000_000)


class Crawled(NamedTuple):
    """The families of the sample, as they are and as they were crawled from their roots."""

    held: list[Record]
    found: list[Record]
    told: dict[str, Any]
    peak: int


@pytest.fixture(scope="module")
def crawled(
    commands: Commands, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Crawled:
    """One crawl of 6,360 requests: 20 seconds on two cores that are free."""
    with sample.path() as path:
        raw = [uncounted(line.raw) for line in read_file(path) if isinstance(line.raw, dict)]
    bases = {base for record in raw for base in record.get("bases") or ()}
    content = Content(r for r in raw if r.get("bases") or r.get("id") in bases)
    there = {model.id for model in content.models}
    starts = [model.id for model in content.models if not there & set(model.texts("bases"))]
    held = [uncounted(record) for record in content.records() if record["record"] == "model/1"]
    folder = tmp_path_factory.mktemp("tree")
    with serve(content, quota=Quota(anonymous=NO_LIMIT)) as hub:
        crawl = Crawl(hub, commands, settings, folder)
        crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "8"
        told = crawl("tree", *starts, "--to", str(folder / "tree.jsonl.gz"))
    found = [uncounted(record) for record in records(folder / "tree.jsonl.gz")]
    return Crawled(held, found, told, crawl.peak)


def uncounted(record: Record) -> Record:
    """Without how many derivatives the Hub counts: more than the sample holds."""
    return {name: value for name, value in record.items() if not name.startswith("children_")}


def lineage(found: list[Record]) -> set[tuple[str, str, str]]:
    return {(r["id"], r["relation"], base) for r in found for base in r.get("bases") or ()}


def test_the_trees_of_the_sample_are_the_sample(crawled: Crawled) -> None:
    found = [record for record in crawled.found if record["record"] == "model/1"]
    held = [{k: v for k, v in r.items() if k != "observed_at"} for r in crawled.held]
    assert crawled.told["status"] == "complete"
    assert len(lineage(found)) == len(lineage(held)) == 6_321
    assert texts(found) == texts(held)
    (missing,) = (record for record in crawled.found if record["record"] == "change/1")
    assert (missing["id"], missing["kind"]) == ("yl4579/StyleTTS2-LJSpeech", "missing")


def test_its_cost_is_one_request_a_model(crawled: Crawled) -> None:
    facts = crawled.told["facts"]
    pages = sum((count - 1) // 1_000 for count in (3_367, 1_636))
    starts_and_missing = len(facts["parents"]) + 1
    canaries = facts["canaries_asked"]
    assert facts["requests"] == len(crawled.held) + starts_and_missing + pages + canaries
    assert all(counts["found"] == counts["announced"] for counts in facts["parents"].values())
    assert crawled.peak < 500_000_000


def test_former_and_hidden_names_are_written(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    hub.content.models.rename("acme/root", "acme/trunk")
    hub.content.models.hide("team0/m5")
    told: Any = crawl("tree", "team0/m20", "acme/root", "--depth", "1")
    assert told["status"] == "complete"
    assert (told["facts"]["renamed"], told["facts"]["unseen"]) == (1, 1)
    root = empty_graph.read(
        "MATCH (m:Model {id: 'acme/trunk'})<-[:FINETUNE|ADAPTER|QUANTIZE]-(c) "
        "RETURN m.aliases AS names, count(c) AS children"
    ).one()
    assert (root["names"], root["children"]) == (["acme/root"], 19)
    hidden = empty_graph.read(
        "MATCH (m:Model {id: 'team0/m5'}) "
        "RETURN m.known AS known, m.gone_since IS NULL AS there, m.suspected_since IS NULL AS sure"
    ).one()
    assert (hidden["known"], hidden["there"], hidden["sure"]) == (False, True, False)
    assert empty_graph.read("MATCH (m:Model {id: 'acme/root'}) RETURN m").rows == []


def test_what_cannot_be_started_at_is_said(crawl: Crawl) -> None:
    crawl("tree", "no/such", code=1)
    assert "The Hub shows no model no/such" in crawl.said
    crawl("tree", "acme/root", "--depth", "-1", code=2)
    crawl("tree", "not/a/model", code=2)
