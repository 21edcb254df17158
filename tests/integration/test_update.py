"""An update by difference makes the graph that loading the whole dump makes."""

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
import typer
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
from graph.ways.update.updating import UpdateSummary, update
from hubgraph import update as command
from tests.integration.test_ingest import Content, Raw, content, model
from tests.progress import Seen

FIRST, SECOND, THIRD = (f"2026-10-0{day}T00:00:00.000Z" for day in (1, 2, 3))
SEEN = frozenset({"first_seen", "last_seen", "record_version"})
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
    YESTERDAY[2] | {"id": "b/new-name", "lastModified": "2026-10-01T12:00:00.000Z"},
    YESTERDAY[4],
    row("b/taken", 11, lastModified="2026-10-01T13:00:00.000Z", gated="auto"),
    YESTERDAY[6] | {"tags": ["license:gpl"], "lastModified": "2026-10-01T14:00:00.000Z"},
    *YESTERDAY[7:],
    row("c/new", 12, baseModels=quantized("a/base")),
]


@pytest.fixture
def days(tmp_path: Path) -> tuple[Path, Path]:
    return dump(tmp_path / "models-1.parquet", YESTERDAY), dump(
        tmp_path / "models-2.parquet", TODAY
    )


def begin(graph: Graph, settings: Settings, path: Path, at: str) -> None:
    """Load a dump as a snapshot, as an import does."""
    load_files(graph, [path], settings=settings, observed_at=at)
    run = Run.begin("import")
    scope = f"{Scope()} of {settings.hub_url}"
    end_run(graph, run, "complete", {}, observed_to=at, scope=scope)


def bring(graph: Graph, settings: Settings, path: Path, at: str | None = None) -> UpdateSummary:
    (done,) = update(graph, sources([path], None, at), settings, Seen())
    return done


def counted(done: UpdateSummary) -> dict[str, int]:
    names = ("added", "changed", "renamed", "back", "gone", "unfinished", "older")
    return {name: count for name in names if (count := getattr(done, name))}


def shown(graph: Graph) -> Content:
    """The graph without what depends on when it was written, or was seen without being written."""
    graph.command("MATCH (m:Model) WHERE m.appeared_at = m.first_seen REMOVE m.appeared_at")
    return content(graph, SEEN)


def reload(graph: Graph, settings: Settings, path: Path, at: str, renamed: list[Raw]) -> None:
    """What an update has to equal: the whole dump is loaded, and what is not in it marked."""
    run = Run.begin("update")
    load(graph, iter(renamed), settings=settings, source="test", run=run)
    load_files(graph, [path], settings=settings, observed_at=at)

    mark_gone(graph, run, 0.1, Scope(), datetime.fromisoformat(at))


def test_an_update_makes_the_graph_that_loading_everything_makes(
    empty_graph: Graph, settings: Settings, days: tuple[Path, Path]
) -> None:
    begin(empty_graph, settings, days[0], FIRST)
    done = bring(empty_graph, settings, days[1], SECOND)
    assert counted(done) == {"added": 1, "changed": 4, "renamed": 1, "gone": 1}
    assert (done.rows, done.unchanged, done.rejected) == (11, 4, 1)
    updated = shown(empty_graph)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    begin(empty_graph, settings, days[0], FIRST)
    told: Raw = {
        "record": "change/1",
        "id": "b/old-name",
        "kind": "renamed",
        "before": "b/old-name",
    }
    told |= {"after": "b/new-name", "observed_at": SECOND}
    reload(empty_graph, settings, days[1], SECOND, [told])
    assert updated == shown(empty_graph)


def test_a_hub_comes_to_the_next_day(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path / "1", 400, only_models=True)
    write(tmp_path / "2", 400, changed=200, only_models=True)
    today, tomorrow = (tmp_path / day / "models.parquet" for day in "12")
    at, then = (observed_at(examine(path)) for path in (today, tomorrow))
    begin(empty_graph, settings, today, at)
    done = bring(empty_graph, settings, tomorrow)
    told = empty_graph.read(
        "MATCH (c:Change {kind: 'renamed'}) RETURN 'change/1' AS record, c.model AS id, "
        "'renamed' AS kind, c.before AS before, c.after AS after, $at AS observed_at",
        {"at": then},
    ).rows
    assert (done.renamed, len(told)) == (1, 1)
    assert done.changed > 150
    updated = shown(empty_graph)
    again = bring(empty_graph, settings, tomorrow)
    assert counted(again) == {}
    assert shown(empty_graph) == updated
    empty_graph.command("MATCH (n) DETACH DELETE n")
    begin(empty_graph, settings, today, at)
    reload(empty_graph, settings, tomorrow, then, told)
    assert shown(empty_graph) == updated


