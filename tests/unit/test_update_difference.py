"""Which rows of a dump differ from what the graph holds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.observe.dumps.columns import examine
from graph.observe.dumps.rows import lines
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser
from graph.schema import NodeType
from graph.store.connection import Graph, Result
from graph.store.held import FORMER_NAMES
from graph.ways.update import known, tables
from graph.ways.update.difference import STAGES, Difference, compare
from graph.ways.update.known import HeldNode, HeldState
from tests.progress import Seen

BEFORE, AT, LATER = (f"2026-10-0{day}T00:00:00.000Z" for day in (1, 2, 3))

Row = dict[str, object]


def row(name: str, number: int, **fields: object) -> Row:
    """A row of a dump; `number` makes its `_id`."""
    return {"id": name, "_id": f"{number:024x}", "likes": 1, "tags": ["license:mit"], **fields}


@dataclass
class Pretended:
    """A graph that holds what dumps said."""

    folder: Path
    held: dict[str, tuple[HeldState, HeldNode]] = field(default_factory=dict)
    former: list[dict[str, object]] = field(default_factory=list)

    def hold(
        self, rows: Sequence[Row], at: str = BEFORE, state: HeldState = HeldState.PRESENT
    ) -> None:
        path = self.folder / "models-held.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        normalise = Normaliser()
        for line in lines(examine(path), at):
            record, _ = normalise(line.raw)
            assert record is not None
            hub_id = cast("str | None", record.properties.get("hub_id"))
            one = HeldNode(record.key, record.spelling, hub_id, record.version)
            newest = self.held.get(record.key)
            if newest is None or newest[1].version < record.version:
                self.held[record.key] = (state, one)

    def rename(self, former: str, present: str, at: str) -> None:
        hub_id = self.held[present.lower()][1].hub_id
        when = datetime.fromisoformat(at).astimezone(UTC)
        self.former.append({"former": former, "id": present, "hub_id": hub_id, "at": when})

    def read(self, query: str, *_: object, **__: object) -> Result:
        assert query == FORMER_NAMES
        return Result([], self.former)


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretended:
    pretended = Pretended(tmp_path)

    def read(_: Graph, __: NodeType, ___: object) -> Iterator[list[str]]:
        for _state, one in pretended.held.values():
            yield [one.version[-8:] + one.key]

    def exceptional(*_: object) -> Iterator[tuple[HeldState, list[str]]]:
        for key, (state, _one) in pretended.held.items():
            yield state, [key]

    def held(_: Graph, __: NodeType, keys: Sequence[str]) -> Iterator[list[HeldNode]]:
        yield [pretended.held[key][1] for key in keys]

    monkeypatch.setattr(known, "read_known", read)
    monkeypatch.setattr(known, "exceptional", exceptional)
    monkeypatch.setattr(known, "held", held)
    return pretended


def differ(graph: Pretended, rows: Sequence[Mapping[str, object]]) -> Difference:
    path = graph.folder / "models.parquet"
    pq.write_table(pa.Table.from_pylist([dict(each) for each in rows]), path)
    stages = Seen()
    with closing(IssueLog(graph.folder / "issues.jsonl")) as log:
        found = compare(cast("Graph", graph), examine(path), AT, log, stages)
    assert tuple(stages.stages) == STAGES
    return found


def numbers(found: Difference) -> list[int]:
    """Of the rows that the loader must read."""
    read = [line.number for line in found.lines]
    assert len(read) == found.rows
    return read


def counted(found: Difference) -> dict[str, int]:
    names = ("added", "changed", "back", "unfinished", "older", "unchanged", "rejected")
    return {name: count for name in names if (count := found.counts.get(name))}


def test_what_is_the_same_is_not_read_again(graph: Pretended) -> None:
    rows = [row("a/b", 1), row("a/c", 2, tags=["license:odd\t"]), row("A/D", 3, likes=None)]
    graph.hold(rows)
    found = differ(graph, rows)
    assert counted(found) == {"unchanged": 3}
    assert (numbers(found), found.renamed, found.gone, found.expected) == ([], [], [], 3)


def test_what_is_new_changed_or_gone(graph: Pretended) -> None:
    graph.hold([row("a/same", 1), row("a/changed", 2), row("a/gone", 3)])
    graph.hold([row("a/deleted", 4)], state=HeldState.GONE)
    now = [
        row("a/new", 5), row("a/same", 1), row("a/changed", 2, likes=2), row("not an id", 6),
        row("A/Same/", 7),
    ]  # fmt: skip
    found = differ(graph, now)
    assert counted(found) == {"added": 1, "changed": 1, "unchanged": 1, "rejected": 2}
    assert (numbers(found), found.gone, found.expected) == ([1, 3], ["a/gone"], 3)
    assert "is not an id" in (graph.folder / "issues.jsonl").read_text()


def test_what_was_gone_is_back_unless_it_went_later(graph: Pretended) -> None:
    graph.hold([row("a/back", 1), row("a/still", 2)], state=HeldState.GONE)
    graph.hold([row("a/later", 3)], state=HeldState.GONE_LATER)
    found = differ(graph, [row("a/back", 1), row("a/later", 3)])
    assert counted(found) == {"back": 1, "unchanged": 1}
    assert (numbers(found), found.gone) == ([1], [])


def test_what_an_interrupted_run_wrote_is_read_again(graph: Pretended) -> None:
    graph.hold([row("a/half", 1), row("a/lost", 2)], state=HeldState.UNFINISHED)
    found = differ(graph, [row("a/half", 1)])
    assert counted(found) == {"unfinished": 1}
    assert (numbers(found), found.gone) == ([1], ["a/lost"])


def test_what_the_graph_knows_newer_of_is_left_alone(graph: Pretended) -> None:
    graph.hold([row("a/seen-later", 1, likes=5), row("a/not-there", 2)], LATER)
    found = differ(graph, [row("a/seen-later", 1)])
    assert counted(found) == {"older": 1}
    assert (numbers(found), found.gone) == ([], [])


def test_ids_that_differ_in_case_are_one(graph: Pretended) -> None:
    rows = [row("A/b", 1), row("a/B", 1, likes=3)]
    graph.hold(rows)
    assert counted(differ(graph, rows)) == {"unchanged": 2}
    found = differ(graph, [rows[0], rows[1] | {"likes": 4}])
    assert numbers(found) in ([1, 2], [])
    other = differ(graph, [rows[0] | {"likes": 5}, rows[1] | {"likes": 6}])
    assert (numbers(other), other.counts["changed"], other.gone) == ([1, 2], 2, [])


def test_the_same_id_under_another_name_is_a_rename(graph: Pretended) -> None:
    graph.hold([row("a/Old", 1), row("a/copied", 2), row("a/none", 3, _id=None)])
    now = [row("a/New", 1), row("a/copied", 2), row("a/copy", 2), row("a/other", 4, _id=None)]
    found = differ(graph, now)
    assert found.renamed == [("a/Old", "a/New")]
    assert (counted(found), found.gone) == ({"added": 2, "unchanged": 1}, ["a/none"])
    assert numbers(found) == [1, 3, 4]


def test_another_s_name_is_left_to_the_loader(graph: Pretended) -> None:
    graph.hold([row("a/old", 1), row("a/taken", 2)])
    found = differ(graph, [row("a/taken", 1)])
    assert (found.renamed, found.gone) == ([], ["a/old"])
    assert counted(found) == {"changed": 1}


def test_another_repository_is_read_however_long_it_has_not_changed(graph: Pretended) -> None:
    graph.hold([row("a/m", 1, lastModified="2026-09-01T00:00:00.000Z")])
    for number, verdict in ((1, "older"), (2, "changed")):
        found = differ(
            graph, [row("a/m", number, likes=2, lastModified="2026-01-01T00:00:00.000Z")]
        )
        assert counted(found) == {verdict: 1}


@pytest.mark.parametrize(("renamed_at", "hub_id", "expected"), [
    (LATER, 1, ({"unchanged": 1}, [], [])),
    (BEFORE, 1, ({}, [("a/new", "a/old")], [])),
    (LATER, 2, ({"added": 1}, [], ["a/new"])),
    (BEFORE, None, ({"changed": 1}, [], [])),
])  # fmt: skip
def test_a_former_name(
    graph: Pretended, renamed_at: str, hub_id: int | None, expected: tuple[object, ...]
) -> None:
    graph.hold([row("a/old", 1)])
    state, one = graph.held.pop("a/old")
    graph.held["a/new"] = (state, one._replace(key="a/new", id="a/new"))
    graph.rename("a/old", "a/new", renamed_at)
    now = row("a/old", 1) if hub_id else row("a/old", 1, _id=None)
    found = differ(graph, [now if hub_id != 2 else row("a/old", 2)])
    assert (counted(found), found.renamed, found.gone) == expected


def test_too_many_rows_are_read_again(graph: Pretended, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("a/b", 1), row("a/c", 2, tags=["a\tb"])]
    kept = differ(graph, rows)
    monkeypatch.setattr(tables, "MOST_KEPT", 1)
    normalise = Normaliser()
    read = [(line, *normalise(line.raw)) for line in differ(graph, rows).lines]
    again = [line._replace(raw=raw, notes=(*line.notes, *notes)) for line, raw, notes in read]
    assert list(kept.lines) == again
    assert again[1].notes[0].field == "tags"
