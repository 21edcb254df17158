"""The made-up Hub of the benchmarks: always the same, in the dump's format, in the real shape."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.hub.describe import figures
from bench.hub.write import write

MODELS = 5_000
CHANGED = 1_000


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("today")
    write(folder, MODELS)
    return folder


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tomorrow")
    write(folder, MODELS, changed=CHANGED)
    return folder


@pytest.fixture
def both(today: Path, tomorrow: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, folder in (("today", today), ("tomorrow", tomorrow)):
            table = f"CREATE TABLE {name} AS FROM read_parquet($path)"
            connection.execute(table, {"path": f"{folder}/models.parquet"})
        yield connection


def _one(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, str] | None = None
) -> object:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None


def test_a_seed_gives_the_same_files_and_another_gives_others(today: Path, tmp_path: Path) -> None:
    write(tmp_path / "again", MODELS)
    write(tmp_path / "other", MODELS, seed=2)
    for name in ("models", "datasets", "spaces"):
        was = (today / f"{name}.parquet").read_bytes()
        assert (tmp_path / f"again/{name}.parquet").read_bytes() == was
        assert (tmp_path / f"other/{name}.parquet").read_bytes() != was


def test_the_dump_has_the_columns_of_the_real_one(today: Path) -> None:
    schema = pq.read_schema(today / "models.parquet")
    moment = pa.timestamp("ms", "UTC")
    expected = {
        "_id": pa.string(), "id": pa.string(), "author": pa.string(), "gated": pa.string(),
        "sha": pa.string(), "pipeline_tag": pa.string(), "library_name": pa.string(),
        "createdAt": moment, "lastModified": moment, "tags": pa.list_(pa.string()),
        "downloads": pa.int64(), "downloadsAllTime": pa.int64(), "likes": pa.int64(),
        "trendingScore": pa.int64(),
    }  # fmt: skip
    assert {name: schema.field(name).type for name in expected} == expected
    bases = schema.field("baseModels").type
    assert [field.name for field in bases] == ["relation", "models"]
    assert [field.name for field in bases.field("models").type.value_type] == ["_id", "id"]
    weights = schema.field("safetensors").type
    assert {"BF16", "F16", "F32", "I8", "I32", "U8"} <= {f.name for f in weights.field(0).type}
    assert weights.field("total").type == pa.int64()


def test_older_dumps_hold_the_same_structs_as_text(today: Path, tmp_path: Path) -> None:
    write(tmp_path, MODELS, json_structs=True, only_models=True)
    assert [path.name for path in tmp_path.iterdir()] == ["models.parquet"]
    query = """SELECT count(*) FROM read_parquet($new) new
      JOIN read_parquet($old) old USING (_id)
      WHERE (new.baseModels IS NULL) = (old.baseModels IS NULL)
      AND new.baseModels.relation IS NOT DISTINCT FROM old.baseModels->>'relation'
      AND new.baseModels.models[1].id IS NOT DISTINCT FROM old.baseModels->>'$.models[0].id'
      AND new.safetensors.total IS NOT DISTINCT FROM (old.safetensors->>'total')::BIGINT"""
    paths = {"new": f"{today}/models.parquet", "old": f"{tmp_path}/models.parquet"}
    with duckdb.connect() as connection:
        same = _one(connection, query, paths)
    assert same == MODELS


def test_ids_are_distinct_also_when_case_is_ignored(both: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(*) = count(DISTINCT lower(id)) AND count(*) = count(DISTINCT _id)"""
    assert _one(both, f"{query} FROM today")
    assert _one(both, f"{query} FROM tomorrow")
    assert _one(both, "SELECT bool_and(_id SIMILAR TO '[0-9a-f]{24}') FROM today")
    created = "SELECT bool_and(to_timestamp(('0x' || _id[:8])::BIGINT) = createdAt) FROM today"
    assert _one(both, created)
    assert _one(both, "SELECT count(*) FROM today WHERE author IS NULL AND id NOT LIKE '%/%'") == 3


