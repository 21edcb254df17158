"""A load that is killed loses nothing it reported, and the next one makes the graph whole."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph.observe.record_writer import RecordWriter
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load_files
from tests.integration.test_ingest import SEEN, content, model

_LOAD = """
import sys
from pathlib import Path
from graph.store.connection import connect
from graph.settings import load_settings
from graph.ways.load import load_files
settings = load_settings(batch_size=50)
with connect(settings) as graph:
    load_files(graph, [Path(sys.argv[1])], settings=settings,
               on_batch=lambda p: print(p.written, flush=True))
"""


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    with RecordWriter(path) as writer:
        for n in range(1_000):
            bases = [f"team{n % 7}/base{n % 40}", f"a/m{n // 2}"]
            writer.write(model(f"a/m{n}", likes=n, relation="merge", bases=bases))
    return path


@pytest.mark.parametrize("reports", [0, 1, 3, 9])
def test_killed_and_loaded_again(
    empty_graph: Graph, settings: Settings, environment: dict[str, str], records: Path, reports: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LOAD, str(records)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        written = 0
        for _ in range(reports):
            written = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        written = max([written, *map(int, process.stdout.read().split())])
    assert process.returncode == -signal.SIGKILL
    assert written < 1_000
    described = {
        row["id"]
        for row in empty_graph.read("MATCH (m:Model {known: true}) RETURN m.id AS id").rows
    }
    lines = records.read_text().splitlines()[:written]
    assert {json.loads(line)["id"] for line in lines} <= described
    linked = (
        "MATCH (m:Model {known: true})-[:MERGE]->(b) WITH m, count(b) AS n RETURN m.id AS id, n"
    )
    bases = {row["id"]: row["n"] for row in empty_graph.read(linked).rows}
    assert bases.keys() == described, "a batch has its links"
    assert {count for id_, count in bases.items() if id_ != "a/m0"} <= {2}, "each with all of them"

    load_files(empty_graph, [records], settings=settings)
    after = content(empty_graph, SEEN)
    statuses = empty_graph.read("MATCH (r:Run) RETURN r.status AS s ORDER BY r.started_at").rows
    assert statuses[-1] == {"s": "complete"}
    assert all(row == {"s": "interrupted"} for row in statuses[:-1])
    empty_graph.command("MATCH (n) DETACH DELETE n")
    load_files(empty_graph, [records], settings=settings)
    assert content(empty_graph, SEEN) == after
