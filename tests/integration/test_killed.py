"""The command or the server is killed in any task: nothing reported is lost, nothing is left.

Afterwards the user's next steps, `up` and the same command again, give the graph of an undisturbed
run. A few kills run with the suite. `HUBGRAPH_TEST_KILLS=10` kills each victim in each task ten
times, spread over the task's run.
"""

import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.hub.write import write
from graph.observe.record_writer import RecordWriter
from graph.progress import Silent
from graph.server.claims import only_one, whole_database
from graph.server.home import home_of
from graph.server.java import process_mark
from graph.server.local import LocalServer
from graph.server.process import left_over
from graph.server.scratch import FOLDER
from graph.settings import Settings, load_settings
from graph.store.connection import connect
from graph.store.lease import is_held
from graph.ways.backup import FIRST_BYTES, back_up
from graph.ways.load import load_files
from spiders.writing.journals import left_in
from tests.commands import Command, Commands
from tests.hub import Content, Hub, serve
from tests.integration.crawls import FAMILY
from tests.integration.test_ingest import content
from tests.remembered import SEEN, model

TASKS = ("load", "update", "influence", "crawl", "backup", "restore", "import")
HERE = TASKS[:4]
"""Those in which no other server is started and stopped."""
VICTIMS = ("command", "server")
QUICK = [("update", "command", 0), ("influence", "server", 0)]
"""What runs with the suite; killed loads, crawls, imports and restores have tests of their own."""
KILLS = int(os.environ.get("HUBGRAPH_TEST_KILLS", "0"))
RECORDS = 600
VOLATILE = {*SEEN, "record_version", "observed_times", "observed_facts", "counted_at"}
"""What follows from the time of a run."""
ENDED = "The local Neo4j server ended while it was in use."
SAID_WITHIN_S = 15


@dataclass(frozen=True)
class Moment:
    """When to kill: at a share of a task, by turns of its progress and of its time."""

    number: int
    share: float


@dataclass
class Whole:
    """A task that nobody disturbed."""

    seconds: float
    progress: int  # as `Place.progress` measures it
    graph: frozenset[str]  # what it left


