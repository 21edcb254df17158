"""Events of additions and deletions become what was there when, and what happened."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph.observe.dumps import events
from graph.observe.dumps.columns import examine
from graph.observe.normalise import Normaliser
from graph.observe.record_files import Line

NOW = datetime(2025, 6, 1, tzinfo=UTC)
WEEKS = ["2025-03-19", "2025-03-26", "2025-04-02", "2025-04-09"]


def read(folder: Path, *rows: tuple[object, ...], **types: object) -> list[Line]:
    names = ("week", "event", "id", "relation", "base_models")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    arrays = {name: pa.array(values, types.get(name)) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), folder / "x.parquet")
    return list(events.event_lines(examine(folder / "x.parquet"), NOW))


def told(lines: list[Line]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for line in lines:
        raw = line.raw
        assert isinstance(raw, dict)
        what = raw.get("kind", (raw.get("relation"), raw.get("bases")))
        found.append((line.number, raw["id"], str(raw["observed_at"])[:10], what))
    return found


def test_a_model_that_comes_goes_and_comes_back(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        (WEEKS[3], "added", "a/b", "finetune", ["c/e"]),
        (WEEKS[2], "deleted", "a/b", "merge", ["c/d", None]),
        (WEEKS[0], "added", "a/b", None, []),
    )
    assert told(lines) == [
        (3, "a/b", WEEKS[0], (None, [])), (3, "a/b", WEEKS[0], "appeared"),
        (2, "a/b", WEEKS[1], ("merge", ["c/d"])), (2, "a/b", WEEKS[2], "gone"),
        (1, "a/b", WEEKS[3], ("finetune", ["c/e"])), (1, "a/b", WEEKS[3], "appeared"),
    ]  # fmt: skip
    gone = lines[3].raw
    assert isinstance(gone, dict)
    assert gone["after"] == "unknown"
    normalise = Normaliser(NOW)
    for line in lines:
        record, notes = normalise(line.raw)
        assert record is not None
        assert notes == []


def test_a_name_that_only_changes_its_spelling_is_there_at_the_end(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        (WEEKS[1], "added", "acme/b", None, None),
        (WEEKS[1], "deleted", "Acme/B", None, None),
        base_models=pa.list_(pa.string()),
    )
    assert [(number, name, what) for number, name, _, what in told(lines)] == [
        (2, "Acme/B", (None, None)), (2, "Acme/B", "gone"), (1, "acme/b", (None, None)),
        (1, "acme/b", "appeared"),
    ]  # fmt: skip
    assert all("bases" not in line.raw for line in lines)  # type: ignore[operator]


def test_an_event_told_again_is_taken_and_noted(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        (WEEKS[0], "added", "a/b", None, []),
        (WEEKS[1], "added", "a/b", "merge", ["c/d"]),
        (WEEKS[2], "deleted", "a/b", None, []),
        (WEEKS[3], "deleted", "a/b", None, []),
    )
    again = lines[2]
    assert again.raw == {
        "record": "model/1", "id": "a/b", "observed_at": f"{WEEKS[1]}T00:00:00.000Z",
        "relation": "merge", "bases": ["c/d"],
    }  # fmt: skip
    reasons = [(line.number, note.reason) for line in lines for note in line.notes]
    assert reasons == [(2, "says again what row 1 says"), (4, "says again what row 3 says")]
    assert [(number, what) for number, _, _, what in told(lines) if isinstance(what, str)] == [
        (1, "appeared"), (2, "appeared"), (3, "gone"), (4, "gone"),
    ]  # fmt: skip


def test_what_is_no_event_is_rejected_where_it_stands(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        ("odd", "added", "a/b", None, []),
        (None, "added", "a/b", None, []),
        ("2025-07-01", "added", "a/b", None, []),
        (WEEKS[0], "renamed", "a/b", None, []),
        (WEEKS[0], "added", "/path/to it", None, []),
        (WEEKS[0], None, "a/b", None, []),
        (WEEKS[0], "added", None, None, []),
        (WEEKS[0], "added", "a/b", None, []),
    )
    bad = {line.number: line.issue.field for line in lines if line.issue}
    assert bad == {1: "week", 2: "week", 3: "week", 4: "event", 5: "id", 6: "event", 7: "id"}
    assert [number for number, *_ in told([line for line in lines if not line.issue])] == [8, 8]


def test_weeks_may_be_dates_and_columns_of_another_type_are_left_out(tmp_path: Path) -> None:
    lines = read(tmp_path, (date(2025, 3, 19), "added", "a/b", 7, "c/d"))
    assert [line.raw for line in lines] == [
        {"record": "model/1", "id": "a/b", "observed_at": "2025-03-19T00:00:00.000Z"},
        {"record": "change/1", "id": "a/b", "kind": "appeared", "after": None,
         "observed_at": "2025-03-19T00:00:00.000Z"},
    ]  # fmt: skip
    dump = examine(tmp_path / "x.parquet")
    assert [note.field for note in dump.notes] == ["relation", "base_models"]
    assert "ALL LINEAGE IS LOST" in dump.losses[0]
    assert lines[1].notes == ()
