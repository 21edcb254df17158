"""What happened, one model through time and the leaders of a past date: command, pages, JSON."""

import json
import re
import sys
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import neo4j
import pytest
from flask.testing import FlaskClient
from parsel import Selector

from graph.answers.reports import catalogue, run
from graph.settings import Settings
from graph.store.connection import Graph, Statement
from graph.store.missing import mark_gone
from graph.store.runs import Run, Scope, end_run, save_run
from graph.ways.load import load
from hubgraph.command import main
from tests.integration.test_reports import driver, steps
from tests.reference_history import Raw, week
from webapp import create_app

__all__ = ["driver"]

MODEL = "acme/base"
AT_ONCE = 120
"""Models that appear in the same moment: more than a page shows."""


def told() -> list[Raw]:
    """A model that grows and is away for a while, children of it, a week of many arrivals."""
    records: list[Raw] = [
        {"record": "model/1", "id": MODEL, "downloads": 100 * at, "likes": at, "license": license_,
         "created_at": week(0).isoformat(), "last_modified": week(at).isoformat(),
         "observed_at": week(at).isoformat()}
        for at, license_ in ((1, "mit"), (2, "mit"), (4, "apache-2.0"))
    ]  # fmt: skip
    records += [
        {"record": "model/1", "id": f"new/m{number:03}", "bases": [MODEL], "relation": "finetune",
         "observed_at": week(6).isoformat()}
        for number in range(AT_ONCE)
    ]  # fmt: skip
    for kind, at in (("gone", 2.5), ("returned", 3)):
        records.append(_change(MODEL, kind, at))
    for number in range(AT_ONCE):
        records.append(_change(f"new/m{number:03}", "appeared", 6))
    return records


def _change(name: str, kind: str, at: float) -> Raw:
    return {"record": "change/1", "id": name, "kind": kind, "observed_at": week(at).isoformat()}


@pytest.fixture
def history(empty_graph: Graph, settings: Settings, environment: dict[str, str]) -> Graph:
    load(empty_graph, iter(told()), settings=settings, source="told")
    return empty_graph


@pytest.fixture
def pages(history: Graph, settings: Settings) -> FlaskClient:
    return create_app(settings, graph=history).test_client()