@dataclass
class Place:
    """A local server of its own, what tasks read there, and the commands on it."""

    own: Settings
    commands: Commands
    hub: Hub
    files: Path
    wholes: dict[str, Whole] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, task: str) -> Command:
        self.hub.requests.clear()
        words = {
            "load": ("load", str(self.files / "records.jsonl")),
            "update": ("update", str(self.files / "models.parquet")),
            "influence": ("influence",),
            "crawl": ("crawl", "tree", "acme/root"),
            "backup": ("backup", str(self.files / "made.dump"), "--force"),
            "restore": ("restore", str(self.files / "older.dump")),
            "import": ("import", str(self.files / "models.parquet")),
        }[task]
        names = ("data_dir", "log_dir", "crawl_dir", "heap_mb", "pagecache_mb", "hub_url")
        given = {f"HUBGRAPH_{name.upper()}": str(getattr(self.own, name)) for name in names}
        given |= {"HUBGRAPH_BATCH_SIZE": "50", "HUBGRAPH_BOLT_PORT": "0", "HUBGRAPH_HTTP_PORT": "0"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUBGRAPH_", "HF_"))}
        if task == "load":
            kept["FORCE_COLOR"] = "1"  # as in a terminal, where it says how many are written
        return self.commands.start("hubgraph", *words, environment=kept | given)

    def begin(self, task: str) -> frozenset[str]:
        """The graph that the task finds."""
        with connect(self.own) as graph:
            graph.command("MATCH (n) DETACH DELETE n")
            if task not in ("load", "update", "crawl"):
                name = "one.jsonl" if task in ("restore", "import") else "records.jsonl"
                load_files(graph, [self.files / name], settings=self.own)
        return self.graph()

    def graph(self) -> frozenset[str]:
        """What the graph holds, as far as it does not follow from the time of a run."""
        with connect(self.own) as graph:
            nodes, links = content(graph, VOLATILE)
        found = {*map(str, links), *(str(node) for node in nodes if "Answer" not in str(node))}
        return frozenset(re.sub(r"(\d\.\d{6})\d+", r"\1", each) for each in found)

    def progress(self, task: str, command: Command) -> int:
        """How far a command is: records written, requests made, or stages begun."""
        if task == "load":
            return written(command.said)
        return len(self.hub.requests) if task == "crawl" else command.said.count(" …")

    def whole(self, task: str) -> Whole:
        if task not in self.wholes:
            self.begin(task)
            began = time.monotonic()
            with self.start(task) as command:
                assert command.wait() == 0, command.said
                seconds, progress = time.monotonic() - began, self.progress(task, command)
            self.wholes[task] = Whole(seconds, progress, self.graph())
        return self.wholes[task]

    def kill(self, task: str, command: Command, victim: str, at: "Moment") -> bool:
        """Kill the command or the server at a moment; False if the command had ended before.

        Where several processes of Neo4j run, they take turns.
        """
        whole = self.whole(task)
        progress = max(1, round(at.share * whole.progress))
        end = time.monotonic() + at.share * whole.seconds
        while command.poll() is None:
            is_late = time.monotonic() >= end
            has_come = is_late if at.number % 2 else self.progress(task, command) >= progress
            if has_come and victim == "command":
                return command.kill() == -signal.SIGKILL
            if has_come and (servers := left_over(process_mark(home_of(self.own)), None)):
                os.kill(servers[at.number % len(servers)].pid, signal.SIGKILL)
                began = time.monotonic()
                command.wait()
                assert task not in HERE or time.monotonic() - began < SAID_WITHIN_S
                return True
            time.sleep(0.002)
        return False


def written(said: str) -> int:
    """How many records a load said were written."""
    found = re.findall(r"([\d,]+) records", said)
    return max((int(number.replace(",", "")) for number in found), default=0)


@pytest.fixture(scope="module")
def place(
    commands: Commands,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("killed")
    files = folder / "files"
    write(files, 400, seed=3, only_models=True)
    with RecordWriter(files / "records.jsonl") as writer:
        for n in range(RECORDS):
            bases = [f"team{n % 7}/base{n % 40}", f"a/m{n // 2}"]
            writer.write(model(f"a/m{n}", likes=n, relation="merge", bases=bases))
    with RecordWriter(files / "one.jsonl") as writer:
        writer.write(model("before/all"))
    with serve(Content(FAMILY)) as hub:
        hub.quota.anonymous = {"api": 1_000_000, "pages": 1_000_000}
        own = load_settings(
            neo4j_uri=None,
            data_dir=folder / "data",
            log_dir=folder / "logs",
            crawl_dir=folder / "crawls",
            hub_url=hub.url,
            bolt_port=0,
            http_port=0,
            heap_mb=512,
            pagecache_mb=128,
        )
        place = Place(own, commands, hub, files)
        LocalServer(own).up()
        try:
            if KILLS:
                place.begin("backup")
                back_up(own, files / "older.dump")
            yield place
        finally:
            LocalServer(own).down()
    told = ", ".join(f"{name} {count}" for name, count in sorted(place.kills.items()))
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        pytestconfig.get_terminal_writer().line(f"\nKilled: {told}")


@pytest.mark.parametrize(
    ("task", "victim", "number"),
    [(t, v, n) for t in TASKS for v in VICTIMS for n in range(KILLS)] or QUICK,
)
def test_killed_and_repeated(place: Place, task: str, victim: str, number: int) -> None:
    LocalServer(place.own).up()
    whole = place.whole(task)
    share, killed = (number + 0.5) / (KILLS or 1), False
    while not killed:
        before = place.begin(task)
        with place.start(task) as command:
            killed = place.kill(task, command, victim, Moment(number, share))
            said, code = command.said, command.code
        share *= 0.7  # when it was quicker than the undisturbed one
        assert share > 0.01
    assert "Traceback" not in said
    if code and victim == "server" and task in HERE:
        assert ENDED in said
    place.kills[f"{task}/{victim}"] += 1

    status = LocalServer(place.own).up()

    assert (status.state, status.notice) == ("running", "")
    assert left(place.own) == {"processes": {str(status.pid)}}
    found = place.graph()
    if task in ("restore", "import"):
        assert found in (before, whole.graph)
    elif task == "backup":
        assert found == before
        made = place.files / "made.dump"
        assert not made.exists() or made.read_bytes().startswith(FIRST_BYTES)
    assert lost(place, task, said) == 0

    with place.start(task) as again:
        assert again.wait() == 0, again.said

    assert place.graph() == whole.graph
    assert left(place.own) == {"processes": {str(status.pid)}} or task not in HERE
    assert list(place.own.crawl_dir.glob("*")) == []
    assert list(place.files.glob(".*")) == []
    with connect(place.own) as graph:
        states = graph.read("MATCH (r:Run) RETURN collect(DISTINCT r.status) AS states").one()
    assert "running" not in states["states"]


def left(own: Settings) -> dict[str, set[str]]:
    """What is there of a server's processes, and what should not be there, by kind."""
    home = home_of(own)
    with only_one(home.lock, Silent()), whole_database(home, "test"):
        pass  # nobody holds a lock
    with connect(own) as graph:
        leases = {kind for kind in ("load", "influence") if is_held(graph, kind)}
    found = {
        "processes": {str(each.pid) for each in left_over(process_mark(home), None)},
        "leases": leases,
        "databases": {p.name for p in home.root.glob("d*") if p.is_dir()} - {home.data.name},
        "scratch": {path.name for path in (home.root / FOLDER).glob("*")} - {"lock"},
        "new files": {path.name for path in home.root.glob("*.new")},
    }
    return {kind: names for kind, names in found.items() if names}


def lost(place: Place, task: str, said: str) -> int:
    """How many records are missing of which a command said, or noted, that they are written."""
    with connect(place.own) as graph:
        ids = graph.read("MATCH (m:Model {known: true}) RETURN collect(m.id) AS ids").one()["ids"]
    if task == "load":
        lines = (place.files / "records.jsonl").read_text().splitlines()[: written(said)]
        return len({json.loads(line)["id"] for line in lines}.difference(ids))
    return max(0, sum(each.records for each in left_in(place.own.crawl_dir)) - len(ids))
