"""A row of a dump becomes the record that the Hub's own answer would give."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import schema
from graph.errors import ConfigurationError, DataError
from graph.observe.dumps.columns import examine
from graph.observe.dumps.rows import lines, rows
from graph.observe.dumps.times import given_time, observed_at
from graph.observe.hub.records import model_record, record_of
from graph.observe.normalise import Normaliser

AT = "2026-10-03T00:00:00.000Z"
COUNTS = st.integers(0, 2**53)
IDS = st.sampled_from(["acme/base", "Acme/Base", "jane/x", "gpt2", "not an id"])
RELATIONS = st.sampled_from(["finetune", "merge", "odd"])


def written(path: Path, table: object, **options: object) -> Path:
    pq.write_table(table, path, **options)
    return path


def records(path: Path, kind: str = "models") -> list[object]:
    return [line.raw for line in lines(examine(path, kind), AT)]


def values(folder: Path, name: str, column: object) -> list[object]:
    """What a column becomes in the Hub's objects."""
    ids = pa.array([f"a/{n}" for n in range(len(column))])  # type: ignore[arg-type]
    path = written(folder / "x.parquet", pa.table({"id": ids, name: column}))
    return [row.info[name] for row in rows(examine(path, "models"))]


NOON = datetime(2024, 7, 14, 12, 30, 15, 123456)  # noqa: DTZ001
ISO = "2024-07-14T12:30:15.123Z"