def test_what_happened_is_kept_as_changes(
    empty_graph: Graph, settings: Settings, days: tuple[Path, Path], tmp_path: Path
) -> None:
    begin(empty_graph, settings, days[0], FIRST)
    bring(empty_graph, settings, days[1], SECOND)
    found = empty_graph.read(
        "MATCH (c:Change)-[:CONCERNS]->(m:Model) "
        "RETURN c.kind AS kind, c.model AS called, m.id AS id, c.before AS before, c.after AS after"
    ).rows
    assert {tuple(row.values()) for row in found} == {
        ("appeared", "c/new", "c/new", None, None),
        ("bases", "a/gguf", "a/gguf", "a/base, x/unknown", "b/changed, x/unknown"),
        ("gated", "b/taken", "b/taken", "no", "auto"),
        ("gone", "b/deleted", "b/deleted", None, None),
        ("license", "b/changed", "b/changed", "mit", "gpl"),
        ("renamed", "b/old-name", "b/new-name", "b/old-name", "b/new-name"),
        ("taken_over", "b/taken", "b/taken", f"{6:024x}", f"{11:024x}"),
    }
    one = empty_graph.read(
        "MATCH (b:Model {id: 'a/base'}), (n:Model {id: 'b/new-name'}) "
        "RETURN b.downloads_then AS downloads, b.likes_then AS likes, n.aliases AS aliases, "
        "[(x)-[:QUANTIZE]->(n) | x.id] AS children, n.likes AS more"
    ).one()
    assert one == {
        "downloads": [10, 12],
        "likes": [1, 2],
        "aliases": ["b/old-name"],
        "children": ["b/child-of-renamed"],
        "more": 7,
    }
    back = dump(tmp_path / "models-3.parquet", [*TODAY, YESTERDAY[3]])
    assert counted(bring(empty_graph, settings, back, THIRD)) == {"back": 1}
    deleted = empty_graph.read(
        "MATCH (m:Model {id: 'b/deleted'}) RETURN m.gone_since AS gone, "
        "[t IN m.away | toString(t)] AS away"
    ).one()
    assert deleted == {"gone": None, "away": ["2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z"]}


def test_twice_is_once(empty_graph: Graph, settings: Settings, days: tuple[Path, Path]) -> None:
    begin(empty_graph, settings, days[0], FIRST)
    untouched = "MATCH (m:Model {id: 'b/odd'}) RETURN m.last_seen AS seen"
    seen = empty_graph.read(untouched).one()
    trial = update(empty_graph, sources([days[1]], None, SECOND), settings, Seen(), dry_run=True)[0]
    assert counted(trial) == {"added": 1, "changed": 4, "renamed": 1, "gone": 1}
    assert empty_graph.read("MATCH (r:Run {kind: 'update'}) RETURN r").rows == []
    stages = Seen()
    (done,) = update(empty_graph, sources([days[1]], None, SECOND), settings, stages)
    assert counted(done) == counted(trial)
    assert stages.stages == [
        "Models: reading the graph",
        "Models: reading the dump",
        "Models: comparing",
        "Models: writing what differs",
        "Models: marking what is gone",
    ]
    assert empty_graph.read(untouched).one() == seen
    before = content(empty_graph, ())
    again = bring(empty_graph, settings, days[1], SECOND)
    assert (counted(again), again.unchanged) == ({}, 10)
    assert "Writing what differs" not in again.seconds
    assert content(empty_graph, ()) == before
    run = empty_graph.read(
        "MATCH (r:Run {id: $id}) RETURN r.status AS status, r.scope AS scope, "
        "toString(r.observed_to) AS at, r.counts AS counts",
        {"id": done.run_id},
    ).one()
    counts = json.loads(run.pop("counts"))
    assert (counts["added"], counts["unchanged"], counts["gone"]) == (1, 4, 1)
    scope = f"Model of {settings.hub_url}"
    assert run == {"status": "complete", "scope": scope, "at": "2026-10-02T00:00:00Z"}
    goes_on = worklists.up_to(empty_graph, Scope(), settings.hub_url)
    assert goes_on == datetime.fromisoformat(SECOND)