def test_the_shape_is_that_of_the_real_hub(today: Path) -> None:
    found = {figure.name: figure.value for figure in figures(today / "models.parquet")}
    expected = {
        "models": (MODELS, 0), "with a base": (0.28, 0.02), "adapter, of those": (0.426, 0.05),
        "finetune, of those": (0.359, 0.05), "quantized, of those": (0.192, 0.04),
        "merge, of those": (0.023, 0.015), "adapter, leaves": (0.995, 0.006),
        "quantized, leaves": (0.994, 0.01), "finetune, leaves": (0.93, 0.05),
        "merge, leaves": (0.49, 0.2), "most parents": (65, 0), "longest chain": (10, 0),
        "references to no model": (0.03, 0.015), "tags contradict": (0.002, 0.0015),
        "median downloads": (0, 0), "with a count of parameters": (0.23, 0.02),
        "name states a size": (0.22, 0.05), "with a paper": (0.34, 0.02),
        "with a dataset": (0.08, 0.015), "with region:us": (0.995, 0.005),
    }  # fmt: skip
    off = {
        name: (found[name], value)
        for name, (value, tolerance) in expected.items()
        if abs(found[name] - value) > tolerance
    }
    assert off == {}
    assert found["children of family 1"] >= 0.01 * MODELS
    assert found["mean downloads"] > 100


def test_the_mistakes_of_the_real_hub_are_there(both: duckdb.DuckDBPyConnection) -> None:
    both.execute("""CREATE TABLE edge AS SELECT child, base FROM (
      SELECT id AS child, unnest(baseModels.models).id AS base FROM today)""")
    assert _one(both, "SELECT count(*) FROM edge WHERE child = base") == 3
    cycles = """SELECT count(*) FROM edge a JOIN edge b ON a.base = b.child AND b.base = a.child
      WHERE a.child <> a.base"""
    assert _one(both, cycles) == 4
    odd = """SELECT count(*) FROM today
      WHERE len(list_filter(tags, lambda tag: tag SIMILAR TO '.*[^ -~].*')) > 0"""
    assert 0 < int(str(_one(both, odd))) < MODELS / 100


def test_the_next_day_differs_by_what_was_asked_for(both: duckdb.DuckDBPyConnection) -> None:
    same = "SELECT count(*) FROM (SELECT * FROM today INTERSECT ALL SELECT * FROM tomorrow)"
    gone = "SELECT count(*) FROM today ANTI JOIN tomorrow USING (_id)"
    added = "SELECT count(*) FROM tomorrow ANTI JOIN today USING (_id)"
    assert _one(both, gone) == 3
    assert _one(both, added) == 10
    assert _one(both, same) == MODELS - CHANGED - 3


def test_some_of_what_changes_is_no_count(both: duckdb.DuckDBPyConnection) -> None:
    found = both.execute("""SELECT
        count(*) FILTER (was.id <> new.id),
        count(*) FILTER (was.gated <> new.gated),
        count(*) FILTER (was.baseModels IS DISTINCT FROM new.baseModels),
        count(*) FILTER (was.safetensors IS DISTINCT FROM new.safetensors),
        count(*) FILTER (was.sha <> new.sha),
        count(*) FILTER (was.pipeline_tag IS DISTINCT FROM new.pipeline_tag)
      FROM today was JOIN tomorrow new USING (_id)""").fetchone()
    assert found == (3, 10, 10, 5, 148, 0)


def test_deleted_names_are_taken_and_new_ones_a_day_old(both: duckdb.DuckDBPyConnection) -> None:
    taken = "SELECT count(*) FROM today JOIN tomorrow USING (id) WHERE today._id <> tomorrow._id"
    newest = "SELECT max(greatest(createdAt, lastModified)) FROM"
    assert _one(both, taken) == 2
    assert str(_one(both, f"SELECT ({newest} today)::DATE")) == "2026-10-02"
    assert str(_one(both, f"SELECT ({newest} tomorrow)::DATE")) == "2026-10-03"


def test_datasets_and_spaces_are_proportional(today: Path, both: duckdb.DuckDBPyConnection) -> None:
    for create, name in (
        ("CREATE TABLE datasets AS FROM read_parquet($path)", "datasets"),
        ("CREATE TABLE spaces AS FROM read_parquet($path)", "spaces"),
    ):
        both.execute(create, {"path": f"{today}/{name}.parquet"})
    assert _one(both, "SELECT count(*) FROM datasets") == 1_250
    assert _one(both, "SELECT count(*) FROM spaces") == 1_500
    both.execute("CREATE TABLE used AS SELECT unnest(models) AS id FROM spaces")
    share = "SELECT count(today.id) / count(*) FROM used LEFT JOIN today ON used.id = today.id"
    assert float(str(_one(both, share))) > 0.95
    both.execute("""CREATE TABLE trained AS SELECT tag[9:] AS id FROM (
      SELECT unnest(tags) AS tag FROM today) WHERE tag LIKE 'dataset:%/%'""")
    assert _one(both, "SELECT count(*) FROM trained ANTI JOIN datasets USING (id)") == 0
