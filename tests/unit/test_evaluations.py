"""Results on benchmarks: what can be used, which two are the same, which one counts."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import DataError
from graph.observe.dumps.columns import examine
from graph.observe.normalise import Normaliser, Record
from graph.observe.sources import sources
from graph.resolve.evaluations import counting, result_key

GOOD = {
    "record": "evaluation/1", "id": "ann/a", "benchmark": "IFEval", "value": 61.5,
    "source": "a board", "date": "2025-03-21",
}  # fmt: skip


def read(**changed: object) -> tuple[Record | None, list[str]]:
    record, notes = Normaliser()(GOOD | changed)
    return record, [note.field for note in notes]


@pytest.mark.parametrize(
    ("value", "found", "noted"),
    [
        (61.5, 61.5, False),
        (0, 0, False),
        (-4.8, -4.8, False),
        ("61.5", 61.5, True),
        ("61.5%", 61.5, True),
        ("61.5 %", 61.5, True),
        ("about 60", None, True),
        ("61,5", None, True),
        ("", None, True),
        ("NaN", None, True),
        (float("nan"), None, True),
        (float("inf"), None, True),
        (10**400, None, True),
        (True, None, True),
        ([61.5], None, True),
        (None, None, True),
    ],
)
def test_values(value: object, found: float | None, noted: bool) -> None:
    record, notes = read(value=value)
    assert ("value" in notes) == noted
    assert (record and record.properties["value"]) == found


@pytest.mark.parametrize(
    "broken",
    [
        {"benchmark": None}, {"benchmark": " "}, {"source": None}, {"date": None},
        {"date": "soon"}, {"date": "2199-01-01"}, {"id": "Llama 3 (Meta)"}, {"id": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_fact_is_left_out(broken: dict[str, object]) -> None:
    assert read(**broken)[0] is None


def test_a_result_that_was_seen_needs_no_date() -> None:
    record, notes = read(date=None, observed_at="2026-03-25T00:00:00Z")
    assert record is not None
    assert notes == []


def result(**stated: Any) -> dict[str, Any]:
    made = {"value": 1.0, "source": "s", "at": "2025-01-01", **stated}
    return made | {"key": result_key(made)}


LADDER = [
    result(value=9.0, community=True, verified=True, at="2026-01-01"),
    result(origin="card", at="2025-12-01", verified=True),
    result(origin="hub", at="2025-11-01"),
    result(at="2025-01-01", value=3.0),
    result(at="2025-02-01", value=1.0, variant="b"),
    result(at="2025-02-01", value=2.0, variant="a"),
    result(origin="hub", at="2024-01-01", verified=True),
]
"""Each counts more than those before it; the first two never do."""


def test_which_one_counts() -> None:
    assert counting([]) is None
    assert counting(LADDER[:2]) is None
    for end in range(3, len(LADDER) + 1):
        assert counting(LADDER[:end]) == end - 1
    assert counting(LADDER[3:6], higher_is_better=False) == 1


@given(st.permutations(range(len(LADDER))))
def test_their_order_does_not_matter(order: list[int]) -> None:
    assert order[counting([LADDER[i] for i in order]) or 0] == len(LADDER) - 1


def test_results_that_differ_in_how_they_were_measured_are_different() -> None:
    with_tools, without = result(variant="with tools"), result(variant="no tools")
    dated, other = result(date="2025-02-01"), result(source="t")
    for one, two in permutations((with_tools, without, dated, other), 2):
        assert one["key"] != two["key"]
    assert result(value=2.0)["key"] == result(value=1.0)["key"]


def table(folder: Path, **columns: list[Any]) -> Path:
    rows = {
        "model": ["a/x", "a/y"], "benchmark": ["B", "B"], "metric": ["acc", ""],
        "value": [1.0, None], "source": ["s", "model-index (card)"],
        "observed": ["2025-01-01", "2025-01-02"], "variant": ["", "bf16"],
    }  # fmt: skip
    path = folder / "results.parquet"
    pq.write_table(pa.table(rows | columns), path)
    return path


def test_a_table_is_known_by_its_columns_and_read(tmp_path: Path) -> None:
    (source,) = sources([table(tmp_path, value=["61 %", "x"], note=["", ""])])
    assert source.dump is not None
    assert source.dump.kind == "evaluations"
    assert source.dump.ignored == ("note",)
    first, second = (line.raw for line in source.lines())
    assert first == GOOD | {
        "id": "a/x", "benchmark": "B", "metric": "acc", "value": "61 %", "source": "s",
        "date": "2025-01-01",
    }  # fmt: skip
    assert isinstance(second, dict)
    assert (second["origin"], second["variant"], "metric" in second) == ("card", "bf16", False)


def leaderboards(folder: Path, **columns: list[Any]) -> Path:
    """Two rows as the Hub's table has them, and an empty one."""
    rows = {
        "model_id": ["meta-llama-llama-3.1-405b", "qwen-qwen3.5-397b-a17b", "x"],
        "model_name": ["meta-llama/Llama-3.1-405B", "Qwen/Qwen3.5-397B-A17B", "a/x"],
        "license": ["Unknown"] * 3, "aime2026_score": [None, 93.33, None],
        "gsm8k_score": [96.8, None, None], "olmOcr_score": pa.nulls(3),
        "aggregate_score": [96.8, 73.57, 0.0],
    }  # fmt: skip
    path = folder / "leaderboards.parquet"
    pq.write_table(pa.table(rows | columns), path)
    return path


def test_a_table_of_leaderboards_has_a_result_for_each_benchmark(tmp_path: Path) -> None:
    at = "2026-03-25T00:00:00.000Z"
    (source,) = sources([leaderboards(tmp_path, new_score=["8 %", None, "x"])], observed_at=at)
    assert source.dump is not None
    assert (source.dump.kind, source.dump.losses) == ("leaderboards", ())
    assert set(source.dump.ignored) == {"license", "aggregate_score"}
    lines = [(line.number, line.raw) for line in source.lines(lambda _: None)]
    about: dict[str, object] = {
        "record": "evaluation/1", "source": "OpenEvals/leaderboard-data", "origin": "hub",
        "observed_at": at,
    }  # fmt: skip
    assert lines == [
        (n, about | {"id": model, "benchmark": benchmark, "value": value})
        for n, model, benchmark, value in (
            (1, "meta-llama/Llama-3.1-405B", "gsm8k", 96.8),
            (1, "meta-llama/Llama-3.1-405B", "new", "8 %"),
            (2, "Qwen/Qwen3.5-397B-A17B", "aime2026", 93.33),
            (3, "a/x", "new", "x"),
        )
    ]


def test_when_leaderboards_were_fetched_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not show when it was taken") as raised:
        sources([leaderboards(tmp_path)])
    assert "--observed-at" in str(raised.value)
    with pytest.raises(DataError, match="column model_name"):
        examine(table(tmp_path), "leaderboards")
    dump = examine(leaderboards(tmp_path, gsm8k_score=[[1], [], []]))
    assert dump.losses == (
        "leaderboards.parquet: its column gsm8k_score is of type list<element: int64>, not number, "
        "also as text, and was left out; lost with it: gsm8k_score.",
    )


def test_a_table_without_what_a_result_needs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    pq.write_table(pa.table({"model": ["a/x"], "benchmark": ["B"], "value": [1.0]}), path)
    with pytest.raises(DataError, match="no column source"):
        examine(path)
    with pytest.raises(DataError, match="--observed-at says"):
        sources([table(tmp_path)], observed_at="2025-01-01T00:00:00Z")
