"""What a Parquet file is, its columns tell; one that cannot be read is refused in plain words."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import DataError
from graph.observe.dumps.columns import COLUMNS, examine
from graph.schema import KeyShape

IDS = pa.array(["acme/base"])


def written(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(("name", "columns", "kind"), [
    ("x", ["id", "pipeline_tag"], "models"),
    ("x", ["id", "baseModels", "likes"], "models"),
    ("models", ["id", "sdk"], "spaces"),
    ("x", ["id", "tags", "citation"], "datasets"),
    ("datasets", ["id", "likes", "tags"], "datasets"),
    ("my-SPACES-2026", ["id", "likes", "tags"], "spaces"),
    ("models", ["id"], "models"),
    ("models", ["week", "event", "id"], "events"),
    ("models", ["id", "pipeline_tag", "sdk"], "models"),
    ("x", ["modelId", "likes", "tags"], "models"),
    ("x", ["model_id", "pipelineTag"], "models"),
    ("x", ["space_id", "likes"], "spaces"),
])  # fmt: skip
def test_its_columns_or_its_name_tell_the_kind(
    tmp_path: Path, name: str, columns: list[str], kind: str
) -> None:
    week = {"week": pa.array(["2025-03-19"])}
    values = {column: week.get(column, IDS) for column in columns}
    assert examine(written(tmp_path / f"{name}.parquet", **values)).kind == kind


def test_what_neither_tells_the_person_who_loads_it_says(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", id=IDS, likes=pa.array([1]), price=pa.array([1]))
    with pytest.raises(DataError, match=r"it has id, likes, price\. Say what it holds: --kind"):
        examine(path)
    dump = examine(path, "spaces")
    assert (dump.kind, dump.rows, list(dump.columns)) == ("spaces", 1, ["id", "likes"])
    assert dump.ignored == ("price",)


GOOD = [
    ("id", pa.large_string()), ("id", pa.dictionary(pa.int32(), pa.string())),
    ("id", pa.string_view()), ("likes", pa.int8()), ("likes", pa.uint64()),
    ("downloads", pa.float32()), ("downloads", pa.decimal128(20, 0)),
    ("createdAt", pa.timestamp("ns")), ("createdAt", pa.timestamp("us", "Asia/Tokyo")),
    ("createdAt", pa.timestamp("ms")), ("lastModified", pa.date32()), ("lastModified", pa.string()),
    ("gated", pa.bool_()), ("gated", pa.string()), ("tags", pa.large_list(pa.large_string())),
    ("tags", pa.list_(pa.string(), 2)), ("tags", pa.list_(pa.null())),
    ("baseModels", pa.struct([("relation", pa.string())])), ("safetensors", pa.large_string()),
    ("childrenModelCount", pa.map_(pa.string(), pa.int64())), ("pipeline_tag", pa.null()),
]  # fmt: skip
BAD = [
    ("likes", pa.string()), ("likes", pa.bool_()), ("createdAt", pa.int64()), ("tags", pa.string()),
    ("tags", pa.list_(pa.int64())), ("baseModels", pa.list_(pa.string())),
    ("safetensors", pa.binary()), ("gated", pa.int32()), ("pipeline_tag", pa.list_(pa.string())),
]  # fmt: skip


@pytest.mark.parametrize(("name", "type_"), GOOD, ids=str)
def test_types_that_are_read(tmp_path: Path, name: str, type_: object) -> None:
    columns = {"id": IDS, name: IDS.cast(type_) if name == "id" else pa.array([None], type_)}
    dump = examine(written(tmp_path / "x.parquet", **columns), "models")
    assert list(dump.columns) == list(columns)
    assert dump.misfits == {}


@pytest.mark.parametrize(("name", "type_"), BAD, ids=str)
def test_columns_of_another_type_are_left_out(tmp_path: Path, name: str, type_: object) -> None:
    path = written(tmp_path / "models.parquet", id=IDS, **{name: pa.array([None], type_)})
    dump = examine(path, "models")
    assert dump.columns == {"id": KeyShape.TEXT}
    assert list(dump.misfits) == [name]


@pytest.mark.parametrize(("columns", "spelled"), [
    (["modelId", "last_modified"], {"id": "modelId", "lastModified": "last_modified"}),
    (["model_id", "created_at", "libraryName"],
     {"id": "model_id", "createdAt": "created_at", "library_name": "libraryName"}),
    (["_id", "id", "modelId", "DOWNLOADS_ALL_TIME"],
     {"_id": "_id", "id": "id", "downloadsAllTime": "DOWNLOADS_ALL_TIME"}),
    (["id", "created_at", "createdAt", "author"], {"id": "id", "createdAt": "createdAt"}),
])  # fmt: skip
def test_columns_are_known_in_any_spelling(
    tmp_path: Path, columns: list[str], spelled: dict[str, str]
) -> None:
    path = written(tmp_path / "models.parquet", **dict.fromkeys(columns, IDS))
    dump = examine(path, "models")
    assert dump.spelled == spelled
    assert dump.ignored == ()


LOST = "models.parquet: ALL LINEAGE IS LOST: no column baseModels or tags can be read."


@pytest.mark.parametrize(("types", "losses"), [
    ({"tags": pa.string()},
     [LOST, "its column tags is of type string, not list of texts, and was left out; "
      "lost with it: license, licenses, languages, datasets, papers, tags, relation, bases"]),
    ({"tags": pa.string(), "base_models": pa.list_(pa.string())},
     [LOST, "its column base_models is of type list", "its column tags is of type string"]),
    ({"tags": pa.string(), "baseModels": pa.string()},
     ["lost with it: license, licenses, languages, datasets, papers, tags, tagged_bases; of "
      "relation, bases, bases_source, only what other columns say is left."]),
    ({"tags": pa.list_(pa.string()), "baseModels": pa.list_(pa.string())},
     ["and was left out; of relation, bases, bases_source, only what other columns say is left."]),
    ({"tags": pa.list_(pa.string()), "created_at": pa.int64(), "likes": pa.string()},
     ["its column created_at is of type int64, not timestamp", "its column likes is of type"]),
    ({"likes": pa.int64()}, ["No lineage: it has no column baseModels or tags."]),
    ({"tags": pa.null()}, []),
    ({"tags": pa.null(), "base_model": pa.string(), "Parent": pa.string()},
     ["its column base_model is not read; lineage is taken from baseModels, tags.",
      "its column Parent is not read"]),
])  # fmt: skip
def test_what_is_lost_with_columns_is_said(
    tmp_path: Path, types: dict[str, object], losses: list[str]
) -> None:
    columns = {name: pa.array([None], type_) for name, type_ in types.items()}
    dump = examine(written(tmp_path / "models.parquet", id=IDS, extra=IDS, **columns), "models")
    assert len(dump.losses) == len(losses)
    for loss in losses:
        assert any(loss in said for said in dump.losses)
    assert dump.losses[:1] == (LOST,) or LOST not in losses
    noted = {dump.spelled[name] for name in dump.misfits} | {*dump.ignored}
    assert {note.field for note in dump.notes} == noted


@pytest.mark.parametrize(("texts", "is_lost"), [
    (["x/base", "y/base"], True),
    (["['x/base']", None], True),
    (["{'relation': 'finetune', 'models': []}", None], True),
    (["x/base", '{"relation": "finetune", "models": [{"id": "x/base"}]}'], False),
    ([None, None], False),
])  # fmt: skip
def test_texts_of_which_none_can_be_read_are_lost(
    tmp_path: Path, texts: list[str | None], is_lost: bool
) -> None:
    dump = examine(written(tmp_path / "models.parquet", id=pa.array(["a/b", "c/d"]),
                           base_models=pa.array(texts, pa.string())), "models")  # fmt: skip
    said = "its column base_models is of text, none of which is struct or JSON text"
    assert any(said in loss for loss in dump.losses) is is_lost
    assert (LOST in dump.losses) is is_lost
    assert "baseModels" in dump.columns


def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path: Path) -> None:
    def file(name: str, **columns: object) -> Path:
        return written(tmp_path / f"{name}.parquet", **columns)

    whole = file("models", id=pa.array(["a/b"] * 5_000))
    cut, text = tmp_path / "cut.parquet", tmp_path / "text.parquet"
    cut.write_bytes(whole.read_bytes()[:-20])
    text.write_text("id,likes\n")
    for path, message in (
        (file("f", repo=IDS, month=IDS),
         "it has no column id; it has repo, month. A dump of models needs id, and may have _id,"),
        (file("g", week=IDS, event=IDS),
         "as an event file: it has no column id; it has week, event. An event file needs week,"),
        (file("models2", id=pa.array([7]), tags=IDS),
         "its column id is of type int64, not text. A dump of models needs id, and may"),
        (file("models3", id=pa.array([], pa.string())), "it holds no rows"),
        (file("h", id=IDS, Likes=IDS, likes=IDS), "more than one column likes"),
        (cut, "is damaged or cut off"),
        (text, "is not a Parquet file"),
        (tmp_path / "missing.parquet", "There is no file"),
        (tmp_path, "is a directory"),
    ):  # fmt: skip
        with pytest.raises(DataError) as error:
            examine(path)
        assert message in str(error.value)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_every_column_is_described() -> None:
    docs = Path(__file__).parents[2] / "docs"
    text = "".join((docs / name).read_text("utf-8") for name in ("dumps.md", "evaluations.md"))
    first = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    described = {name for cell in first for name in re.findall(r"`(\w+)`", cell)} - {"_score"}
    events = {"added", "deleted"}
    assert described - events == {name for columns in COLUMNS.values() for name in columns}
