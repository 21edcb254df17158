"""Models that are not shown: gone, or refused by a server that refuses what is there."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.identity import identity, renew_identity
from graph.store.runs import Run
from graph.ways.load import load
from tests.hub import Answer, Hub, Request, faults
from tests.hub.faults import Fault
from tests.integration.crawls import FAMILY, Crawl, absent, count, records
from tests.integration.test_crawl_status import told as status
from tests.integration.test_ingest import model
from tests.progress import wait_until

OLD = datetime.now(UTC) - timedelta(days=5)
CHANGES = ("changes", "--since", "2020-01-01T00:00Z")


@pytest.fixture
def known(empty_graph: Graph, settings: Settings) -> Graph:
    """A graph that held all of the Hub some days ago, and names some bases without a record."""
    run = Run("crawl-before", "crawl", OLD)
    children = [model(f"kids/m{n}", relation="merge", bases=[f"lost/m{n}"]) for n in range(3)]
    found = [{**raw, "observed_at": OLD.isoformat()} for raw in (*FAMILY, *children)]
    load(empty_graph, found, settings=settings, source="before", run=run)
    return empty_graph


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hub.routes.MOST", 20)


def answer(code: int, body: object) -> Fault:
    return lambda _request, _answer: Answer(
        code, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


def single(request: Request) -> bool:
    return request.path.startswith("/api/models/")


REFUSALS: dict[str, tuple[Fault, str]] = {
    "401": (faults.status(401), "known to be public"),
    "404": (faults.status(404, "Repository not found"), "known to be public"),
    "410": (faults.status(410), "known to be public"),
    "a proxy without the route": (
        answer(404, {"errors": [{"status": 404, "message": "Could not find resource"}]}),
        "says nothing of it",
    ),
    "another framework": (answer(404, {"detail": "Not Found"}), "says nothing of it"),
    "a policy": (
        answer(403, {"errors": [{"status": 403, "message": "Blocked by policy"}]}),
        "says nothing of it",
    ),
    "a login page": (faults.html(code=403), "says nothing of it"),
    "a login page with 200": (faults.html(code=200), "a web page where JSON was expected"),
    "one model for all": (answer(200, {"id": "other/m", "_id": "6" * 24}), "known to be public"),
}


@pytest.mark.parametrize(
    "spider", [(*CHANGES, "--verify", "6"), ("bases",)], ids=["changes", "bases"]
)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_server_that_refuses_marks_nothing(
    crawl: Crawl, hub: Hub, known: Graph, refusal: str, spider: tuple[str, ...]
) -> None:
    fault, said = REFUSALS[refusal]
    hub.faults.add(fault, when=single)
    crawl(*spider, code=1)
    assert said in crawl.said
    assert absent(known) == (set(), set())
    assert count(known, "(:Change {kind: 'missing'})") == 0
    run = known.read("MATCH (r:Run {kind: 'crawl', status: 'failed'}) RETURN r.message AS m").one()
    assert said in run["m"]


@pytest.mark.parametrize("to", ["/login?next=%2F", "https://sso.example/auth", "https://{here}"])
def test_a_server_that_sends_us_elsewhere_does_not_end_well(
    crawl: Crawl, hub: Hub, known: Graph, to: str
) -> None:
    def elsewhere(request: Request, _answer: Answer) -> Answer:
        target = to.format(here=hub.url.partition("://")[2] + request.path)
        return Answer(302, headers={"Location": target})

    hub.faults.add(elsewhere, when=single)
    told = crawl("bases", code=1)
    assert "none of 3 answers says whether a model is there" in crawl.said
    assert told["facts"]["records"] == 0
    hub.faults.add(elsewhere)
    crawl("models", "--fresh", code=1)
    assert "a redirect to" in crawl.said
    assert absent(known) == (set(), set())


@pytest.mark.parametrize("name", ["team1/m6", "is/not-there"])
@pytest.mark.parametrize(
    "spider", [(*CHANGES, "--verify", "6"), ("bases",)], ids=["changes", "bases"]
)
def test_a_server_that_redirects_every_name_to_one_model_renames_nothing(
    crawl: Crawl, hub: Hub, known: Graph, spider: tuple[str, ...], name: str
) -> None:
    target = f"/api/models/{name}"

    def redirected(request: Request, _answer: Answer) -> Answer:
        return Answer(307, headers={"Location": target})

    hub.faults.add(redirected, when=lambda r: single(r) and not r.path.startswith(target))
    crawl(*spider, code=1)
    assert f"names were redirected to one model, {name}" in crawl.said
    assert count(known, "(:Change {kind: 'renamed'})") == 0
    assert absent(known) == (set(), set())


def test_a_part_that_is_refused_marks_nothing(crawl: Crawl, hub: Hub, known: Graph) -> None:
    hub.faults.add(faults.status(401), when=lambda r: single(r) and "team1" in r.path)
    crawl(*CHANGES, "--verify", "30", code=1)
    assert "that were there before cannot be gone at once" in crawl.said
    assert absent(known) == (set(), set())


def test_a_file_of_a_crawl_that_is_not_believed_is_not_made(
    crawl: Crawl, hub: Hub, known: Graph, tmp_path: Path
) -> None:
    hub.faults.add(faults.status(401), when=single)
    crawl("bases", "--to", str(tmp_path / "file.jsonl"), code=1)
    assert not (tmp_path / "file.jsonl").exists()
    hub.faults.clear()
    crawl("bases", "--to", str(tmp_path / "file.jsonl"))
    kinds = {str(record["kind"]) for record in records(tmp_path / "file.jsonl")}
    assert kinds == {"missing"}


def test_few_are_suspected_and_said(crawl: Crawl, hub: Hub, known: Graph) -> None:
    hub.content.models.delete("team1/m6")
    told = crawl(*CHANGES, "--verify", "30")
    assert (told["facts"]["suspected"], told["facts"]["gone"]) == (1, 0)
    assert absent(known) == ({"team1/m6"}, set())
    assert f"hubgraph crawl undo {told['run']}" in status(crawl)
    undone = crawl("undo", told["run"])
    assert "what it marked as gone was taken back on" in (said := status(crawl))
    assert "hubgraph crawl undo" not in said
    assert (undone["undone"], absent(known)) == (1, (set(), set()))


def test_what_is_there_and_not_shown_is_not_gone(crawl: Crawl, hub: Hub, known: Graph) -> None:
    hub.faults.add(faults.status(403, "This resource is disabled."), when="/api/models/team1/m6")
    told = crawl(*CHANGES, "--verify", "30")
    assert told["facts"]["withheld"] == 1
    assert absent(known) == (set(), set())
    assert "does not show it to us" in str(crawl.issues)


def test_accounts_that_a_server_does_not_have_are_given_up_soon(
    crawl: Crawl, hub: Hub, empty_graph: Graph, settings: Settings
) -> None:
    models = [model(f"org{n}/m") for n in range(90)]
    load(empty_graph, iter(models), settings=settings, source="models")
    for code, most in ((400, 20), (404, 42), (501, 20)):
        hub.requests.clear()
        hub.faults.add(faults.status(code), when=lambda r: r.path.endswith("/overview"))
        crawl.environment["HUBGRAPH_CRAWL_MAX_RETRIES"] = "0"
        crawl("authors", "--fresh", code=1)
        assert "this server has no accounts: 20 in a row" in crawl.said
        assert len(hub.requests) <= most + 5
        hub.faults.clear()
    assert count(empty_graph, "(a:Author) WHERE a.record_version IS NOT NULL") == 0


@pytest.mark.parametrize("names", [
    "https://huggingface.co", "https://mirror.example/repository/hf", "http://127.0.0.1:1", "",
])  # fmt: skip
def test_headers_that_name_another_server_lead_on_at_this_one(
    crawl: Crawl, hub: Hub, tmp_path: Path, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.hub.routes.MOST", 50)

    def renamed(_request: Request, given: Answer) -> Answer:
        head = {
            name: text.replace(hub.url, names).replace('"/api', f'"{names}/api')
            if name == "Link"
            else f"{names}{text}"
            if name == "Location"
            else text
            for name, text in given.headers.items()
        }
        return replace(given, headers=head)

    hub.content.models.rename("acme/root", "acme/trunk")
    hub.faults.add(renamed)
    file = tmp_path / "file.jsonl"
    told = crawl("models", "--to", str(file))
    assert (told["status"], told["facts"]["records"]) == ("complete", len(FAMILY))
    crawl("tree", "acme/root", "--depth", "0", "--to", str(file))
    ids = {record["id"] for record in records(file) if record["record"] == "model/1"}
    assert ids == {"acme/trunk"}


def killed_halfway(crawl: Crawl, hub: Hub) -> None:
    """Kill a crawl when a part is written, and more is to come."""
    crawl.environment["HUBGRAPH_BATCH_SIZE"] = "10"
    hub.faults.add(faults.delay(0.3), when=lambda r: "cursor" in r.target)
    with crawl.start("models") as command:
        wait_until(lambda: crawl.noted > 0 and b"outcomes" in crawl.journal.read_bytes())
        command.kill()
    hub.faults.clear()


def replaced(graph: Graph, settings: Settings) -> None:
    """The graph is another one: an older backup of it."""
    graph.command("MATCH (n) DETACH DELETE n")
    run = Run("crawl-before", "crawl", OLD)
    found = [{**raw, "observed_at": OLD.isoformat()} for raw in FAMILY[:80]]
    load(graph, found, settings=settings, source="before", run=run)


def renewed(graph: Graph, settings: Settings) -> None:
    """The graph was restored from a backup with the run in it."""
    runs = graph.read("MATCH (r:Run) RETURN properties(r) AS run").rows
    replaced(graph, settings)
    for row in runs:
        graph.command("MERGE (r:Run {id: $run.id}) SET r += $run", {"run": row["run"]})
    renew_identity(graph)


def copied(graph: Graph, settings: Settings) -> None:
    """An older copy of the database was put back by other means than a restore."""
    first = identity(graph)
    replaced(graph, settings)
    graph.command("MERGE (g:Graph {id: 'graph'}) SET g.identity = $first", {"first": first})


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("replace_by", [replaced, renewed, copied])
def test_a_crawl_into_a_graph_that_was_replaced_begins_anew(
    crawl: Crawl,
    hub: Hub,
    empty_graph: Graph,
    settings: Settings,
    replace_by: Callable[[Graph, Settings], None],
) -> None:
    killed_halfway(crawl, hub)
    assert len(crawl.journals) == 1
    replace_by(empty_graph, settings)
    told = crawl("models")
    assert "The graph was replaced since this crawl was interrupted" in str(told["notes"])
    assert (told["status"], told["facts"]["records"]) == ("complete", len(FAMILY))
    assert count(empty_graph, "(m:Model {known: true})") == len(FAMILY)
    assert absent(empty_graph) == (set(), set())


@pytest.mark.usefixtures("small_pages")
def test_a_crawl_into_the_same_graph_goes_on(crawl: Crawl, hub: Hub, empty_graph: Graph) -> None:
    killed_halfway(crawl, hub)
    first = identity(empty_graph)
    told = crawl("models")
    assert (told["status"], told["notes"]) == ("complete", [])
    assert identity(empty_graph) == first
    assert count(empty_graph, "(m:Model {known: true})") == len(FAMILY)


def test_a_graph_that_is_replaced_under_a_crawl_is_noticed(
    crawl: Crawl, hub: Hub, empty_graph: Graph, settings: Settings
) -> None:
    def act(_request: Request, given: Answer) -> Answer:
        empty_graph.command("MATCH (g:Graph) DETACH DELETE g")
        return given

    hub.faults.add(act, when="/api/models", times=1)
    crawl("models", code=1)
    assert "The graph was replaced while the crawl ran" in crawl.said
    assert crawl("models")["status"] == "complete"