@pytest.mark.parametrize(
    ("is_written", "left"),
    [(False, {"changed": 1, "back": 1, "gone": 1}), (True, {"unfinished": 2, "gone": 1})],
)
def test_cut_off_in_a_batch_and_done_again(
    empty_graph: Graph,
    settings: Settings,
    days: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_written: bool,
    left: dict[str, int],
) -> None:
    def cut_off(*given: Any) -> None:
        if is_written:
            apply(*given)
        raise KeyboardInterrupt

    other = TODAY[1] | {"baseModels": quantized("c/other"), "tags": ["dataset:d/other"]}
    third = dump(days[0].with_name("models-3.parquet"), [other, *TODAY[2:], YESTERDAY[3]])
    begin(empty_graph, settings, days[0], FIRST)
    bring(empty_graph, settings, days[1], SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "apply", cut_off)
        with pytest.raises(KeyboardInterrupt):
            bring(empty_graph, settings, third, THIRD)
    statuses = "MATCH (r:Run {kind: 'update'}) RETURN r.status AS status ORDER BY r.started_at"
    assert empty_graph.read(statuses).rows[-1] == {"status": "interrupted"}
    assert counted(bring(empty_graph, settings, third, THIRD)) == left
    assert counted(bring(empty_graph, settings, third, THIRD)) == {}
    whole = shown(empty_graph)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    begin(empty_graph, settings, days[0], FIRST)
    bring(empty_graph, settings, days[1], SECOND)
    bring(empty_graph, settings, third, THIRD)
    assert shown(empty_graph) == whole


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