class Command:
    """Runs `hubgraph` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capfd = monkeypatch, capfd

    def __call__(self, *arguments: str, code: int = 0) -> str:
        self.monkeypatch.setattr(sys, "argv", ["hubgraph", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self.capfd.readouterr()
        assert ended.value.code == code, captured.err
        self.said = " ".join(captured.err.split())
        return captured.out


@pytest.fixture
def hubgraph(
    history: Graph, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    return Command(monkeypatch, capfd)


def test_the_command_lists_changes_by_date_kind_and_model(hubgraph: Command) -> None:
    text = hubgraph("changes", "--from", week(2).isoformat(), "--to", week(4).isoformat())
    rows = [line.split()[2:4] for line in text.splitlines()[1:]]
    assert rows == [["returned", MODEL], ["gone", MODEL]]  # the last moment is not in it
    assert hubgraph.said == "Changes 1 to 2 of 2."
    found = json.loads(hubgraph("changes", "--model", "ACME/Base", "--kind", "license", "--json"))
    assert (found["model"], found["total"], found["total_is_exact"]) == (MODEL, 1, True)
    (change,) = found["changes"]
    assert (change["before"], change["after"]) == ("mit", "apache-2.0")
    assert change["at"] == week(4).isoformat().replace("+00:00", "Z")
    page = json.loads(
        hubgraph("changes", "--kind", "appeared", "--limit", "50", "--page", "3", "--json")
    )
    assert (len(page["changes"]), page["total"]) == (20, AT_ONCE)
    found = json.loads(hubgraph("changes", "--family", MODEL, "--author", "acme", "--json"))
    assert [change["kind"] for change in found["changes"]] == ["license", "returned", "gone"]
    hubgraph("changes", "--from", "May", code=2)
    assert "`from` cannot be 'May'" in hubgraph.said
    hubgraph("changes", "--model", "acme/nobody", code=1)
    assert "No model is called 'acme/nobody'" in hubgraph.said


def test_the_command_shows_one_model_through_time(hubgraph: Command) -> None:
    text = hubgraph("history", "ACME/base")
    assert re.search(r"Created 2025-01-01 00:00\nAway from 2025-01-18 12:00 to 2025-01-22", text)
    assert re.search(r"Downloads ▁▃█ 100 → 400\n", text)
    found = json.loads(hubgraph("history", MODEL, "--json"))
    assert [(p["downloads"], p["likes"]) for p in found["counts"]] == [(100, 1), (200, 2), (400, 4)]
    assert [change["kind"] for change in found["changes"]] == ["license", "returned", "gone"]
    assert found["away"] == [{"since": "2025-01-18T12:00:00Z", "until": "2025-01-22T00:00:00Z"}]
    assert "no change of them was seen" in hubgraph("history", "new/m001")
    hubgraph("history", "acme/nobody", code=1)


def test_one_look_that_missed_a_model_is_shown_as_no_proof(
    hubgraph: Command, history: Graph, pages: FlaskClient, settings: Settings
) -> None:
    load(history, iter([_change(MODEL, "missing", 8)]), settings=settings, source="told")
    text = hubgraph("history", MODEL)
    assert "Not seen on 2025-02-26 00:00: perhaps gone, one look is no proof" in text
    assert "Gone since" not in text
    found = json.loads(hubgraph("history", MODEL, "--json"))
    assert (found["gone_since"], found["suspected_since"]) == (None, "2025-02-26T00:00:00Z")
    weekly = run(history, "changes-by-week").rows
    assert [(row["changes"], row["missing"]) for row in weekly][-1] == (1, 1)
    assert "perhaps gone" in pages.get(f"/graph/table?m={MODEL}").text
    nodes = pages.get(f"/api/v1/graph?m={MODEL}").get_json()["data"]["nodes"]
    assert [name for name, lost in zip(nodes["id"], nodes["suspected"], strict=True) if lost] == [
        MODEL
    ]
    assert "not seen on" in pages.get(f"/model/{MODEL}").text
    load(history, iter([_change(MODEL, "missing", 9)]), settings=settings, source="told")
    assert "Not seen on" not in (text := hubgraph("history", MODEL))
    assert "Gone since 2025-02-26 00:00" in text


def test_the_command_tells_who_led_and_writes_nothing(hubgraph: Command, history: Graph) -> None:
    runs = "MATCH (r:Run) RETURN count(r) AS runs"
    before = history.read(runs).one()
    found = json.loads(hubgraph("leaderboard", "--json"))
    assert found["relationships"] == AT_ONCE
    (leader,) = found["leaders"]
    assert (leader["rank"], leader["model"]) == (1, MODEL)
    assert leader["effective_descendants"] == pytest.approx(0.85 * AT_ONCE)
    past = json.loads(hubgraph("leaderboard", "--as-of", week(5).isoformat(), "--json"))
    assert past["leaders"] == []
    text = hubgraph("leaderboard", "--by", "derivatives", "--top", "3")
    assert text.splitlines()[1].split()[:4] == ["1", MODEL, str(AT_ONCE), str(AT_ONCE)]
    assert history.read(runs).one() == before
    scored = history.read("MATCH (m:Model) WHERE m.influence IS NOT NULL RETURN m").rows
    assert scored == []


def test_pages_of_changes_miss_none_that_were_seen_at_one_time(pages: FlaskClient) -> None:
    seen, at, first = [], "/api/v1/changes?limit=50", 1
    while at:
        body = pages.get(at).get_json()
        seen += [(row["called"], row["kind"]) for row in body["data"]["changes"]]
        assert body["page"]["first"] == first
        first, at = body["page"]["last"] + 1, body["links"]["next"]
        assert body["page"]["total"] == AT_ONCE + 3
    assert len(seen) == len(set(seen)) == AT_ONCE + 3
    assert sum(kind == "appeared" for _, kind in seen) == AT_ONCE


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("kind=gone", ["gone"]),
        (f"model={MODEL}", ["license", "returned", "gone"]),
        ("model=ACME/BASE&kind=returned", ["returned"]),
        ("to=2025-01-22", ["gone"]),
        ("from=2025-01-22&to=2025-01-23", ["returned"]),
        ("kind=renamed", []),
        ("author=ACME", ["license", "returned", "gone"]),
        (f"family={MODEL}&to=2025-02-01", ["license", "returned", "gone"]),
        (f"family={MODEL}&from=2025-01-22&to=2025-01-23", ["returned"]),
        (f"family={MODEL}&from=2025-01-22&to=2025-01-22T23:59Z", ["returned"]),
        (f"family={MODEL}&author=acme&kind=gone", ["gone"]),
        ("family=new/m001&kind=gone", []),
        ("sort=blast", []),
    ],
)
def test_changes_are_found(pages: FlaskClient, query: str, kinds: list[str]) -> None:
    body = pages.get(f"/api/v1/changes?{query}").get_json()
    assert [row["kind"] for row in body["data"]["changes"]] == kinds
    assert body["page"]["total"] == len(kinds)
    assert pages.get(f"/changes?{query}").status_code == 200


def test_changes_by_week_are_beside_the_list_and_lead_to_it(pages: FlaskClient) -> None:
    data = pages.get("/api/v1/changes").get_json()["data"]
    weeks = [(row["week"], row["changes"]) for row in data["weeks"]]
    assert sum(count for _, count in weeks) == AT_ONCE + 3
    first = date.fromisoformat(weeks[0][0])
    assert [monday for monday, _ in weeks] == [
        (first + timedelta(weeks=number)).isoformat() for number in range(len(weeks))
    ]
    links = Selector(pages.get("/changes?kind=gone").text).css(".plotted a::attr(href)").getall()
    for link, (monday, _) in zip(links, weeks, strict=True):
        assert f"from={monday}" in link
        assert "kind=gone" in link
    assert pages.get(f"/api/v1/changes?model={MODEL}").get_json()["data"]["weeks"] == []


def test_a_week_of_a_family_is_marked_and_has_weeks_beside_it(pages: FlaskClient) -> None:
    data = pages.get(f"/api/v1/changes?family={MODEL}").get_json()["data"]
    assert sum(week["changes"] for week in data["weeks"]) == AT_ONCE + 3
    monday = data["weeks"][0]["week"]
    assert len(pages.get("/api/v1/changes?author=new").get_json()["data"]["weeks"]) == 1
    end = (date.fromisoformat(monday) + timedelta(weeks=1)).isoformat()
    page = Selector(pages.get(f"/changes?family={MODEL}&from={monday}&to={end}").text)
    assert page.css(".is-chosen title::text").get("").startswith(monday)
    assert len(page.css(".is-chosen")) == 1
    later = page.xpath("//a[contains(., 'Later')]/@href").get("")
    assert f"from={end}&to=" in later
    assert "family=acme%2Fbase" in later
    feed = ET.fromstring(pages.get(page.css("link[type*=atom]::attr(href)").get("")).data)  # noqa: S314
    assert feed.findtext("{*}title") == f"Changes in the family of {MODEL}"


def test_changes_come_by_how_many_models_hang_on_them(history: Graph, pages: FlaskClient) -> None:
    """With as many descendants, the newest first; models without any are not listed."""
    few = [f"new/m{number:03}" for number in range(60)]
    counts = [{"id": MODEL, "n": 120}, *({"id": name, "n": 2} for name in few)]
    text = "UNWIND $counts AS row MATCH (m:Model {id: row.id}) SET m.descendants = row.n"
    history.write(Statement(text, {"counts": counts}))
    seen, at = [], "/api/v1/changes?sort=blast&limit=25"
    while at:
        body = pages.get(at).get_json()
        assert body["page"]["total"] == 63
        seen += [
            (row["called"], row["kind"], row["descendants"]) for row in body["data"]["changes"]
        ]
        at = body["links"]["next"]
    assert seen[:3] == [(MODEL, kind, 120) for kind in ("license", "returned", "gone")]
    assert seen[3:] == [(name, "appeared", 2) for name in few]
    of_family = pages.get(f"/api/v1/changes?sort=blast&family={MODEL}&kind=gone").get_json()
    assert [row["called"] for row in of_family["data"]["changes"]] == [MODEL]


def test_feeds_hold_the_newest_changes_and_stay_the_same(pages: FlaskClient) -> None:
    address = f"/api/v1/changes?model={MODEL}&format="
    answer = pages.get(f"{address}atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314 (our own)
    name = "{http://www.w3.org/2005/Atom}"
    kinds = [entry.attrib["term"] for entry in feed.iterfind(f"{name}entry/{name}category")]
    assert kinds == ["license", "returned", "gone"]
    times = [entry.text for entry in feed.iterfind(f"{name}entry/{name}updated")]
    assert feed.findtext(f"{name}updated") == times[0] == max(map(str, times))
    ids = [entry.text for entry in feed.iterfind(f"{name}entry/{name}id")]
    assert len(set(ids)) == 3
    other = pages.get(f"{address}jsonfeed").get_json()
    assert [item["id"] for item in other["items"]] == ids
    again = pages.get(f"{address}atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert pages.get(f"{address}atom").data == answer.data
    page = Selector(pages.get(f"/changes?model={MODEL}").text)
    links = page.css('link[rel=alternate][type*="+"]::attr(href)').getall()
    assert [pages.get(link).status_code for link in links] == [200, 200]


def test_more_changes_than_are_counted_are_said_to_be_more(
    hubgraph: Command, pages: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("graph.answers.history.changes", "webapp.pages.history", "hubgraph.history"):
        monkeypatch.setattr(f"{place}.MOST_COUNTED", 100, raising=False)
    found = json.loads(hubgraph("changes", "--json"))
    page = pages.get("/api/v1/changes").get_json()["page"]
    for answer in (found, page):
        assert (answer["total"], answer["total_is_exact"]) == (100, False)
    hubgraph("changes")
    assert hubgraph.said.endswith("of 100 or more.")
    assert "of 100 or more changes" in pages.get("/changes").text


def test_what_cannot_be_used_is_refused(pages: FlaskClient) -> None:
    for query, parameter in (
        ("from=May", "from"), ("kind=eaten", "kind"), ("after=abc", "after"), ("day=1", "day"),
    ):  # fmt: skip
        answer = pages.get(f"/api/v1/changes?{query}")
        assert (answer.status_code, answer.get_json()["error"]["parameter"]) == (400, parameter)
    after = pages.get("/api/v1/changes?limit=25").get_json()["page"]["after"]
    assert pages.get(f"/api/v1/changes?limit=25&after={after}").status_code == 200
    assert pages.get(f"/api/v1/changes?kind=gone&after={after}").status_code == 400
    assert pages.get("/api/v1/changes?model=acme/nobody").status_code == 404
    assert pages.get("/api/v1/changes?author=nobody").status_code == 404
    assert pages.get(f"/api/v1/changes?model={MODEL}&author=acme").status_code == 400
    assert pages.get(f"/api/v1/model/{MODEL}?as_of=May").status_code == 400
    assert pages.get("/api/v1/history/acme/nobody").status_code == 404
    assert pages.get(f"/api/v1/history/{MODEL}?x=1").status_code == 400


def test_a_model_page_has_its_history(pages: FlaskClient) -> None:
    text = pages.get(f"/model/{MODEL}").text
    assert 'id="history"' in text
    assert "Downloads over time: 100 on 2025-01-08, 400 on 2025-01-29; least 100, most 400" in text
    assert text.count('<path class="line"') == 2
    data = pages.get(f"/api/v1/model/{MODEL}").get_json()["data"]
    assert [change["kind"] for change in data["changes"]] == ["license", "returned", "gone"]
    assert [point["likes"] for point in data["history"]["counts"]] == [1, 2, 4]
    assert data["as_of"] is None
    whole = pages.get(f"/api/v1/history/{MODEL.upper()}").get_json()["data"]
    assert whole["model"] == MODEL
    assert whole["counts"] == data["history"]["counts"]
    quiet = pages.get("/model/new/m001").text
    assert "<svg viewBox" not in quiet.split('id="history"')[-1].split("</section>")[0]


def test_a_model_page_shows_the_lineage_of_a_date(pages: FlaskClient) -> None:
    then = "/model/acme/base?as_of=2025-02-11"
    assert "as it was on" in pages.get(then).text
    data = pages.get("/api/v1" + then).get_json()["data"]
    assert (data["children"], data["descendants"]) == ([], 0)
    assert data["history"]["was_there"] is True
    away = pages.get("/api/v1/model/acme/base?as_of=2025-01-20").get_json()["data"]
    assert away["history"]["was_there"] is False
    assert "not known to be on the Hub then" in pages.get("/model/acme/base?as_of=2025-01-20").text
    seen, at = [], "/api/v1/model/acme/base?as_of=2025-02-12&limit=100"
    while at:
        body = pages.get(at).get_json()
        assert body["data"]["descendants"] == AT_ONCE
        seen += [row["id"] for row in body["data"]["children"]]
        at = body["links"]["next"]
    assert len(seen) == len(set(seen)) == AT_ONCE
    moved = pages.get("/model/ACME/Base?as_of=2025-02-12")
    assert moved.headers["Location"] == "/model/acme/base?as_of=2025-02-12T00:00:00%2B00:00"


def test_the_network_of_a_date_is_drawn(pages: FlaskClient) -> None:
    for as_of, drawn in (("2025-02-11", 1), ("2025-02-12", 101)):
        data = pages.get(f"/api/v1/graph?m={MODEL}&as_of={as_of}").get_json()["data"]
        assert len(data["nodes"]["id"]) == drawn
        assert data["query"]["as_of"] == f"{as_of}T00:00:00+00:00"
        assert "drawn as it was on" in pages.get(f"/graph?m={MODEL}&as_of={as_of}").text
        rest = pages.get(
            f"/api/v1/graph/children?m={MODEL}&relation=finetune&skip=0&as_of={as_of}"
        ).get_json()["data"]["models"]
        assert len(rest) == min(50, drawn - 1)
    assert pages.get("/api/v1/graph?m=acme/base&as_of=May").status_code == 400


def test_a_report_takes_a_date(hubgraph: Command) -> None:
    asked = ("report", "run", "family-sizes", "-p", f"models={MODEL}", "--format", "json")
    now = json.loads(hubgraph(*asked))
    past = json.loads(hubgraph(*asked, "-p", "as_of=2025-02-01"))
    assert [found["rows"][0]["descendants"] for found in (now, past)] == [AT_ONCE, 0]
    assert past["parameters"]["as_of"] == "2025-02-01T00:00:00Z"


def test_complete_runs_of_a_scope_are_snapshots(history: Graph, settings: Settings) -> None:
    scope = "Model of https://huggingface.co"
    for at, names in ((8, ["new/m001", MODEL]), (9, [MODEL])):
        crawl = Run.begin("crawl")
        seen = [
            {"record": "model/1", "id": name, "observed_at": week(at).isoformat()} for name in names
        ]
        save_run(history, crawl, status="running", source="all")
        load(history, iter(seen), settings=settings, source="all", run=crawl)
        mark_gone(history, crawl, 1.0, Scope(), week(at))
        end_run(history, crawl, "complete", {}, observed_to=week(at).isoformat(), scope=scope)
    newer, older = run(history, "snapshots").rows
    assert (older["taken_at"], older["changes"]) == (week(8), None)
    assert (newer["taken_at"], newer["changes"]) == (week(9), 1)


@pytest.mark.parametrize(
    ("name", "given"), [("changes", {}), ("changes-of-kind", {"kind": "appeared"})]
)
def test_changes_come_in_the_order_of_an_index(
    history: Graph, driver: neo4j.Driver, name: str, given: dict[str, object]
) -> None:
    """Nothing is sorted or scanned, and no more is read than is shown."""
    report = catalogue()[name]
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        asked = report.bind(given | {"limit": 5})
        found = list(steps(session.run(f"PROFILE {report.cypher}", asked).consume().profile))
    names = {str(step["operatorType"]).split("@")[0] for step in found}
    assert not names & {"Sort", "Top", "PartialSort", "PartialTop", "NodeByLabelScan"}
    assert max(int(step["rows"]) for step in found) < 20
