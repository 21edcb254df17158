"""A bulk import on a local server of its own: the graph of a load, and kills at every stage."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench.hub.write import write
from graph import schema
from graph.errors import DataError, HubgraphError, ServerError
from graph.observe.record_writer import RecordWriter
from graph.observe.sources import sources as checked
from graph.progress import Silent
from graph.server.home import home_of
from graph.server.java import admin_command
from graph.server.local import LocalServer
from graph.server.service import Service
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.store.indexes import apply_schema
from graph.ways.load import load_files
from graph.ways.replace.importing import import_files, look, write_files
from hubgraph.command import app

MODELS = 1_500
EXTRA: list[dict[str, Any]] = [
    {"record": "author/1", "name": "acme", "kind": "organization", "followers": 12},
    {"record": "author/1", "name": "ACME", "full_name": "Acme Corporation"},
    {"record": "model/1", "id": "acme/base-7B", "license": "mit", "bases": [], "tags": ["a", "b"]},
    {
        "record": "model/1",
        "id": "Acme/Base-7b",
        "likes": 3,
        "last_modified": "2024-01-01T00:00:00Z",
    },
    {"record": "model/1", "id": "jane/loop", "relation": "merge", "bases": ["jane/loop", "x/Y"]},
    {
        "record": "model/1",
        "id": "jane/many",
        "relation": "merge",
        "bases": [f"many/parent-{number}" for number in range(65)],
        "bases_source": "tags",
        "datasets": ["acme/texts", "Acme/Texts-2"],
        "papers": ["2403.04652"],
        "new_version": "x/y",
        "tagged_bases": ["a/b"],
        "card_bases": ["Many/Parent-1", "x/never-described"],
        "unusable_bases": ["./local"],
    },
    {"record": "model/1", "id": "jane/13B-only", "observed_at": "2025-01-01T00:00:00Z"},
    {"record": "dataset/1", "id": "acme/texts", "likes": 1},
    {"record": "space/1", "id": "jane/try", "models": ["jane/many", "X/y"], "datasets": ["a/b"]},
    {"record": "model/1", "id": "jane/old", "likes": 1, "observed_at": "2025-01-01T00:00:00Z"},
    {
        "record": "change/1",
        "id": "jane/old",
        "kind": "gone",
        "after": "removed",
        "observed_at": "2025-02-01T00:00:00Z",
    },
    {"record": "model/1", "id": "not an id"},
]

KILLED = """
import os, signal, sys
from pathlib import Path
from graph.progress import Silent
from graph.observe.sources import sources
from graph.ways.replace.importing import import_files
from graph.settings import load_settings

class Killer(Silent):
    def stage(self, name):
        if name == sys.argv[1]:
            self.wanted = True
            if name not in ("import", "index"):
                os.kill(os.getpid(), signal.SIGKILL)
    wanted = False
    def advance(self, share, detail=""):
        if self.wanted:
            os.kill(os.getpid(), signal.SIGKILL)

data, logs = map(Path, sys.argv[3:])
settings = load_settings(data_dir=data, log_dir=logs, bolt_port=0, http_port=0, heap_mb=512,
                         pagecache_mb=128)
import_files(settings, sources([Path(sys.argv[2])]), Killer())
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("hub")
    write(folder, MODELS, seed=3)
    extra = folder / "extra.jsonl.zst"
    with RecordWriter(extra) as writer:
        for record in EXTRA:
            writer.write(record)
    return [*(folder / f"{kind}.parquet" for kind in ("models", "datasets", "spaces")), extra]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a local server of this module's own."""
    folder = tmp_path_factory.mktemp("server")
    settings = load_settings(
        neo4j_uri=None,
        data_dir=folder / "data",
        log_dir=folder / "logs",
        bolt_port=0,
        http_port=0,
        heap_mb=512,
        pagecache_mb=128,
        row_limit=100_000,
    )
    yield settings
    LocalServer(settings).down()


@pytest.fixture(scope="module")
def imported(own: Settings, sources: list[Path]) -> dict[str, Any]:
    """What an import of every source said; the server serves its graph."""
    return asdict(import_files(own, checked(sources), Silent()))


