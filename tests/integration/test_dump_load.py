"""Dumps go into the graph as record files do, by the same command."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from graph.errors import ConfigurationError, DataError
from graph.observe.hub.records import model_record
from graph.observe.record_writer import RecordWriter
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load_files
from hubgraph.command import app
from tests.integration.test_ingest import SEEN, content

MODELS: list[dict[str, object]] = [
    {
        "id": "acme/base",
        "_id": "60000000000000000000000a",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "lastModified": "2026-09-30T00:00:00.000Z",
        "likes": 34,
        "downloads": 1_200,
        "tags": ["transformers", "en", "license:mit", "dataset:acme/texts"],
        "baseModels": None,
        "safetensors": {"parameters": {"BF16": 7_000}, "total": 7_000},
        "gated": "auto",
    },
    {
        "id": "jane/base-GGUF",
        "_id": "60000000000000000000000b",
        "createdAt": "2026-02-01T00:00:00.000Z",
        "lastModified": "2026-09-29T00:00:00.000Z",
        "likes": 1,
        "downloads": 0,
        "tags": ["gguf", "base_model:quantized:acme/base", "base_model:x/other"],
        "baseModels": {"relation": "quantized", "models": [{"_id": "6", "id": "acme/base"}]},
        "safetensors": None,
        "gated": "False",
    },
    {
        "id": "jane/tagged",
        "_id": "60000000000000000000000c",
        "createdAt": "2026-03-01T00:00:00.000Z",
        "lastModified": "2026-09-28T00:00:00.000Z",
        "likes": 0,
        "downloads": 2,
        "tags": ["base_model:adapter:acme/base"],
        "baseModels": None,
        "safetensors": None,
        "gated": None,
    },
]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models.parquet"
    bad = dict.fromkeys(MODELS[0]) | {"id": "not an id"}
    names = pa.Table.from_pylist([MODELS[0], bad, *MODELS[1:]])
    pq.write_table(names.append_column("sha", pa.array([7] * 4)), path)
    return path


@pytest.mark.usefixtures("environment")
def test_a_dump_is_loaded_bad_rows_logged(empty_graph: Graph, models: Path) -> None:
    result = CliRunner().invoke(app, ["load", str(models), "--json"], catch_exceptions=False)
    summary = json.loads(result.stdout)
    assert (summary["status"], summary["read"], summary["rejected"]) == ("complete", 4, 1)
    assert summary["observed_to"] == "2026-09-30T00:00:00.000Z"
    entries = map(json.loads, Path(summary["issue_log"]).read_text(encoding="ascii").splitlines())
    assert [(entry["line"], entry["field"], entry["outcome"]) for entry in entries] == [
        (0, "sha", "dropped"),
        (2, "id", "rejected"),
    ]
    found = empty_graph.read(
        "MATCH (m:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) "
        "RETURN m.id AS id, type(r) AS type, r.source AS source, m.tagged_bases AS tagged, "
        "b.parameters AS parameters ORDER BY id"
    ).rows
    assert [tuple(row.values()) for row in found] == [
        ("jane/base-GGUF", "QUANTIZE", "base_models", ["x/other"], 7_000),
        ("jane/tagged", "ADAPTER", "tags", None, 7_000),
    ]


def test_a_dump_says_what_the_interface_says_and_twice_is_once(
    empty_graph: Graph, settings: Settings, models: Path, tmp_path: Path
) -> None:
    load_files(empty_graph, [models], settings=settings)
    once = content(empty_graph, SEEN)
    again = load_files(empty_graph, [models], settings=settings)
    assert content(empty_graph, SEEN) == once
    assert again.tallies["models"].unchanged == 3
    empty_graph.command("MATCH (n) DETACH DELETE n")
    with RecordWriter(tmp_path / "answers.jsonl") as writer:
        for row in MODELS:
            answer = row | {"gated": False if row["gated"] == "False" else row["gated"]}
            writer.write(model_record(answer, "2026-09-30T00:00:00Z"))
    load_files(empty_graph, [tmp_path / "answers.jsonl"], settings=settings)
    assert content(empty_graph, SEEN) == once


@pytest.mark.usefixtures("environment")
def test_every_kind_in_one_command(empty_graph: Graph, models: Path, tmp_path: Path) -> None:
    datasets, spaces, events = (tmp_path / f"{n}.parquet" for n in ("datasets", "spaces", "weekly"))
    records = tmp_path / "records.jsonl"
    pq.write_table(pa.table({"id": ["acme/texts"], "likes": [3], "citation": ["x"]}), datasets)
    space = {"id": ["jane/try"], "sdk": ["gradio"], "models": [["acme/base"]]}
    pq.write_table(pa.table(space), spaces)
    rows = [("2026-09-23", "added", "joe/new"), ("2026-09-30", "deleted", "joe/new")]
    columns = dict(zip(("week", "event", "id"), map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), events)
    with RecordWriter(records) as writer:
        writer.write({"record": "author/1", "name": "acme", "followers": 12})
    files = [str(path) for path in (datasets, models, events, records, spaces)]
    asked = ["load", *files, "--observed-at", "2026-10-01"]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    for line in (
        "  models   4 new, 0 updated, 1 unchanged",
        "  authors  1 new",
        "  datasets 1 new",
        "  spaces   1 new",
        "  changes  2",
    ):
        assert line in result.stderr
    (row,) = empty_graph.read(
        "MATCH (s:Space)-[:USES]->(b:Model)-[:TRAINED_ON]->(d:Dataset), (m:Model {id: 'joe/new'}) "
        "RETURN s.id AS space, d.likes AS likes, toString(m.gone_since) AS gone, "
        "split(b.record_version, ' ')[1] AS at"
    ).rows
    times = ("2026-09-30T00:00:00Z", "2026-10-01T00:00:00.000Z")
    assert tuple(row.values()) == ("jane/try", 3, *times)


@pytest.mark.usefixtures("environment", "empty_graph")
def test_options_that_concern_no_file_are_refused(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    with RecordWriter(records) as writer:
        writer.write({"record": "author/1", "name": "acme"})

    def told(*options: str) -> str:
        with pytest.raises((ConfigurationError, DataError)) as error:
            CliRunner().invoke(app, ["load", str(records), *options], catch_exceptions=False)
        return str(error.value)

    assert "none of the files is a dump" in told("--kind", "models")
    assert "none of the files is a dump" in told("--observed-at", "2026-10-01")
    assert "'soon' is not a time" in told("--observed-at", "soon")


def test_one_bad_file(empty_graph: Graph, settings: Settings, models: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(pa.table({"repo": ["a"]}), foreign)
    with pytest.raises(DataError, match="it has no column id"):
        load_files(empty_graph, [models, foreign], settings=settings)
    assert empty_graph.read("MATCH (n) RETURN count(n) AS n").one()["n"] == 0
