"""An update by difference makes the graph that loading the whole dump makes."""

import itertools
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench.hub.write import write
from graph.errors import DataError
from graph.observe.dumps.columns import examine
from graph.observe.dumps.times import observed_at
from graph.observe.sources import sources
from graph.settings import Settings
from graph.store import writing
from graph.store.apply import apply
from graph.store.connection import Graph
from graph.store.missing import mark_gone
from graph.store.runs import Run, Scope, end_run
from graph.ways import worklists
from graph.ways.load import load, load_files
from graph.ways.replace.importing import look
from graph.ways.update.updating import UpdateSummary, update
from hubgraph.command import app
from tests.integration.test_ingest import Content, Raw, content, model
from tests.progress import Seen
from tests.remembered import change

FIRST, SECOND, THIRD = (f"2026-10-0{day}T00:00:00.000Z" for day in (1, 2, 3))
SEEN = frozenset({"first_seen", "last_seen", "record_version", "observed_times", "observed_facts"})
"""What an update leaves as it was, where a load of the whole dump writes it anew."""


def row(name: str, number: int, **fields: object) -> Raw:
    """A row of a dump; `number` makes its `_id`."""
    return {
        "id": name, "_id": f"{number:024x}", "createdAt": "2026-01-01T00:00:00.000Z",
        "lastModified": "2026-09-30T00:00:00.000Z", "downloads": 10, "likes": 1,
        "tags": ["license:mit", "dataset:d/texts"], "gated": "False", "baseModels": None, **fields,
    }  # fmt: skip


def quantized(*bases: str) -> Raw:
    return {"relation": "quantized", "models": [{"_id": "6", "id": base} for base in bases]}


