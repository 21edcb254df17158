"""Loading records into the graph: the only way in for data from the Hub."""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from graph.connection import Graph, Statement
from graph.ingest import statements
from graph.ingest.batch import Written, write_batch
from graph.ingest.issue_log import IssueLog
from graph.ingest.summary import LoadSummary
from graph.records import Normaliser, Record, check_files, read_file
from graph.records.files import Line
from hubgraph.errors import DataError, HubgraphError
from hubgraph.settings import Settings

TOLERATED = 100
"""Rejected records that never fail a load, however few records it has."""


@dataclass(frozen=True)
class Progress:
    """How far a load is.

    Attributes:
        read: records read.
        written: records whose batch is written.
        bytes_read: bytes of the files read.
        bytes_total: size of the files; 0 when records come from elsewhere.
    """

    read: int
    written: int
    bytes_read: int = 0
    bytes_total: int = 0


ProgressCallback = Callable[[Progress], object]


def load(
    graph: Graph,
    records: Iterable[object],
    *,
    settings: Settings,
    source: str,
    progress: ProgressCallback | None = None,
) -> LoadSummary:
    """Load records from an iterator: raw ones, or such as are normalised already.

    Args:
        graph: where to.
        records: the records; consumed while they are written.
        settings: batch size, threshold and log directory.
        source: what the records are from, for the run and the issue log.
        progress: called after every batch.

    Raises:
        DataError: too many records are bad. What was written before stays.
        ServerError: the database went away.
    """
    lines = (Line(source, number, raw) for number, raw in enumerate(records, 1))
    return _Load(graph, settings, source, progress).run(lines)


def load_files(
    graph: Graph,
    paths: Sequence[Path],
    *,
    settings: Settings,
    progress: ProgressCallback | None = None,
) -> LoadSummary:
    """Load record files, in any order.

    Raises:
        DataError: a path is no record file (nothing is written then), a file is cut off, or too
            many records are bad. What was written before stays.
        ServerError: the database went away.
    """
    check_files(paths)
    source = ", ".join(path.name for path in paths)
    task = _Load(graph, settings, source, progress)
    task.bytes_total = sum(path.stat().st_size for path in paths)
    return task.run(chain.from_iterable(read_file(path, task.advance) for path in paths))


class _Load:
    """One load: reads and normalises the next batch while the last one is written."""

    def __init__(
        self, graph: Graph, settings: Settings, source: str, progress: ProgressCallback | None
    ) -> None:
        now = datetime.now(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        run_id = f"load-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self._graph = graph
        self._settings = settings
        self._progress = progress
        self._summary = LoadSummary(run_id, source, now)
        self._log = IssueLog(settings.log_dir / "issues" / f"{run_id}.jsonl")
        self._normalise = Normaliser(now)
        self._written = 0
        self._bytes_read = 0
        self.bytes_total = 0

    def advance(self, size: int) -> None:
        """Count bytes read."""
        self._bytes_read += size

    def run(self, lines: Iterator[Line]) -> LoadSummary:
        """Load the lines; the run's node says how it ended, whatever happens."""
        summary = self._summary
        started = time.perf_counter()
        self._graph.apply_schema()
        self._save_run(settings=self._settings_json())
        try:
            self._write_all(lines)
        except BaseException as error:
            summary.status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            summary.message = str(error) or type(error).__name__
            with suppress(HubgraphError):
                self._finish(started)
            raise
        summary.status = "complete"
        self._finish(started)
        return summary

    def _finish(self, started: float) -> None:
        self._log.close()
        self._summary.elapsed_s = time.perf_counter() - started
        self._summary.issues = dict(self._log.outcomes)
        self._summary.issue_log = self._log.written
        self._end_run()

    def _write_all(self, lines: Iterator[Line]) -> None:
        """Write every batch, and the begun one too when reading fails."""
        pending: Future[Written] | None = None
        with ThreadPoolExecutor(1, "hubgraph-write") as writer:
            try:
                for batch in self._batches(lines):
                    if pending is not None:
                        self._count(pending.result())
                    pending = writer.submit(
                        write_batch, self._graph, batch, self._summary.started_at
                    )
            finally:
                if pending is not None:
                    self._count(pending.result())

    def _batches(self, lines: Iterator[Line]) -> Iterator[list[Record]]:
        batch: list[Record] = []
        try:
            for line in lines:
                record = self._accept(line)
                if record is not None:
                    batch.append(record)
                if self._summary.read % self._settings.batch_size == 0:
                    self._check_share()
                    if batch:
                        yield batch
                    batch = []
            self._check_share()
        except HubgraphError:
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _accept(self, line: Line) -> Record | None:
        summary = self._summary
        summary.read += 1
        record: Record | None
        if line.issue is not None:
            record, notes = None, [line.issue]
        elif isinstance(line.raw, Record):
            record, notes = line.raw, []
        else:
            record, notes = self._normalise(line.raw)
        for issue in notes:
            self._log.add(line.source, line.number, record.spelling if record else None, issue)
        if record is None:
            summary.rejected += 1
        elif record.observed_at and record.observed_at > (summary.observed_to or ""):
            summary.observed_to = record.observed_at
        return record

    def _check_share(self) -> None:
        summary, share = self._summary, self._settings.max_bad_share
        if summary.rejected > max(TOLERATED, share * summary.read):
            raise DataError(
                f"{summary.rejected:,} of the first {summary.read:,} records of {summary.source} "
                f"are bad, more than {share:.2%}.",
                f"See {self._log.path}. The good ones among them were loaded.",
            )

    def _count(self, written: Written) -> None:
        summary = self._summary
        summary.models += written.models
        summary.authors += written.authors
        summary.lineage += written.lineage
        if self._progress is not None:
            done = summary.models.total + summary.authors.total
            self._progress(Progress(summary.read, done, self._bytes_read, self.bytes_total))

    def _settings_json(self) -> str:
        names = {"batch_size", "max_bad_share"}
        return json.dumps(self._settings.model_dump(include=names), sort_keys=True)

    def _save_run(self, **values: object) -> None:
        summary = self._summary
        stored = {"kind": "load", "source": summary.source, "status": summary.status, **values}
        stored["started_at"] = summary.started_at
        self._graph.write(Statement(statements.SAVE_RUN, {"id": summary.run_id, "set": stored}))

    def _end_run(self) -> None:
        summary = self._summary
        observed_to = summary.observed_to
        self._save_run(
            ended_at=datetime.now(UTC),
            counts=json.dumps(summary.counts(), sort_keys=True),
            observed_to=datetime.fromisoformat(observed_to) if observed_to else None,
            message=summary.message,
        )
