"""What the bulk import makes of a dump's rows equals what the loader makes of them one by one."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.observe.dumps.columns import examine
from graph.observe.dumps.rows import lines
from graph.observe.intake import Intake
from graph.observe.normalise import Normaliser, Record
from graph.observe.parameters import is_adapter, parameter_count
from graph.observe.sources import SourceFile
from graph.schema import DUMPED, TYPE_OF_RELATION, KeyShape, NodeType
from graph.settings import Settings
from graph.ways.replace import contents, files
from graph.ways.replace.reading import StagingReader
from graph.ways.replace.staging import Staging
from graph.ways.replace.summary import ImportSummary

AT = "2026-10-03T00:00:00.000Z"
NOW_MS = int(datetime(2026, 10, 4, tzinfo=UTC).timestamp() * 1000)
TEXT, COUNT = pa.string(), pa.int64()
FORMATS = ["BF16", "U8", "I32", "F8_E4M3"]
STRUCTS: dict[str, Any] = {
    "baseModels": pa.struct(
        {"relation": TEXT, "models": pa.list_(pa.struct({"_id": TEXT, "id": TEXT}))}
    ),
    "safetensors": pa.struct(
        {"parameters": pa.struct(dict.fromkeys(FORMATS, COUNT)), "total": COUNT}
    ),
    "gguf": pa.struct({"total": COUNT, "chat_template": TEXT}),
    "config": pa.struct({"architectures": pa.list_(TEXT)}),
    "cardData": pa.struct(
        {
            "new_version": TEXT,
            "base_model": pa.list_(TEXT),
            "license_name": TEXT,
            "license_link": TEXT,
        }
    ),
    "childrenModelCount": pa.struct({"merge": COUNT}),
}
TYPES: dict[str, Any] = {
    "createdAt": pa.timestamp("us", "UTC"), "downloads": pa.int32(),
    "downloadsAllTime": pa.float64(), "trendingScore": pa.float64(), **STRUCTS,
}  # fmt: skip
"""Types of columns, where they are not the usual ones of their shape."""
USUAL: dict[KeyShape, Any] = {
    KeyShape.TEXT: pa.string(), KeyShape.GATED: pa.string(), KeyShape.NUMBER: pa.int64(),
    KeyShape.FLAG: pa.bool_(), KeyShape.TIME: pa.timestamp("ms"),
    KeyShape.TEXTS: pa.list_(pa.string()),
}  # fmt: skip


def columns(node: NodeType) -> dict[str, Any]:
    """Every column that a dump of a kind may have → its type."""
    keys = node.hub_keys.values()
    return {"id": pa.string(), **{k.name: TYPES.get(k.name) or USUAL[k.shape] for k in keys}}


CARD_BASES = [
    "bad id",
    "",
    None,
    "none",
    "N/A",
    "./local",
    "a/b, c/d",
    "a/b@main",
    "ACME/base-7B",
    "m/model-9",
]
NAMES = ["acme/base-7B", "gpt2", "jane/x_y.z-350M", "bad id", "a/" + "n" * 97, ""]
TAGS = [
    "en", "zh", "xx", "text-generation", "transformers", "license:mit", "license:", "license: odd",
    "license:gemma", "license:Gemma", "license:mi\u200bt",
    "region:us", "dataset:acme/texts", "dataset:ACME/Texts", "dataset:no such", "arxiv:2403.04652",
    "arxiv:2403.04652v2", "arxiv:nonsense", "gguf", "", " ", "tab\there", "naïve", "x" * 201,
    "base_model:acme/base-7B", "base_model:finetune:acme/base-7B", "base_model:quantized:gpt2",
    "base_model:adapter:", "base_model:merge:b/c", None, "\x00", "base_model:distill:e/f",
    "base_model:g/h@main", "base_model: i/j", "base_model:https://huggingface.co/k/l",
]  # fmt: skip
TEXTS = ["text-generation", "transformers", "", "  ", " padded ", "naïve", "y" * 1001, "a\nb", None]
SOME_DAY = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
TIMES = [SOME_DAY, datetime(1969, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), None]
COUNTS = [0, 1, 12, 2**31 - 1, -1, None]


def hostile(node: NodeType, seed: int, count: int) -> list[dict[str, Any]]:
    """Rows of which some are plain and some are anything but; mostly one oddity each."""
    choose = random.Random(seed)  # noqa: S311

    def some(values: list[Any], plain: Any) -> Any:
        return choose.choice(values) if choose.random() < 0.15 else plain

    def bases() -> Any:
        if choose.random() < 0.5:
            return None
        own = f"M/model-{number}"
        ids = [some([*NAMES, None, own], "acme/base-7B"), some(NAMES, "b/c")]
        relation = some(["quantized", "merge", "adapter", "unknown", None, ""], "finetune")
        models = some([None, []], [{"_id": None, "id": i} for i in ids[: choose.randint(1, 2)]])
        return {"relation": relation, "models": models}

    def weights() -> Any:
        if choose.random() < 0.5:
            return None
        counts = [7, 7, 1_000, 50_000, 10**9, 6 * 10**9]
        formats = {
            name: some([0, None, -3, 10**12], choose.choice(counts))
            for name in choose.sample(FORMATS, 2)
        }
        held = sum(count or 0 for count in formats.values())
        return {
            "parameters": some([None], formats),
            "total": some([0, -5, None, 2**60, held // 2, 3 * held, 7_000_000_000], held),
        }

    def tags() -> Any:
        sure = ["en", "transformers", "license:mit", "region:us"]
        odd = choose.sample(TAGS, choose.randint(0, 3)) if choose.random() < 0.6 else []
        return some([None, []], sure + odd)

    def rarely(value: Any) -> Any:
        return value if choose.random() < 0.03 else None

    of_key: dict[str, Callable[[], Any]] = {
        "id": lambda: some(
            ["bad id", f"{number}-8x7B", f"a/{number}" + "n" * 97, "", f"m/x{number}-6b"],
            f"m/model-{number}",
        ),
        "_id": lambda: f"{number:024x}",
        "lastModified": lambda: some(TIMES, SOME_DAY + timedelta(days=number)),
        "downloads": lambda: some(COUNTS, number),
        "downloadsAllTime": lambda: some([1.5, 3.0, float("nan"), -1.0, None, 1e300], 9.0),
        "trendingScore": lambda: some([0.25, -3.0, float("inf"), 1e20, None, float("nan")], 1.0),
        "pipeline_tag": lambda: some(TEXTS, "text-generation"),
        "library_name": lambda: some([*TEXTS, "peft"], "transformers"),
        "tags": tags,
        "models": lambda: some([None, [], ["no id"], ["gpt2", "GPT2"]], ["acme/base-7B"]),
        "datasets": lambda: some([None, [], ["no id"], ["squad", None]], ["acme/texts"]),
        "baseModels": bases,
        "safetensors": weights,
        "gguf": lambda: (
            some([{"total": -5}, {"total": 2**60}, {"total": None}], {"total": 7})
            | {"chat_template": rarely(choose.choice(["{{ x }}", " \n", "\tnaïve 🙂\n", "a\0b"]))}
        ),
        "config": lambda: rarely({"architectures": ["Llama"]}),
        "cardData": lambda: {
            "license_name": rarely(choose.choice(["own", "", " x "])),
            "license_link": rarely("LICENSE"),
            "new_version": rarely(choose.choice(NAMES)),
            "base_model": some([None], [some(CARD_BASES, "acme/base-7B"), some(CARD_BASES, "b/c")])
            if choose.random() < 0.5
            else None,
        },
        "childrenModelCount": lambda: rarely({"merge": choose.choice([*COUNTS, 2])}),
    }
    of_shape: dict[KeyShape, Callable[[], Any]] = {
        KeyShape.TEXT: lambda: some(TEXTS, "c0ffee"),
        KeyShape.NUMBER: lambda: some([*COUNTS, 2**60], 3),
        KeyShape.FLAG: lambda: some([False, None], True),
        KeyShape.TIME: lambda: some(TIMES, SOME_DAY),
        KeyShape.TEXTS: lambda: some([*([tag] for tag in TAGS), None], ["some", "more"]),
        KeyShape.GATED: lambda: some(
            ["auto", "manual", "False", "false", "no", "AUTO", "", None], "False"
        ),
    }
    rows = []
    for number in range(count):  # noqa: B007 - the functions above read it
        row = {"id": of_key["id"]()}
        for name, key in node.hub_keys.items():
            row[name] = of_key[name]() if name in of_key else of_shape[key.shape]()
        rows.append(row)
    return rows


def as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The older form: objects as text."""
    odd = ["{", "[]", "3", '"text"', "null", "", '{"relation": 5, "models": "x"}', "{}"]
    choices = [
        '"a/b"',
        '"./x"',
        "7",
        '{"a": 1}',
        '["a/b", 3]',
        '["a/b", "A/B"]',
        '""',
        "[]",
        "null",
    ]
    found = []
    for number, row in enumerate(rows):
        texts = {name: None if row[name] is None else json.dumps(row[name]) for name in STRUCTS}
        if number % 7 == 0:
            texts["baseModels"] = odd[number // 7 % len(odd)]
        if number % 5 == 0:
            card = '{"base_model": %s}' % choices[number // 5 % len(choices)]  # noqa: UP031
            texts["cardData"] = odd[number % len(odd)] if number % 25 == 0 else card
        if number % 11 == 0:
            texts["safetensors"] = odd[number // 11 % len(odd)]
        found.append({**row, **texts})
    return found


def expected(record: Record) -> dict[str, Any]:
    """The node of a record in an empty graph, as the loader makes it."""
    values: dict[str, Any] = {k: v for k, v in record.properties.items() if v is not None}
    if absent := sorted(k for k, v in record.properties.items() if v is None):
        values["absent"] = absent
    if record.lineage is not None and record.lineage.relation:
        values["relation"] = record.lineage.relation
    is_part = is_adapter(values.get("relation"), values.get("library"))
    has_guess = record.node.guesses_size and not is_part
    guess = parameter_count(record.spelling) if has_guess else None
    if "parameters" not in values and guess:
        values["parameters"], values["parameters_source"] = guess
    if record.lineage is not None:
        layers = [record.lineage.bases, values.get("card_bases"), values.get("tagged_bases")]
        named = {base.lower() for layer in layers for base in layer or ()}
        values["base_count"] = len(named) + len(values.get("unusable_bases", ()))
    values |= {"id": record.spelling, "id_folded": record.key, "known": True}
    values["name"] = record.spelling.rpartition("/")[2]
    if "/" in record.spelling:
        values["author"] = record.spelling.partition("/")[0]
    values["record_version"] = record.version
    if record.node.has_history:
        values["appeared_at"] = values.get("created_at") or record.observed_at
    return values


def imported(
    node: NodeType, path: Path, tmp_path: Path
) -> tuple[dict[str, dict[str, Any]], int, set[Any]]:
    """Nodes of the import files by id, how many rows were plain, and the lineage."""
    source = SourceFile(path, examine(path, node.slug), AT)
    work = tmp_path / "work"
    work.mkdir()
    with Staging(work) as staging:
        summary = ImportSummary("")
        intake = Intake(Settings(max_bad_share=1.0, log_dir=tmp_path), "import", summary)
        reader = StagingReader(staging, intake, summary)
        reader.take(0, source, lambda _: None)
        contents.work_out(staging, NOW_MS)
        made = list(files.write(staging, tmp_path, NOW_MS))
    intake.log.close()
    found: dict[str, dict[str, Any]] = {}
    ids: dict[int, str] = {}
    lineage = set()
    for file in (file for file in made if file.name == node.label):
        for row in pq.read_table(file.path).to_pylist():
            values = {name: value for name, value in row.items() if value is not None}
            ids[values.pop(":ID")] = values["id"]
            del values["first_seen"], values["last_seen"]
            if values["known"]:
                found[values["id"]] = values
    for file in (
        file for file in made if file.name in ("FINETUNE", "ADAPTER", "QUANTIZE", "MERGE")
    ):
        for row in pq.read_table(file.path).to_pylist():
            lineage.add((ids[row[":START_ID"]], file.name, ids[row[":END_ID"]].lower()))
    return found, summary.read - summary.repaired, lineage


def iso(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


@pytest.mark.parametrize(("seed", "form", "without"), [
    (1, "structs", ()),
    (2, "structs", ()),
    (3, "json", ()),
    (4, "structs", ("tags", "_id", "createdAt", "gated")),
    (5, "structs", ("baseModels", "safetensors", "lastModified", "likes")),
    (6, "structs", ("baseModels", "tags", "gguf", "config", "cardData")),
    (7, "totals", ()),
    (8, "structs", ("baseModels", "tags")),
    (9, "json", ("baseModels",)),
    (10, "json", ("tags",)),
])  # fmt: skip
@pytest.mark.parametrize("node", DUMPED, ids=lambda node: node.slug)
def test_as_columns_and_one_by_one_rows_become_the_same(
    node: NodeType, seed: int, form: str, without: tuple[str, ...], tmp_path: Path
) -> None:
    if form != "structs" and not node.has_lineage:
        pytest.skip("has no objects")
    rows = hostile(node, seed, 400)
    types = {name: type_ for name, type_ in columns(node).items() if name not in without}
    if form == "json":
        rows = as_json(rows)
        types |= {name: pa.string() for name in STRUCTS if name in types}
    if form == "totals":
        types["safetensors"] = pa.struct({"total": COUNT})
    path = tmp_path / "models.parquet"
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(types.items()))), path)

    normalise = Normaliser()
    wanted: dict[str, dict[str, Any]] = {}
    links = set()
    for line in lines(examine(path, node.slug), AT):
        record = normalise(line.raw)[0] if line.issue is None else None
        if record is None:
            continue
        wanted[record.spelling] = expected(record)
        for base in record.lineage.bases if record.lineage else ():
            assert record.lineage is not None
            relation = TYPE_OF_RELATION[str(record.lineage.relation)]
            links.add((record.spelling, relation, base.lower()))

    found, plain, lineage = imported(node, path, tmp_path)
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        got = {key: iso(value) for key, value in found[name].items() if key != "aliases"}
        assert got == values, name
    assert lineage == links
    assert 40 < plain < 400, "some rows must be plain and some not"