def content(graph: Graph) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Every node and relationship besides runs, without the times of runs."""
    plain = (
        "[k IN keys(x) WHERE NOT k IN ['first_seen', 'last_seen'] | [k, CASE"
        " WHEN x[k] = x.first_seen THEN 'now'"
        " WHEN valueType(x[k]) STARTS WITH 'ZONED' THEN toString(x[k])"
        " WHEN valueType(x[k]) STARTS WITH 'LIST<ZONED' THEN [t IN x[k] | toString(t)]"
        " ELSE x[k] END]]"
    )
    name = "coalesce(n.id, n.name, n.arxiv_id)"
    nodes = graph.read(
        "MATCH (n) WHERE NOT n:Run|Answer|Graph WITH n, n AS x"
        f" RETURN labels(n)[0] AS label, {name} AS name,"
        f" {plain} AS facts"
    ).rows
    links = graph.read(
        f"MATCH (n)-[x]->(m) RETURN {name} AS start, type(x) AS type, labels(m)[0] AS label,"
        f" {name.replace('n.', 'm.')} AS end, {plain} AS facts"
    ).rows
    return (
        {(row["label"], row["name"]): dict(row["facts"]) for row in nodes},
        {
            (row["start"], row["type"], row["label"], row["end"]): dict(row["facts"])
            for row in links
        },
    )


def differing(one: dict[Any, Any], other: dict[Any, Any]) -> list[Any]:
    """What two graphs do not have in common: (which, field, in one, in the other)."""
    found: list[Any] = []
    for key in one.keys() | other.keys():
        a, b = one.get(key, {}), other.get(key, {})
        found += [
            (key, name, a.get(name), b.get(name)) for name in a | b if a.get(name) != b.get(name)
        ]
    return sorted(found, key=repr)[:20]


def test_an_import_and_a_load_make_the_same_graph(
    imported: dict[str, Any],
    own: Settings,
    sources: list[Path],
    empty_graph: Graph,
    settings: Settings,
) -> None:
    load_files(empty_graph, sources, settings=settings)
    with connect(own) as other:
        nodes, links = content(other)
    wanted_nodes, wanted_links = content(empty_graph)
    assert differing(wanted_nodes, nodes) == []
    assert differing(wanted_links, links) == []
    assert imported["rejected"] == 1
    assert imported["unresolved"] >= 1
    assert imported["loaded_later"] >= 3, "two spellings of a model and of an author, one change"


def test_its_run_is_a_snapshot_and_every_index_serves(
    imported: dict[str, Any], own: Settings
) -> None:
    with connect(own) as graph:
        run = graph.read(
            "MATCH (r:Run {id: $id}) RETURN r.status AS status, r.scope AS scope,"
            " r.counts AS counts, r.kind AS kind",
            {"id": imported["run_id"]},
        ).one()
        states = graph.command("SHOW INDEXES YIELD state RETURN collect(DISTINCT state) AS s").one()
        graph.require_gds()
    assert (run["status"], run["kind"]) == ("complete", "import")
    assert run["scope"].startswith("Model of ")
    assert json.loads(run["counts"])["nodes"]["Model"] >= MODELS
    assert states["s"] == ["ONLINE"]


@pytest.mark.parametrize("stage", ["read", "write", "import", "index"])
def test_killed_at_any_stage_the_earlier_graph_serves(
    stage: str, imported: dict[str, Any], own: Settings, sources: list[Path]
) -> None:
    with connect(own) as graph:
        before = graph.read("MATCH (n) RETURN count(n) AS nodes").one()
    arguments = [stage, str(sources[0]), str(own.data_dir), str(own.log_dir)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, timeout=180)
    assert done.returncode == -signal.SIGKILL
    LocalServer(own).up()
    with connect(own) as graph:
        assert graph.read("MATCH (n) RETURN count(n) AS nodes").one() == before
        assert graph.read("MATCH (r:Run) RETURN collect(r.id) AS ids").one()["ids"] == [
            imported["run_id"]
        ]
    left = [path.name for path in (own.data_dir / "server").glob("data*") if path.is_dir()]
    assert len(left) == 1


def test_interrupted_while_it_reads_it_says_so_and_leaves_nothing(
    sources: list[Path], tmp_path: Path
) -> None:
    """DuckDB makes another error of Ctrl-C in the middle of a statement."""
    write(tmp_path, 100_000, only_models=True)
    words = ["-m", "hubgraph", "import", str(tmp_path / "models.parquet"), "--files-only"]
    process = subprocess.Popen(
        [sys.executable, *words, str(tmp_path / "out")],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"HUBGRAPH_LOG_DIR": str(tmp_path / "logs")},
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Reading")
    time.sleep(0.2)
    process.terminate()  # as Ctrl-C
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 130, told
    assert told.endswith("Interrupted.\n")
    assert "Traceback" not in told
    assert not list((tmp_path / "out").iterdir())


def test_a_second_import_at_the_same_time_is_refused(
    imported: dict[str, Any], own: Settings, sources: list[Path]
) -> None:
    with (
        LocalServer(own).replace(),
        pytest.raises(ServerError, match=r"[Ii]mport"),
    ):
        import_files(own, checked(sources[:1]), Silent())


def test_an_import_waits_for_nobody_who_writes(
    imported: dict[str, Any], own: Settings, sources: list[Path]
) -> None:
    with connect(own) as graph:
        graph.write("MERGE (r:Run {id: 'somebody'}) DELETE r")
        with pytest.raises(ServerError, match=r"writ"):
            import_files(own, checked(sources[:1]), Silent())


def test_bad_sources_change_nothing(
    imported: dict[str, Any], own: Settings, sources: list[Path], tmp_path: Path
) -> None:
    cut = tmp_path / "models.parquet"
    cut.write_bytes(sources[0].read_bytes()[:5_000])
    bad = tmp_path / "bad-models.parquet"
    table = pq.read_table(sources[0])
    names = ["no id"] * 200 + table.column("id").to_pylist()[200:]
    pq.write_table(table.set_column(table.schema.get_field_index("id"), "id", [names]), bad)
    for path, reason in ((cut, "damaged"), (bad, "are bad")):
        with pytest.raises(DataError, match=reason):
            import_files(own, checked([path]), Silent())
    with connect(own) as graph:
        assert graph.read("MATCH (r:Run) RETURN count(r) AS runs").one()["runs"] == 1


def test_a_dry_run_counts_what_an_import_brings(
    imported: dict[str, Any], own: Settings, sources: list[Path]
) -> None:
    told = look(own, checked(sources), Silent())
    for name, count in told.nodes.items():
        assert 0 <= imported["nodes"][name] - count <= 2 or count == imported["nodes"][name]
    assert told.relationships == imported["relationships"]
    assert told.needed is not None


def test_files_for_a_server_elsewhere(own: Settings, sources: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    told = write_files(own, checked(sources[:1]), folder, Silent())
    names = {path.name for path in folder.iterdir()}
    assert {"import.sh", "schema.cypher", "published-models.parquet"} <= names
    text = (folder / "import.sh").read_text("utf-8")
    assert str(tmp_path) not in text, "only names of files, no paths of this machine"
    assert all(name in text for name in names if name.endswith(".parquet"))
    assert sum(told.nodes.values()) > MODELS
    assert _imported_elsewhere(own, folder, tmp_path / "elsewhere") == sum(told.nodes.values())
    with pytest.raises(HubgraphError, match="not empty"):
        write_files(own, checked(sources[:1]), folder, Silent())


def _imported_elsewhere(own: Settings, folder: Path, place: Path) -> int:
    """Run `import.sh` as on a server elsewhere; how many nodes came in."""
    elsewhere = own.model_copy(update={"data_dir": place / "data", "log_dir": place / "logs"})
    home = home_of(elsewhere)
    home.prepare()
    service = Service(elsewhere, home)
    service.provide_jars(Silent())
    service.write_conf(service.choose_ports(None))
    tool = place / "neo4j-admin"
    command = admin_command(home, 512)[4:]  # without going to the home
    at = command.index("-cp") + 1
    command[at] = ":".join(str(home.root / jar) for jar in command[at].split(":"))
    tool.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    tool.chmod(0o755)
    told = subprocess.run(
        [folder / "import.sh"],
        env={
            "PATH": f"{place}:{os.environ['PATH']}",
            "NEO4J_HOME": str(home.root),
            "NEO4J_CONF": str(home.conf),
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"(\d+) nodes", told)
    assert found, told
    return int(found[1])


def test_the_command(sources: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBGRAPH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HUBGRAPH_LOG_DIR", str(tmp_path / "logs"))
    run = CliRunner().invoke
    told = run(app, ["import", str(sources[0]), "--dry-run", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["nodes"]["Model"] >= MODELS
    told = run(app, ["import", str(sources[0]), "--dry-run"])
    assert "Would import 1,500 records from models.parquet of 20" in told.stdout
    assert "Would need" in told.stdout
    told = run(app, ["import", str(sources[0]), "--files-only", str(tmp_path / "out")])
    assert "import.sh on the other server while it is stopped" in told.stdout
    assert run(app, ["import", str(sources[0]), "--dry-run", "--files-only", "x"]).exit_code == 2


def test_killed_after_the_switch_the_new_graph_serves_and_is_completed(
    imported: dict[str, Any], own: Settings, sources: list[Path]
) -> None:
    arguments = ["complete indexes", str(sources[0]), str(own.data_dir), str(own.log_dir)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, timeout=180)
    assert done.returncode == -signal.SIGKILL
    LocalServer(own).up()
    online = "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN collect(name) AS names"
    with connect(own) as graph:
        run = graph.read("MATCH (r:Run) RETURN r.id AS id, r.status AS status").one()
        assert run["id"] != imported["run_id"]
        assert run["status"] == "complete"
        assert graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"] >= MODELS
        apply_schema(graph)
        made = set(graph.command(online).one()["names"])
    assert made >= schema.constraint_statements().keys()