def test_killed_and_repeated(
    empty_graph: Graph, settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    rows = [row(f"a/m{n}", n + 1, baseModels=quantized(f"a/m{n // 2}")) for n in range(1, 300)]
    first = dump(tmp_path / "models-1.parquet", rows)
    moved = [
        each | {"likes": 5, "tags": ["dataset:d/x"], "baseModels": quantized("a/m5")}
        for each in rows[:250]
    ]
    second = dump(tmp_path / "models-2.parquet", moved)
    begin(empty_graph, settings, first, FIRST)
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
    done = bring(empty_graph, settings, second, SECOND)
    assert (done.gone, done.changed + done.unfinished) == (49, 250)
    assert done.changed > 0
    assert done.unfinished > 0
    whole = shown(empty_graph)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    begin(empty_graph, settings, first, FIRST)
    bring(empty_graph, settings, second, SECOND)
    assert shown(empty_graph) == whole


def test_the_unbelievable_stays_out(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    rows = [row(f"a/m{n}", n + 1) for n in range(400)]
    begin(empty_graph, settings, dump(tmp_path / "models-1.parquet", rows), FIRST)
    before = content(empty_graph, ())
    cut = dump(tmp_path / "models-2.parquet", [each | {"likes": 9} for each in rows[:299]])
    with pytest.raises(DataError, match="Of 400 models that should be there, 101 are not in"):
        bring(empty_graph, settings, cut, SECOND)
    bad = dump(tmp_path / "models-3.parquet", [*rows, *(row(f"not {n}", n) for n in range(101))])
    with pytest.raises(DataError, match="101 of the 501 rows of"):
        bring(empty_graph, settings, bad, SECOND)
    assert content(empty_graph, ()) == before
    fewer = dump(tmp_path / "models-4.parquet", rows[:300])
    assert counted(bring(empty_graph, settings, fewer, SECOND)) == {"gone": 100}


def test_what_was_seen_later_stays(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    first = dump(tmp_path / "models-1.parquet", [row("a/m", 1), row("a/kept", 2), row("a/x", 3)])
    begin(empty_graph, settings, first, FIRST)
    crawled: list[Raw] = [
        model("a/m", likes=70, last_modified=THIRD, observed_at=THIRD),
        model("a/kept", likes=8, last_modified=THIRD, observed_at=THIRD),
        {"record": "change/1", "id": "a/x", "kind": "gone", "observed_at": THIRD},
    ]
    load(empty_graph, iter(crawled), settings=settings, source="test")
    before = content(empty_graph, ())
    second = dump(tmp_path / "models-2.parquet", [row("a/m", 1, likes=3), row("a/x", 3)])
    for _ in range(2):
        done = bring(empty_graph, settings, second, SECOND)
        assert (counted(done), done.unchanged) == ({"older": 1}, 1)
        assert content(empty_graph, ()) == before


def test_a_former_name_is_no_other(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    first = dump(tmp_path / "models-1.parquet", [row("a/old", 1), row("a/other", 2)])
    begin(empty_graph, settings, first, FIRST)
    renamed: Raw = {"record": "change/1", "id": "a/old", "kind": "renamed", "after": "a/new"}
    load(empty_graph, iter([renamed | {"observed_at": THIRD}]), settings=settings, source="test")
    before = content(empty_graph, ())
    done = bring(empty_graph, settings, first, SECOND)
    assert (counted(done), done.unchanged) == ({}, 2)
    assert content(empty_graph, ()) == before
    back = bring(empty_graph, settings, first, "2026-10-04T00:00:00.000Z")
    assert counted(back) == {"renamed": 1}
    assert empty_graph.read("MATCH (m:Model {id: 'a/old'}) RETURN m.aliases AS a").one() == {
        "a": ["a/new"]
    }


def test_datasets_and_spaces_are_updated(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
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
    load_files(empty_graph, first, settings=settings, observed_at=FIRST)
    done = update(empty_graph, sources(second, None, SECOND), settings, Seen())
    assert [(each.kind, counted(each)) for each in done] == [
        ("datasets", {"changed": 4, "gone": 1}),
        ("spaces", {"changed": 4, "gone": 1}),
    ]
    done = update(empty_graph, sources(first, None, THIRD), settings, Seen())
    assert [counted(each) for each in done] == [{"changed": 4, "back": 1}] * 2
    found = empty_graph.read(
        "MATCH (n) WHERE (n:Dataset OR n:Space) AND n.known AND n.gone_since IS NULL "
        "RETURN labels(n)[0] AS label, count(*) AS n, sum(n.likes) AS likes ORDER BY label"
    ).rows
    assert [tuple(row.values()) for row in found] == [("Dataset", 10, 5), ("Space", 10, 5)]
    with pytest.raises(DataError, match=r"spaces-2.parquet shows the Hub on 2026-10-02 00:00"):
        update(empty_graph, sources(second[1:], None, SECOND), settings, Seen())


def test_what_is_no_newer_dump_is_refused(
    empty_graph: Graph, settings: Settings, days: tuple[Path, Path], tmp_path: Path
) -> None:
    records, events = tmp_path / "records.jsonl", tmp_path / "weekly.parquet"
    records.write_text('{"record": "author/1", "name": "acme"}\n')
    pq.write_table(pa.table({"week": ["2026-09-23"], "event": ["added"], "id": ["a/b"]}), events)
    begin(empty_graph, settings, days[0], SECOND)
    for paths, told in (
        (
            [days[0]],
            "models-1.parquet shows the Hub on 2026-10-01 00:00, and the graph shows it on",
        ),
        ([days[1], records], "records.jsonl is not a dump of the Hub"),
        ([days[1], events], "weekly.parquet holds events"),
        ([days[1], days[0]], "both hold models"),
    ):
        at = FIRST if len(paths) == 1 else THIRD
        with pytest.raises(DataError, match=re.escape(told)):
            update(empty_graph, sources(paths, None, at), settings, Seen())
    assert empty_graph.read("MATCH (r:Run {kind: 'update'}) RETURN r").rows == []


@pytest.fixture
def app(environment: dict[str, str]) -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    app.command("update")(command.update)
    return app


def test_the_command_tells_a_person_and_a_machine(
    app: typer.Typer, empty_graph: Graph, settings: Settings, days: tuple[Path, Path]
) -> None:
    def run(*options: str) -> str:
        asked = ["update", str(days[1]), "--observed-at", "2026-10-02", *options]
        return CliRunner().invoke(app, asked, catch_exceptions=False).stdout

    begin(empty_graph, settings, days[0], FIRST)
    trial = json.loads(run("--dry-run", "--json"))
    assert trial["dry_run"] is True
    assert (trial["updates"][0]["added"], trial["updates"][0]["gone"]) == (1, 1)
    told = run()
    assert told.startswith("Updated models to 2026-10-02T00:00:00.000Z in ")
    for line in ("added                 1", "changed               4", "rejected              1"):
        assert line in told
    (done,) = json.loads(run("--json"))["updates"]
    assert (done["added"], done["changed"], done["unchanged"]) == (0, 0, 10)