def dump(path: Path, rows: Iterable[Raw]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


YESTERDAY = [
    row("a/base", 1), row("a/gguf", 2, baseModels=quantized("a/base", "x/unknown")),
    row("b/old-name", 3, baseModels=quantized("a/base"), likes=7),
    row("b/deleted", 4, baseModels=quantized("a/base")),
    row("b/child-of-renamed", 5, baseModels=quantized("b/old-name")), row("b/taken", 6),
    row("b/changed", 7), row("b/odd", 8, gated="odd", tags=["license:mit", "a\ttab"]),
    row("not an id", 9), row("B/Spelled", 10), row("b/spelled", 10, likes=2),
]  # fmt: skip
TODAY = [
    YESTERDAY[0] | {"likes": 2, "downloads": 12},
    YESTERDAY[1] | {"baseModels": quantized("x/unknown", "b/changed")},
    YESTERDAY[2] | {"id": "b/new-name", "lastModified": "2026-10-01T12:00:00.000Z"}, YESTERDAY[4],
    row("b/taken", 11, lastModified="2026-10-01T13:00:00.000Z", gated="auto"),
    YESTERDAY[6] | {"tags": ["license:gpl"], "lastModified": "2026-10-01T14:00:00.000Z"},
    *YESTERDAY[7:], row("c/new", 12, baseModels=quantized("a/base")),
]  # fmt: skip


class Dumps:
    """A graph, and dumps of one day after another that it is loaded from and updated with."""

    def __init__(self, graph: Graph, settings: Settings, folder: Path) -> None:
        self.graph, self.settings, self._folder = graph, settings, folder
        self._number = itertools.count(1)

    def __call__(self, *rows: Raw) -> Path:
        return dump(self._folder / f"models-{next(self._number)}.parquet", rows)

    def begin(self, path: Path, at: str = FIRST) -> None:
        """Load a dump as a snapshot into an empty graph, as an import does."""
        self.graph.command("MATCH (n) DETACH DELETE n")
        load_files(self.graph, [path], settings=self.settings, observed_at=at)
        scope = f"{Scope()} of {self.settings.hub_url}"
        end_run(self.graph, Run.begin("import"), "complete", {}, observed_to=at, scope=scope)

    def bring(self, path: Path, at: str | None = SECOND) -> UpdateSummary:
        (done,) = self.update(path, at=at)
        return done

    def update(self, *paths: Path, at: str | None = SECOND, **how: Any) -> list[UpdateSummary]:
        files = sources(list(paths), None, at)
        return update(self.graph, files, self.settings, Seen(), **how)

    def load(self, *records: Raw) -> None:
        load(self.graph, iter(records), settings=self.settings, source="test")

    def reload(self, path: Path, at: str, renamed: list[Raw]) -> None:
        """What an update has to equal: the whole dump is loaded, and what is not in it marked."""
        run = Run.begin("update")
        load(self.graph, iter(renamed), settings=self.settings, source="test", run=run)
        load_files(self.graph, [path], settings=self.settings, observed_at=at)
        mark_gone(self.graph, run, 0.1, Scope(), datetime.fromisoformat(at))

    def rows(self, query: str, **given: object) -> list[dict[str, Any]]:
        return self.graph.read(query, given).rows

    @property
    def content(self) -> Content:
        return content(self.graph, ())

    @property
    def shown(self) -> Content:
        """Without what depends on when it was written, or was seen without being written."""
        removed = "MATCH (m:Model) WHERE m.appeared_at = m.first_seen REMOVE m.appeared_at"
        self.graph.command(removed)
        return content(self.graph, SEEN)


@pytest.fixture
def dumps(empty_graph: Graph, settings: Settings, tmp_path: Path) -> Dumps:
    return Dumps(empty_graph, settings, tmp_path)


@pytest.fixture
def days(dumps: Dumps) -> tuple[Path, Path]:
    return dumps(*YESTERDAY), dumps(*TODAY)


def counted(done: UpdateSummary) -> dict[str, int]:
    names = ("added", "changed", "renamed", "back", "gone", "unfinished", "older")
    return {name: count for name in names if (count := getattr(done, name))}


Days = tuple[Path, Path]


def test_an_update_makes_the_graph_that_loading_everything_makes(dumps: Dumps, days: Days) -> None:
    dumps.begin(days[0])
    done = dumps.bring(days[1])
    assert counted(done) == {"added": 1, "changed": 4, "renamed": 1, "gone": 1}
    assert (done.rows, done.unchanged, done.rejected) == (11, 4, 1)
    updated = dumps.shown
    dumps.begin(days[0])
    names = {"before": "b/old-name", "after": "b/new-name"}
    renamed = change("b/old-name", "renamed", **names, observed_at=SECOND)
    dumps.reload(days[1], SECOND, [renamed])
    assert updated == dumps.shown


def test_a_hub_comes_to_the_next_day(dumps: Dumps, tmp_path: Path) -> None:
    write(tmp_path / "1", 400, only_models=True)
    write(tmp_path / "2", 400, changed=200, only_models=True)
    today, tomorrow = (tmp_path / day / "models.parquet" for day in "12")
    at, then = (observed_at(examine(path)) for path in (today, tomorrow))
    dumps.begin(today, at)
    done = dumps.bring(tomorrow, None)
    told = dumps.rows(
        "MATCH (c:Change {kind: 'renamed'}) RETURN 'change/1' AS record, c.model AS id, "
        "'renamed' AS kind, c.before AS before, c.after AS after, $at AS observed_at",
        at=then,
    )
    assert (done.renamed, len(told)) == (1, 1)
    assert done.changed > 150
    updated = dumps.shown
    assert counted(dumps.bring(tomorrow, None)) == {}
    assert dumps.shown == updated
    dumps.begin(today, at)
    dumps.reload(tomorrow, then, told)
    assert dumps.shown == updated


def test_what_happened_is_kept_as_changes(dumps: Dumps, days: Days) -> None:
    dumps.begin(days[0])
    dumps.bring(days[1])
    found = dumps.rows(
        "MATCH (c:Change)-[:CONCERNS]->(m:Model) "
        "RETURN c.kind AS kind, c.model AS called, m.id AS id, c.before AS before, c.after AS after"
    )
    assert {tuple(row.values()) for row in found} == {
        ("appeared", "c/new", "c/new", None, None),
        ("bases", "a/gguf", "a/gguf", "a/base, x/unknown", "b/changed, x/unknown"),
        ("gone", "b/deleted", "b/deleted", None, None),
        ("license", "b/changed", "b/changed", "mit", "gpl"),
        ("renamed", "b/old-name", "b/new-name", "b/old-name", "b/new-name"),
        ("taken_over", "b/taken", "b/taken", f"{6:024x}", f"{11:024x}"),
    }
    one = dumps.rows(
        "MATCH (b:Model {id: 'a/base'}), (n:Model {id: 'b/new-name'}) "
        "RETURN b.downloads_then AS downloads, b.likes_then AS likes, n.aliases AS aliases, "
        "[(x)-[:QUANTIZE]->(n) | x.id] AS children, n.likes AS more"
    )
    children = ["b/child-of-renamed"]
    assert one == [
        {"downloads": [10, 12], "likes": [1, 2], "aliases": ["b/old-name"], "children": children,
         "more": 7}
    ]  # fmt: skip
    assert counted(dumps.bring(dumps(*TODAY, YESTERDAY[3]), THIRD)) == {"back": 1}
    deleted = dumps.rows(
        "MATCH (m:Model {id: 'b/deleted'}) RETURN m.gone_since AS gone, "
        "[t IN m.away | toString(t)] AS away"
    )
    assert deleted == [{"gone": None, "away": ["2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z"]}]


MISFITS = (
    {"tags": "base_model:finetune:a/base", "baseModels": None},
    {"likes": "1,234", "extra": 1},
    {"createdAt": 1719792000000},
)


@pytest.mark.parametrize("fields", MISFITS, ids=str)
def test_what_a_file_loses_every_way_says_alike(dumps: Dumps, fields: Raw) -> None:
    path = dumps(row("a/base", 1, gated="odd") | fields)
    if "tags" in fields:  # no column of lineage can be read
        table = pq.read_table(path)
        pq.write_table(table.drop_columns("baseModels"), path)
    files = sources([path], None, SECOND)
    dumps.begin(dumps(row("b/other", 2)))
    looked = look(dumps.settings, files, Seen())
    (trial,) = dumps.update(path, dry_run=True)
    (updated,) = dumps.update(path)
    loaded = load_files(dumps.graph, [path], settings=dumps.settings, observed_at=THIRD)
    assert looked.issues == trial.issues == updated.issues == loaded.issues
    assert looked.issues == {"dropped": 1 + len(fields) - ("tags" in fields)}
    assert looked.losses == trial.losses == updated.losses == loaded.losses
    assert looked.losses
    assert ("ALL LINEAGE IS LOST" in looked.losses[0]) is ("tags" in fields)


def test_twice_is_once(dumps: Dumps, days: Days) -> None:
    dumps.begin(days[0])
    untouched = "MATCH (m:Model {id: 'b/odd'}) RETURN m.last_seen AS seen"
    seen = dumps.rows(untouched)
    (trial,) = dumps.update(days[1], dry_run=True)
    assert counted(trial) == {"added": 1, "changed": 4, "renamed": 1, "gone": 1}
    assert dumps.rows("MATCH (r:Run {kind: 'update'}) RETURN r") == []
    stages = Seen()
    files = sources([days[1]], None, SECOND)
    (done,) = update(dumps.graph, files, dumps.settings, stages)
    assert counted(done) == counted(trial)
    assert stages.stages == [
        "Models: reading the graph", "Models: reading the dump", "Models: comparing",
        "Models: writing what differs", "Models: marking what is gone",
    ]  # fmt: skip
    assert dumps.rows(untouched) == seen
    before = dumps.content
    again = dumps.bring(days[1])
    assert (counted(again), again.unchanged) == ({}, 10)
    assert "Writing what differs" not in again.seconds
    assert dumps.content == before
    (run,) = dumps.rows(
        "MATCH (r:Run {id: $id}) RETURN r.status AS status, r.scope AS scope, "
        "toString(r.observed_to) AS at, r.counts AS counts",
        id=done.run_id,
    )
    counts = json.loads(run.pop("counts"))
    assert (counts["added"], counts["unchanged"], counts["gone"]) == (1, 4, 1)
    hub = dumps.settings.hub_url
    assert run == {"status": "complete", "scope": f"Model of {hub}", "at": "2026-10-02T00:00:00Z"}
    assert worklists.up_to(dumps.graph, Scope(), hub) == datetime.fromisoformat(SECOND)


@pytest.mark.parametrize(
    ("is_written", "left"),
    [(False, {"changed": 1, "back": 1, "gone": 1}), (True, {"unfinished": 2, "gone": 1})],
)
def test_cut_off_in_a_batch_and_done_again(
    dumps: Dumps, days: Days, monkeypatch: pytest.MonkeyPatch, is_written: bool, left: Raw
) -> None:
    def cut_off(*given: Any) -> None:
        if is_written:
            apply(*given)
        raise KeyboardInterrupt

    other = TODAY[1] | {"baseModels": quantized("c/other"), "tags": ["dataset:d/other"]}
    third = dumps(other, *TODAY[2:], YESTERDAY[3])
    dumps.begin(days[0])
    dumps.bring(days[1])
    with monkeypatch.context() as patch:
        patch.setattr(writing, "apply", cut_off)
        with pytest.raises(KeyboardInterrupt):
            dumps.bring(third, THIRD)
    statuses = "MATCH (r:Run {kind: 'update'}) RETURN r.status AS status ORDER BY r.started_at"
    assert dumps.rows(statuses)[-1] == {"status": "interrupted"}
    assert counted(dumps.bring(third, THIRD)) == left
    assert counted(dumps.bring(third, THIRD)) == {}
    whole = dumps.shown
    dumps.begin(days[0])
    dumps.bring(days[1])
    dumps.bring(third, THIRD)
    assert dumps.shown == whole


_UPDATE = """
import sys
from pathlib import Path
from graph.observe.sources import sources
from graph.progress import Silent
from graph.store.connection import connect
from graph.observe.sources import sources
from graph.ways.update.updating import update
from graph.settings import load_settings

class Told(Silent):
    def stage(self, name): print(name, flush=True)
    def advance(self, share, detail=""): print(share, flush=True)

settings = load_settings(batch_size=20)
with connect(settings) as graph:
    update(graph, sources([Path(sys.argv[1])], None, sys.argv[2]), settings, Told())
"""


def test_killed_and_repeated(dumps: Dumps, environment: dict[str, str]) -> None:
    rows = [row(f"a/m{n}", n + 1, baseModels=quantized(f"a/m{n // 2}")) for n in range(1, 300)]
    moved = {"likes": 5, "tags": ["dataset:d/x"], "baseModels": quantized("a/m5")}
    first, second = dumps(*rows), dumps(*(each | moved for each in rows[:250]))
    dumps.begin(first)
    with subprocess.Popen(
        [sys.executable, "-c", _UPDATE, str(second), SECOND],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "Models: writing what differs\n":
                break
        for _ in range(4):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = dumps.bring(second)
    assert (done.gone, done.changed + done.unfinished) == (49, 250)
    assert done.changed > 0
    assert done.unfinished > 0
    whole = dumps.shown
    dumps.begin(first)
    dumps.bring(second)
    assert dumps.shown == whole


def test_the_unbelievable_stays_out(dumps: Dumps) -> None:
    rows = [row(f"a/m{n}", n + 1) for n in range(400)]
    dumps.begin(dumps(*rows))
    before = dumps.content
    with pytest.raises(DataError, match="Of 400 models that should be there, 101 are not in"):
        dumps.bring(dumps(*(each | {"likes": 9} for each in rows[:299])))
    with pytest.raises(DataError, match="101 of the 501 rows of"):
        dumps.bring(dumps(*rows, *(row(f"not {n}", n) for n in range(101))))
    assert dumps.content == before
    assert counted(dumps.bring(dumps(*rows[:300]))) == {"gone": 100}


def test_what_was_seen_later_stays(dumps: Dumps) -> None:
    dumps.begin(dumps(row("a/m", 1), row("a/kept", 2), row("a/x", 3)))
    seen = {"last_modified": THIRD, "observed_at": THIRD}
    gone = change("a/x", "gone", observed_at=THIRD)
    dumps.load(model("a/m", likes=70, **seen), model("a/kept", likes=8, **seen), gone)
    before = dumps.content
    second = dumps(row("a/m", 1, likes=3), row("a/x", 3))
    for _ in range(2):
        done = dumps.bring(second)
        assert (counted(done), done.unchanged) == ({"older": 1}, 1)
        assert dumps.content == before


def test_a_former_name_is_no_other(dumps: Dumps) -> None:
    first = dumps(row("a/old", 1), row("a/other", 2))
    dumps.begin(first)
    dumps.load(change("a/old", "renamed", after="a/new", observed_at=THIRD))
    before = dumps.content
    done = dumps.bring(first)
    assert (counted(done), done.unchanged) == ({}, 2)
    assert dumps.content == before
    assert counted(dumps.bring(first, "2026-10-04T00:00:00.000Z")) == {"renamed": 1}
    aliases = dumps.rows("MATCH (m:Model {id: 'a/old'}) RETURN m.aliases AS a")
    assert aliases == [{"a": ["a/new"]}]


def test_datasets_and_spaces_are_updated(dumps: Dumps, tmp_path: Path) -> None:
    def day(number: int, *, last: int) -> list[Path]:
        ids = [f"a/x{n}" for n in range(last)]
        likes = [number if n % 2 else 0 for n in range(last)]
        datasets = pa.table({"id": ids, "likes": likes, "citation": ["x"] * last})
        spaces = pa.table({"id": ids, "likes": likes, "models": [["a/m"]] * last})
        paths = [tmp_path / f"{name}-{number}.parquet" for name in ("datasets", "spaces")]
        for path, table in zip(paths, (datasets, spaces), strict=True):
            pq.write_table(table, path)
        return paths

    first, second = day(1, last=10), day(2, last=9)
    load_files(dumps.graph, first, settings=dumps.settings, observed_at=FIRST)
    done = dumps.update(*second)
    assert [(each.kind, counted(each)) for each in done] == [
        ("datasets", {"changed": 4, "gone": 1}),
        ("spaces", {"changed": 4, "gone": 1}),
    ]
    done = dumps.update(*first, at=THIRD)
    assert [counted(each) for each in done] == [{"changed": 4, "back": 1}] * 2
    found = dumps.rows(
        "MATCH (n) WHERE (n:Dataset OR n:Space) AND n.known AND n.gone_since IS NULL "
        "RETURN labels(n)[0] AS label, count(*) AS n, sum(n.likes) AS likes ORDER BY label"
    )
    assert [tuple(row.values()) for row in found] == [("Dataset", 10, 5), ("Space", 10, 5)]
    with pytest.raises(DataError, match=r"spaces-2.parquet shows the Hub on 2026-10-02 00:00"):
        dumps.update(second[1])


def test_what_is_no_newer_dump_is_refused(dumps: Dumps, days: Days, tmp_path: Path) -> None:
    records, events = tmp_path / "records.jsonl", tmp_path / "weekly.parquet"
    records.write_text('{"record": "author/1", "name": "acme"}\n')
    pq.write_table(pa.table({"week": ["2026-09-23"], "event": ["added"], "id": ["a/b"]}), events)
    dumps.begin(days[0], SECOND)
    older = "models-1.parquet shows the Hub on 2026-10-01 00:00, and the graph shows it on"
    for paths, told in (
        ([days[0]], older),
        ([days[1], records], "records.jsonl is not a dump of the Hub"),
        ([days[1], events], "weekly.parquet holds events"),
        ([days[1], days[0]], "both hold models"),
    ):
        at = FIRST if len(paths) == 1 else THIRD
        with pytest.raises(DataError, match=re.escape(told)):
            dumps.update(*paths, at=at)
    assert dumps.rows("MATCH (r:Run {kind: 'update'}) RETURN r") == []


@pytest.mark.usefixtures("environment")
def test_the_command_tells_a_person_and_a_machine(dumps: Dumps, days: Days) -> None:
    def run(*options: str) -> str:
        asked = ["update", str(days[1]), "--observed-at", "2026-10-02", *options]
        return CliRunner().invoke(app, asked, catch_exceptions=False).stdout

    dumps.begin(days[0])
    trial = json.loads(run("--dry-run", "--json"))
    assert trial["dry_run"] is True
    assert (trial["updates"][0]["added"], trial["updates"][0]["gone"]) == (1, 1)
    told = run()
    assert told.startswith("Updated models to 2026-10-02T00:00:00.000Z in ")
    for line in ("added                 1", "changed               4", "rejected              1"):
        assert line in told
    (done,) = json.loads(run("--json"))["updates"]
    assert (done["added"], done["changed"], done["unchanged"]) == (0, 0, 10)