@pytest.mark.parametrize(("name", "column", "expected"), [
    ("createdAt", pa.array([NOON, None], pa.timestamp("us")), [ISO, None]),
    ("createdAt", pa.array([NOON], pa.timestamp("ns")), [ISO]),
    ("createdAt", pa.array([NOON], pa.timestamp("ms")), [ISO]),
    ("createdAt", pa.array([NOON.replace(tzinfo=UTC)], pa.timestamp("us", "Asia/Tokyo")),
     [ISO]),
    ("createdAt", pa.array([date(2024, 7, 14)]), ["2024-07-14T00:00:00.000Z"]),
    ("createdAt", pa.array(["2024-07-14", None, "odd"]), ["2024-07-14", None, "odd"]),
    ("gated", pa.array([True, False, None]), [True, False, None]),
    ("gated", pa.array(["auto", "False", "true", None, ""]), ["auto", False, True, None, None]),
    ("likes", pa.array([3, None], pa.uint8()), [3, None]),
    ("likes", pa.array([3.0, None, float("nan")], pa.float32()), [3.0, None, None]),
    ("likes", pa.array([3, None], pa.decimal128(20, 2)), [3.0, None]),
    ("tags", pa.array([["a", None], None, []]), [["a", None], None, []]),
    ("sha", pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    ("sha", pa.nulls(2), [None, None]),
    ("baseModels", pa.array(['{"models": [null, {"id": "a/b"}], "x": null}', "", "null", "{}"]),
     [{"models": [{"id": "a/b"}]}, None, None, None]),
    ("baseModels", pa.array([{"relation": None, "models": [None, {"id": "a/b"}]},
                             {"relation": None, "models": None}, None]),
     [{"models": [{"id": "a/b"}]}, None, None]),
    ("safetensors", pa.array([[("BF16", 7), ("F8", None)]], pa.map_(pa.string(), pa.int64())),
     [{"BF16": 7}]),
])  # fmt: skip
def test_every_type_is_read_alike(
    tmp_path: Path, name: str, column: object, expected: list[object]
) -> None:
    assert values(tmp_path, name, column) == expected


TAGS = st.sampled_from(["base_model:merge:jane/x", "base_model:a/b", "en", "license:mit", None])
BASES = st.lists(st.none() | st.fixed_dictionaries({"_id": st.none(), "id": IDS}))


def struct(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """An object of which any part may be missing, or all."""
    return st.none() | st.fixed_dictionaries({name: st.none() | f for name, f in fields.items()})


TEMPLATES = st.sampled_from(
    [
        "",
        " \n",
        "{{ x }}",
        " {{ x }}\r\n",
        "\u00a0{{ x }}",
        "naïve 🙂\t",
        'a"b\\u0041',
        "a\0b",
        "\\ud800",
    ]
)
OBJECTS = st.fixed_dictionaries(
    {
        "id": IDS,
        "tags": st.none() | st.lists(TAGS, max_size=4),
        "baseModels": struct(relation=RELATIONS, models=BASES),
        "safetensors": struct(parameters=struct(BF16=COUNTS, I32=COUNTS), total=COUNTS),
        "gguf": struct(total=COUNTS, chat_template=TEMPLATES),
        "cardData": struct(new_version=IDS),
    }
)
TEXT, COUNT = pa.string(), pa.int64()
STRUCTS = {
    "baseModels": pa.struct(
        {"relation": TEXT, "models": pa.list_(pa.struct({"_id": TEXT, "id": TEXT}))}
    ),
    "safetensors": pa.struct(
        {"parameters": pa.struct({"BF16": COUNT, "I32": COUNT}), "total": COUNT}
    ),
    "gguf": pa.struct({"total": COUNT, "chat_template": TEXT}),
    "cardData": pa.struct({"new_version": TEXT}),
}


def without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value if v is not None] if isinstance(value, list) else value


@given(st.lists(OBJECTS, min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_structs_and_json_texts_agree(tmp_path: Path, objects: list[dict[str, object]]) -> None:
    plain = {name: pa.array([each[name] for each in objects]) for name in ("id", "tags")}
    structs = {name: pa.array([o[name] for o in objects], STRUCTS[name]) for name in STRUCTS}
    texts = {
        name: pa.array([o[name] and json.dumps(o[name]) for o in objects], TEXT) for name in STRUCTS
    }
    plain["tags"] = plain["tags"].cast(pa.list_(pa.string()))
    ours = records(written(tmp_path / "structs", pa.table(plain | structs)))
    assert records(written(tmp_path / "texts", pa.table(plain | texts))) == ours
    answers = [o | {name: without_nulls(o[name]) or None for name in STRUCTS} for o in objects]
    assert ours == [model_record(answer, AT) for answer in answers]


def test_what_is_in_no_column_is_not_stated_and_what_is_null_is_absent(tmp_path: Path) -> None:
    path = written(tmp_path / "x", pa.table({"id": ["a/b"], "sha": pa.nulls(1), "odd": [1]}))
    assert records(path) == [{"record": "model/1", "id": "a/b", "sha": None, "observed_at": AT}]


def test_datasets_and_spaces(tmp_path: Path) -> None:
    columns = {"id": ["a/b"], "_id": ["6"], "likes": [3], "tags": [["x", None]], "sdk": ["gradio"]}
    columns |= {"models": [["c/d"]], "lastModified": ["2024-07-14"], "downloads": [4]}
    path = written(tmp_path / "x", pa.table(columns))
    answer = {name: value[0] for name, value in columns.items()}  # type: ignore[index]
    assert records(path, "spaces") == [record_of(schema.SPACE, answer, AT)]
    assert records(path, "datasets") == [record_of(schema.DATASET, answer, AT)]


def test_what_cannot_be_read_is_noted_where_it_is(tmp_path: Path) -> None:
    binary = pa.array([b"a/b", b"a/\xff", None, b"a/c"])
    columns = {
        "id": pa.Array.from_buffers(pa.string(), 4, binary.buffers()),
        "baseModels": pa.array(["{", "[1]", None, "[" * 100_000]),
        "likes": pa.array(["1"] * 4),
    }
    path = written(tmp_path / "x", pa.table(columns))
    dump = examine(path, "models")
    assert [(note.field, note.reason) for note in dump.notes] == [
        ("likes", "is a column of type string, not number")
    ]
    found = list(lines(dump, AT))
    assert [(line.number, line.raw is None, line.issue and line.issue.field) for line in found] == [
        (1, False, None), (2, True, "id"), (3, True, "id"), (4, False, None),
    ]  # fmt: skip
    assert [[(note.field, note.reason) for note in line.notes] for line in found] == [
        [("baseModels", "is not a JSON object")],
        [("id", "cannot be read"), ("baseModels", "is not a JSON object")],
        [],
        [("baseModels", "is not a JSON object")],
    ]  # fmt: skip


@pytest.mark.parametrize("wanted", [[1], [30], [17, 3, 3, 30], range(5, 26), [], [31, 0]])
def test_only_the_rows_that_are_wanted(tmp_path: Path, wanted: list[int]) -> None:
    table = pa.table({"id": [f"a/{n}" for n in range(1, 31)]})
    path = written(tmp_path / "models", table, row_group_size=7)
    found = [(row.number, row.info["id"]) for row in rows(examine(path), wanted)]
    assert found == [(n, f"a/{n}") for n in sorted({*wanted}) if 1 <= n <= 30]


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    ids = [f"a/{n}" for n in range(40_000)]
    path = written(tmp_path / "models", pa.table({"id": ids}), row_group_size=10_000)
    body = bytearray(path.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 40_000] = b"\xff" * 40_000
    path.write_bytes(body)
    seen: list[int] = []
    with pytest.raises(DataError, match=r"is damaged after row 20,000"):
        seen.extend(row.number for row in rows(examine(path)))
    assert seen == list(range(1, 20_001))


def test_a_json_column_that_duckdb_wrote(tmp_path: Path) -> None:
    path = tmp_path / "models.parquet"
    made = """SELECT 'a/b' AS id, '{"total": 7}'::JSON AS safetensors, 5::HUGEINT AS likes"""
    duckdb.execute(f"COPY ({made}) TO '{path}'")
    (record,) = records(path)
    normal, notes = Normaliser()(record)
    assert normal is not None
    assert (normal.properties["parameters"], normal.properties["likes"]) == (7, 5)
    assert notes == []


NOW = datetime(2026, 10, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"lastModified": ["2026-10-03T10:00:00.000Z", "2026-10-03T11:00:00+02:00", None, "odd"]},
         "2026-10-03T10:00:00.000Z"),
        ({"createdAt": [datetime(2026, 10, 3, 11, 0, 0, 123456), datetime(2027, 1, 1)],  # noqa: DTZ001
          "lastModified": [None, "2026-09-01"]}, "2026-10-03T11:00:00.123Z"),
        ({"createdAt": pa.array([NOON.replace(tzinfo=UTC)], pa.timestamp("ns", "Asia/Tokyo")),
          "lastModified": pa.nulls(1)}, ISO),
        ({"lastModified": [date(2026, 10, 2)]}, "2026-10-02T00:00:00.000Z"),
    ],
)  # fmt: skip
def test_the_newest_dates_a_dump(tmp_path: Path, columns: dict[str, object], expected: str) -> None:
    count = len(next(iter(columns.values())))  # type: ignore[arg-type]
    table = pa.table({"id": [f"a/{n}" for n in range(count)], **columns})
    assert observed_at(examine(written(tmp_path / "models", table)), NOW) == expected


def test_a_dump_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "createdAt=2020 [1]*"
    folder.mkdir()
    table = pa.table({"id": ["a/b"], "createdAt": ["2026-10-02"]})
    dump = examine(written(folder / "models?", table))
    assert observed_at(dump, NOW) == "2026-10-02T00:00:00.000Z"


@pytest.mark.parametrize("columns", [{}, {"createdAt": ["2030-01-01"]}, {"createdAt": ["odd"]}])
def test_a_dump_without_times_does_not_tell(tmp_path: Path, columns: dict[str, object]) -> None:
    path = written(tmp_path / "models", pa.table({"id": ["a/b"], **columns}))
    with pytest.raises(DataError, match="--observed-at"):
        observed_at(examine(path), NOW)


def test_a_person_may_say_when() -> None:
    assert given_time("2026-10-03") == "2026-10-03T00:00:00.000Z"
    assert given_time("2026-10-03T02:00+02:00") == "2026-10-03T00:00:00.000Z"
    for odd in ("yesterday", "9999-01-01", "1969-01-01", ""):
        with pytest.raises(ConfigurationError):
            given_time(odd)
