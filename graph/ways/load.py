"""Loading records into the graph: the only way in for data from the Hub."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

from graph.errors import DataError, HubgraphError
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import Line
from graph.observe.sources import sources
from graph.resolve.delta import Delta
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.held import read_former_names
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.load_summary import LoadSummary
from graph.store.runs import Run, end_run, follows_snapshot, save_run
from graph.store.writing import write_observations

FLUSH = object()
"""Among records: write what came before now, without waiting for a whole batch."""

TOLERATED = 100
"""Rejected records that never fail a load, however few records it has."""


@dataclass(frozen=True)
class LoadState:
    """How far a load is.

    Attributes:
        read: records read.
        written: records whose batch is written.
        settled: records from the first on that need not be read again: each is written or rejected.
        bytes_read: bytes of the files read.
        bytes_total: size of the files; 0 when records come from elsewhere.
        summary: what was done up to now.
    """

    read: int
    written: int
    settled: int = 0
    bytes_read: int = 0
    bytes_total: int = 0
    summary: LoadSummary | None = field(default=None, compare=False)


OnBatch = Callable[[LoadState], object]


def load(
    graph: Graph,
    records: Iterable[object],
    *,
    settings: Settings,
    source: str,
    on_batch: OnBatch | None = None,
    run: Run | None = None,
) -> LoadSummary:
    """Load records from an iterator: raw ones, or such as are normalised already.

    Args:
        graph: where to.
        records: the records, and `FLUSH`; consumed while they are written. A `Line` brings its own
            place.
        settings: batch size, threshold and log directory.
        source: what the records are from, for the run and the issue log.
        on_batch: called after every batch.
        run: what the load is part of, which may have begun earlier; its status is then the
            caller's to settle, with `end_run`. Default: a run of its own.

    Raises:
        DataError: too many records are bad. What was written before stays.
        ServerError: the database went away, or someone else is writing to the graph.
    """
    lines = (
        raw if isinstance(raw, Line) else Line(source, number, raw)
        for number, raw in enumerate(records, 1)
    )
    return _Load(graph, settings, source, on_batch, run).run(lines)


def load_files(
    graph: Graph,
    paths: Sequence[Path],
    *,
    settings: Settings,
    on_batch: OnBatch | None = None,
    kind: str | None = None,
    observed_at: str | None = None,
) -> LoadSummary:
    """Load record files, dumps and event files, in any order.

    Args:
        graph: where to.
        paths: the files.
        settings: batch size, threshold and log directory.
        on_batch: called after every batch.
        kind: kind of the rows of Parquet files whose columns do not decide it.
        observed_at: when dumps without a time of their own were taken; ISO text.

    Raises:
        DataError: a path is none of these files (nothing is written then), a file is cut off, or
            too many records are bad. What was written before stays.
        ServerError: the database went away.
    """
    found = sources(paths, kind, observed_at)
    source = ", ".join(path.name for path in paths)
    task = _Load(graph, settings, source, on_batch)
    task.bytes_total = sum(path.stat().st_size for path in paths)
    return task.run(chain.from_iterable(source.lines(task.advance) for source in found))


class _Load:
    """One load: reads and normalises the next batch while the last one is written."""

    def __init__(
        self,
        graph: Graph,
        settings: Settings,
        source: str,
        on_batch: OnBatch | None,
        run: Run | None = None,
    ) -> None:
        self._run = run or Run.begin("load")
        self._is_whole_run = run is None
        self._graph = graph
        self._settings = settings
        self._on_batch = on_batch
        self._summary = LoadSummary(self._run.id, source, self._run.started_at)
        self._log = IssueLog(settings.log_dir / "issues" / f"{self._run.id}.jsonl")
        self._normalise = Normaliser()
        self._handed_over = 0
        self._bytes_read = 0
        self.bytes_total = 0

    def advance(self, size: int) -> None:
        """Count bytes read."""
        self._bytes_read += size

    def run(self, lines: Iterator[Line]) -> LoadSummary:
        """Load the lines; the run's node says how it ended, whatever happens."""
        apply_schema(self._graph)
        with writing(self._graph, self._run.kind):
            return self._load(lines)

    def _load(self, lines: Iterator[Line]) -> LoadSummary:
        summary = self._summary
        started = time.perf_counter()
        save_run(
            self._graph,
            self._run,
            status=summary.status,
            source=summary.source,
            settings=self._settings_json(),
        )
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
        summary = self._summary
        summary.issue_log = self._log.written
        if self._is_whole_run:
            end_run(
                self._graph,
                self._run,
                summary.status,
                summary.counts(),
                observed_to=summary.observed_to,
                message=summary.message,
            )

    def _write_all(self, lines: Iterator[Line]) -> None:
        """Write every batch, and the begun one too when reading fails."""
        write = partial(
            write_observations,
            self._graph,
            run=self._run,
            names=read_former_names(self._graph),
            after_snapshot=follows_snapshot(self._graph, self._run),
        )
        with ThreadPoolExecutor(1, "hubgraph-write") as writer:
            pending: _Pending | None = None
            try:
                for batch, at_once in self._batches(lines):
                    self._settle(pending)
                    pending = _Pending(writer.submit(write, batch), self._handed_over)
                    if at_once:
                        self._settle(pending)
                        pending = None
            finally:
                self._settle(pending)

    def _batches(self, lines: Iterator[Line]) -> Iterator[tuple[list[Record], bool]]:
        """Batches, and whether each is to be written before more is read."""
        batch: list[Record] = []
        try:
            for line in lines:
                at_once = line.raw is FLUSH
                record = None if at_once else self._accept(line)
                if record is not None:
                    batch.append(record)
                if at_once or self._summary.read % self._settings.batch_size == 0:
                    self._check_share()
                    self._handed_over = self._summary.read
                    yield batch, at_once
                    batch = []
            self._check_share()
        except HubgraphError:
            self._handed_over = self._summary.read
            if batch:
                yield batch, True
            raise
        self._handed_over = self._summary.read
        if batch:
            yield batch, True

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
        for issue in (*line.notes, *notes):
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

    def _settle(self, pending: "_Pending | None") -> None:
        """Wait for a batch and count it."""
        if pending is None:
            return
        summary = self._summary
        summary.take(pending.written.result())
        if self._on_batch is not None:
            done = summary.written
            summary.issues = dict(self._log.outcomes)
            self._on_batch(
                LoadState(
                    summary.read, done, pending.read, self._bytes_read, self.bytes_total, summary
                )
            )

    def _settings_json(self) -> str:
        names = {"batch_size", "max_bad_share"}
        return json.dumps(self._settings.model_dump(include=names), sort_keys=True)


@dataclass(frozen=True)
class _Pending:
    """A batch that is being written, and how many records were read up to its end."""

    written: Future[Delta]
    read: int
