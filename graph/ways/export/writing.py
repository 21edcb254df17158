"""The whole graph as one record file, in the order from which it comes back when it is loaded."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import DataError
from graph.observe.hub.rules import Raw
from graph.observe.normalise import CHANGE_FORM
from graph.observe.record_writer import RecordWriter
from graph.progress import Progress
from graph.schema import DESCRIBED, EVALUATION, MODEL, NodeType
from graph.store.connection import Graph, Row
from graph.times import iso
from graph.ways.export import pages
from graph.ways.export.described import OLDEST, begun
from graph.ways.export.past import newest_record, older_records

EXPORTED = sorted(DESCRIBED, key=lambda node: node.has_history)
"""What is exported, in the order of the file: models last, for others may name them."""


@dataclass
class ExportSummary:
    """What an export wrote."""

    file: str
    described: dict[str, int] = field(default_factory=dict)  # label → nodes
    left_out: dict[str, int] = field(default_factory=dict)  # label → nodes that are gone
    changes: int = 0  # what happened to models
    evaluations: int = 0  # results on benchmarks
    records: int = 0  # all of them, with those of the past
    file_bytes: int = 0
    elapsed_s: float = 0.0


def export_records(
    graph: Graph, file: Path, progress: Progress, *, overwrite: bool = False
) -> ExportSummary:
    """Write the whole graph as records into a file, which appears once it is complete.

    Nothing should write to the graph meanwhile: what is written then may be in the file or not.

    Raises:
        DataError: there is such a file, or it cannot be written, or there is nothing to write.
        ServerError: the database went away.
    """
    if file.exists() and not (overwrite and file.is_file()):
        raise DataError(f"{file} exists.", "Give another name, or --force to replace it.")
    began = time.perf_counter()
    done = ExportSummary(str(file))
    try:
        with RecordWriter(file, fast=True) as writer:
            for record in _Export(graph, progress, done).records():
                writer.write(record)
            done.records = writer.count
            if not writer.count:
                raise DataError("The graph holds nothing that a record could say.")
        done.file_bytes = file.stat().st_size
    except OSError as error:
        raise DataError(f"{file} cannot be written: {error.strerror or error}.") from error
    done.elapsed_s = round(time.perf_counter() - began, 1)
    return done


_SAID = ("before", "after", "compared")
"""What a change says, where it does."""


class _Export:
    """The records of a graph."""

    def __init__(self, graph: Graph, progress: Progress, done: ExportSummary) -> None:
        self._graph = graph
        self._progress = progress
        self._done = done
        self._taken: dict[str, object] = {}
        self._renamed: dict[str, list[Row]] = {}
        self._unspelled: dict[str, list[str]] = {}

    def records(self) -> Iterator[Raw]:
        """All of them.

        Renames come first, for a name may be another model's now. Before anything names such a
        model, a record says which one it is.
        """
        renames = pages.renames(self._graph)
        yield from self._renames(renames)
        yield from self._names_taken_over(renames)
        self._progress.stage("Changes")
        for row in pages.changes(self._graph, self._progress.advance):
            self._done.changes += 1
            yield self._change(row)
        for node in EXPORTED:
            self._progress.stage(node.plural.capitalize())
            yield from self._described(node)
        self._progress.stage("Evaluations")
        for row in pages.evaluations(self._graph, self._progress.advance):
            self._done.evaluations += 1
            said = {name: value for name, value in row.items() if value is not None}
            yield {"record": EVALUATION.form, **said}

    def _renames(self, renames: Iterable[Row]) -> Iterator[Raw]:
        for row in renames:
            self._done.changes += 1
            self._renamed.setdefault(str(row["of"]), []).append(row)
            said = {"kind": "renamed"} | {n: row[n] for n in _SAID if row[n] is not None}
            former = str(row["model"])
            others = [a for a in row["aliases"] or () if a.lower() == former.lower()]
            for name in dict.fromkeys((former, *others)):
                yield {"record": CHANGE_FORM, "id": name, **said, "observed_at": iso(row["at"])}

    def _names_taken_over(self, renames: Iterable[Row]) -> Iterator[Raw]:
        """For names that are another model's now: whose they were, and whose they are."""
        taken = {row["model"].lower(): row for row in renames if row["taken"] is not None}
        for row in taken.values():
            yield begun(
                MODEL, row["of"], hub_id=row["hub_id"], **_time(row["version"]), digest=OLDEST
            )
        for name, row in taken.items():
            self._taken[name] = row["taken_hub_id"]
            modified, seen, _ = str(row["taken_version"]).split(" ")
            at = iso(row["taken_at"]) if row["taken_at"] else None
            if at is not None and (modified or at <= seen):
                said = {"hub_id": row["taken_hub_id"], "observed_at": at, "digest": OLDEST}
                yield begun(MODEL, row["taken"], **said)

    def _change(self, row: Row) -> Raw:
        """A change, under the name that leads to its model."""
        called, now = str(row["model"]), str(row["of"])
        if called.lower() != now.lower() and called.lower() in self._taken:
            called = now
        record: Raw = {"record": CHANGE_FORM, "id": called, "kind": row["kind"]}
        record |= {name: row[name] for name in _SAID if row[name] is not None}
        if row["kind"] == "returned" and called.lower() != now.lower():
            record.pop("compared", None)  # no record says any more that it is from a former name
        record["observed_at"] = iso(row["at"])
        return record

    def _described(self, node: NodeType) -> Iterator[Raw]:
        """What describes the nodes of a kind: other spellings, the past, and what is there now."""
        count = 0
        for row in pages.described(self._graph, node, self._progress.advance):
            count += 1
            values = row["node"]
            known_by = self._known_by(node, values)
            for alias in _spellings(node, values):
                yield begun(
                    node, alias, **known_by, **_time(values["record_version"]), digest=OLDEST
                )
            edges, former = row.get("lineage") or (), row.get("former") or ()
            older = older_records(
                node, values, edges, former, known_by=known_by, spelled=self._spelled
            )
            yield from (self._as_called(node, record) for record in older)
            yield newest_record(node, values, edges, self._spelled)
        self._done.described[node.label] = count
        if left := pages.count_described(self._graph, node) - count:
            self._done.left_out[node.label] = left

    def _as_called(self, node: NodeType, record: Raw) -> Raw:
        """A record that says which model it is about, under the name that this one had then."""
        renames, at = self._renamed.get(str(record[node.key]), ()), str(record.get("observed_at"))
        if not node.has_history or "observed_at" not in record or record.get("hub_id") is None:
            return record
        name = next((str(row["model"]) for row in renames if iso(row["at"]) > at), None)
        if name is not None and name.lower() not in self._taken:
            return record | {node.key: name}
        if name is not None and any(row["compared"] for row in renames):
            return {key: value for key, value in record.items() if key != "hub_id"}
        return record  # a name that is reported counts from the report on

    def _known_by(self, node: NodeType, values: Mapping[str, Any]) -> dict[str, object]:
        if node.has_history and values["id_folded"] in self._taken:
            return {"hub_id": self._taken[values["id_folded"]]}
        return {}

    def _spelled(self, edge: Mapping[str, Any]) -> str:
        """A base as a record spells it: what nothing describes in each of its spellings once."""
        name = str(edge["base"])
        if not edge["other"]:
            return name
        left = self._unspelled.setdefault(name, [name, *edge["other"]])
        return left.pop(0) if left else name


def _time(version: str | None) -> Raw:
    """The time of a record of some version, as a record states it."""
    modified, seen, _ = (version or "  ").split(" ")
    return {"observed_at": seen} if seen else {"last_modified": modified} if modified else {}


def _spellings(node: NodeType, values: Mapping[str, Any]) -> list[str]:
    """Other spellings of a name; former names of a model follow from its renames."""
    name = str(values[node.key])
    return [a for a in values.get("aliases") or () if a.lower() == name.lower() and a != name]
