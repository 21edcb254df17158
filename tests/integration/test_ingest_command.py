"""`hubgraph load`, as a person and as a machine see it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph.errors import DataError
from graph.observe.record_writer import RecordWriter
from graph.settings import Settings
from graph.store.connection import Graph
from hubgraph.command import app
from hubgraph.load import load_and_show
from tests.integration.test_ingest import author, model


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl.gz"
    with RecordWriter(path) as writer:
        writer.write(author())
        writer.write(model("acme/child", relation="finetune", bases=["acme/base"], likes="7"))
        writer.write(model("not [bold]an id"))
    return path


@pytest.mark.usefixtures("environment", "empty_graph")
def test_a_person_sees_what_was_done(records: Path) -> None:
    result = CliRunner().invoke(app, ["load", str(records)], catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (0, "")
    for line in (
        "Loaded records.jsonl.gz: 3 records in",
        "  models   1 new, 0 updated, 0 unchanged",
        "  authors  1 new, 0 updated, 0 unchanged",
        "  lineage  1 relationship",
        "  left out 1 record that could not be used",
        "Issues         1 rejected, 1 repaired; see ",
    ):
        assert line in result.stderr


@pytest.mark.usefixtures("environment", "empty_graph")
def test_a_machine_reads_json(records: Path) -> None:
    result = CliRunner().invoke(app, ["load", str(records), "--json"], catch_exceptions=False)
    summary = json.loads(result.stdout)
    assert (summary["status"], summary["read"], summary["rejected"]) == ("complete", 3, 1)
    assert summary["models"] == {"new": 1, "updated": 0, "unchanged": 0, "older": 0}
    assert summary["records_per_s"] > 0
    entries = Path(summary["issue_log"]).read_text(encoding="ascii").splitlines()
    assert [json.loads(entry)["line"] for entry in entries] == [2, 3]


@pytest.mark.usefixtures("environment", "empty_graph")
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    result = CliRunner().invoke(app, ["load", str(path)], catch_exceptions=False)
    assert "0 records: empty.jsonl holds none." in result.stderr


@pytest.mark.usefixtures("environment", "empty_graph")
def test_what_is_no_record_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a directory"):
        CliRunner().invoke(app, ["load", str(tmp_path)], catch_exceptions=False)


def test_older_records_are_said_to_be_older(
    empty_graph: Graph, settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "new.jsonl", tmp_path / "old.jsonl"]
    for path, month in zip(paths, (2, 1), strict=True):
        with RecordWriter(path) as writer:
            writer.write(model(last_modified=f"2025-0{month}-01T00:00:00Z"))
    for path in paths:
        load_and_show(empty_graph, [path], settings)
    written = capfd.readouterr().err
    assert "0 new, 0 updated, 0 unchanged, 1 older than what the graph holds" in written
