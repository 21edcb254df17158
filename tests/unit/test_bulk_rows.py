"""What the bulk import makes of a dump's rows equals what the loader makes of them one by one."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.observe import Normaliser, Record, parameter_count
from graph.observe import dumps as dump
from graph.observe.issue_log import IssueLog
from graph.schema import MODEL
from graph.settings import Settings
from graph.ways.replace import contents, files
from graph.ways.replace.reading import Reader, Source
from graph.ways.replace.staging import Staging

AT = "2026-10-03T00:00:00.000Z"
NOW = datetime(2026, 10, 4, tzinfo=UTC)
STRUCTS: dict[str, Any] = {
    "baseModels": pa.struct(
        [
            ("relation", pa.string()),
            ("models", pa.list_(pa.struct([("_id", pa.string()), ("id", pa.string())]))),
        ]
    ),
    "safetensors": pa.struct(
        [
            ("parameters", pa.struct([(n, pa.int64()) for n in ("BF16", "U8", "I32", "F8_E4M3")])),
            ("total", pa.int64()),
        ]
    ),
}
COLUMNS: dict[str, Any] = {
    "_id": pa.string(),
    "id": pa.string(),
    "createdAt": pa.timestamp("us", "UTC"),
    "lastModified": pa.timestamp("ms"),
    "downloads": pa.int32(),
    "downloadsAllTime": pa.float64(),
    "likes": pa.int64(),
    "sha": pa.string(),
    "trendingScore": pa.float64(),
    "pipeline_tag": pa.string(),
    "library_name": pa.string(),
    "gated": pa.string(),
    "tags": pa.list_(pa.string()),
    **STRUCTS,
}

NAMES = ["acme/base-7B", "gpt2", "jane/x_y.z-350M", "bad id", "a/" + "n" * 97, ""]
TAGS = [
    "en", "zh", "xx", "text-generation", "transformers", "license:mit", "license:", "license: odd",
    "region:us", "dataset:acme/texts", "dataset:ACME/Texts", "dataset:no such", "arxiv:2403.04652",
    "arxiv:2403.04652v2", "arxiv:nonsense", "gguf", "", " ", "tab\there", "naïve", "x" * 201,
    "base_model:acme/base-7B", "base_model:finetune:acme/base-7B", "base_model:quantized:gpt2",
    "base_model:adapter:", "base_model:merge:b/c", None, "\x00",
]  # fmt: skip
TEXTS = ["text-generation", "transformers", "", "  ", " padded ", "naïve", "y" * 1001, "a\nb", None]
SOME_DAY = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
TIMES = [
    SOME_DAY,
    datetime(1969, 1, 1, tzinfo=UTC),
    datetime(2100, 1, 1, tzinfo=UTC),
    None,
]
COUNTS = [0, 1, 12, 2**31 - 1, -1, None]
FORMATS = ["BF16", "U8", "I32", "F8_E4M3"]


def hostile(seed: int, count: int) -> list[dict[str, Any]]:
    """Rows of which some are plain and some are anything but; mostly one oddity each."""
    choose = random.Random(seed)  # noqa: S311

    def some(values: list[Any], plain: Any) -> Any:
        return choose.choice(values) if choose.random() < 0.15 else plain

    def bases() -> Any:
        if choose.random() < 0.5:
            return None
        own = f"M/model-{number}"
        ids = [some([*NAMES, None, own], "acme/base-7B"), some(NAMES, "b/c")]
        relation = some(["quantized", "merge", "unknown", None, ""], "finetune")
        models = some([None, []], [{"_id": None, "id": i} for i in ids[: choose.randint(1, 2)]])
        return {"relation": relation, "models": models}

    def weights() -> Any:
        if choose.random() < 0.5:
            return None
        formats = {name: some([0, None, 10**12], 7) for name in choose.sample(FORMATS, 2)}
        return {
            "parameters": some([None], formats),
            "total": some([0, -5, None, 2**60], 7_000_000_000),
        }

    rows = []
    for number in range(count):
        sure = ["en", "transformers", "license:mit", "region:us"]
        tags = sure + choose.sample(TAGS, choose.randint(0, 3)) if choose.random() < 0.6 else sure
        rows.append(
            {
                "_id": f"{number:024x}",
                "id": some(
                    ["bad id", f"{number}-8x7B", f"a/{number}" + "n" * 97, ""], f"m/model-{number}"
                ),
                "createdAt": some(TIMES, SOME_DAY),
                "lastModified": some(TIMES, SOME_DAY + timedelta(days=number)),
                "downloads": some(COUNTS, number),
                "downloadsAllTime": some([1.5, 3.0, float("nan"), -1.0, None, 1e300], 9.0),
                "likes": some([*COUNTS, 2**60], 3),
                "sha": some(TEXTS, "c0ffee"),
                "trendingScore": some([0.25, -3.0, float("inf"), 1e20, None, float("nan")], 1.0),
                "pipeline_tag": some(TEXTS, "text-generation"),
                "library_name": some(TEXTS, "transformers"),
                "gated": some(
                    ["auto", "manual", "False", "false", "no", "AUTO", "", None], "False"
                ),
                "tags": some([None, []], tags),
                "baseModels": bases(),
                "safetensors": weights(),
            }
        )
    return rows


def as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The older form: objects as text."""
    odd = ["{", "[]", "3", '"text"', "null", "", '{"relation": 5, "models": "x"}', "{}"]
    found = []
    for number, row in enumerate(rows):
        texts = {name: None if row[name] is None else json.dumps(row[name]) for name in STRUCTS}
        if number % 7 == 0:
            texts["baseModels"] = odd[number // 7 % len(odd)]
        if number % 11 == 0:
            texts["safetensors"] = odd[number // 11 % len(odd)]
        found.append({**row, **texts})
    return found


def expected(record: Record) -> dict[str, Any]:
    """The node of a record in an empty graph, as the loader makes it."""
    values: dict[str, Any] = {k: v for k, v in record.properties.items() if v is not None}
    if absent := sorted(k for k, v in record.properties.items() if v is None):
        values["absent"] = absent
    if "parameters" not in values and (guess := parameter_count(record.spelling)):
        values["parameters"], values["parameters_source"] = guess
    if record.lineage is not None:
        values["base_count"] = len(record.lineage.bases)
        if record.lineage.relation:
            values["relation"] = record.lineage.relation
    values |= {"id": record.spelling, "id_folded": record.key, "known": True}
    values["name"] = record.spelling.rpartition("/")[2]
    if "/" in record.spelling:
        values["author"] = record.spelling.partition("/")[0]
    values["record_version"] = record.version
    values["appeared_at"] = values.get("created_at") or record.observed_at
    return values


def imported(path: Path, tmp_path: Path) -> tuple[dict[str, dict[str, Any]], int, set[Any]]:
    """Nodes of the import files by id, how many rows were plain, and the lineage."""
    source = Source(path, dump.examine(path, "models"), AT, 0)
    work = tmp_path / "work"
    work.mkdir()
    log = IssueLog(tmp_path / "issues.jsonl")
    with Staging(work) as staging:
        reader = Reader(staging, Settings(max_bad_share=1.0), log)
        reader.take(0, source, lambda _: None)
        contents.work_out(staging)
        contents.since(staging, int(NOW.timestamp() * 1000))
        made = files.write(staging, tmp_path, NOW, lambda _: None)
    log.close()
    found: dict[str, dict[str, Any]] = {}
    ids: dict[int, str] = {}
    lineage = set()
    for file in (file for file in made if file.name == MODEL.label):
        for row in pq.read_table(file.path).to_pylist():
            node = {name: value for name, value in row.items() if value is not None}
            ids[node.pop(":ID")] = node["id"]
            del node["first_seen"], node["last_seen"]
            if node["known"]:
                found[node["id"]] = node
    for file in (file for file in made if file.name in ("FINETUNE", "QUANTIZE", "MERGE")):
        for row in pq.read_table(file.path).to_pylist():
            lineage.add((ids[row[":START_ID"]], file.name, ids[row[":END_ID"]].lower()))
    return found, reader.done.read - reader.done.repaired, lineage


def iso(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


@pytest.mark.parametrize(
    ("seed", "form", "without"),
    [
        (1, "structs", ()),
        (2, "structs", ()),
        (3, "json", ()),
        (4, "structs", ("tags", "_id", "createdAt", "gated")),
        (5, "structs", ("baseModels", "safetensors", "lastModified", "likes")),
    ],
)
def test_as_columns_and_one_by_one_rows_become_the_same(
    seed: int, form: str, without: tuple[str, ...], tmp_path: Path
) -> None:
    rows = hostile(seed, 400)
    types = {name: kind for name, kind in COLUMNS.items() if name not in without}
    if form == "json":
        rows = as_json(rows)
        types |= {name: pa.string() for name in STRUCTS if name in types}
    path = tmp_path / "models.parquet"
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(types.items()))), path)

    normalise = Normaliser()
    wanted: dict[str, dict[str, Any]] = {}
    links = set()
    for line in dump.lines(dump.examine(path, "models"), AT):
        record = normalise(line.raw)[0] if line.issue is None else None
        if record is None:
            continue
        wanted[record.spelling] = expected(record)
        for base in record.lineage.bases if record.lineage else ():
            relation = {"quantized": "QUANTIZE"}.get(
                str(record.lineage and record.lineage.relation),
                str(record.lineage and record.lineage.relation).upper(),
            )
            links.add((record.spelling, relation, base.lower()))

    found, plain, lineage = imported(path, tmp_path)
    assert found.keys() == wanted.keys()
    for name, node in wanted.items():
        got = {key: iso(value) for key, value in found[name].items() if key != "aliases"}
        assert got == node, name
    assert lineage == links
    assert 40 < plain < 400, "some rows must be plain and some not"
