"""Loading records into the graph: the only way in for data from the Hub."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from graph.errors import HubgraphError
from graph.observe.intake import Intake, ReadSummary
from graph.observe.issues import Issue, Outcome
from graph.observe.normalise import Record
from graph.observe.record_files import Line
from graph.observe.sources import SourceFile, sources
from graph.resolve.delta import Delta, Tally
from graph.schema import DESCRIBED, NODE_OF_LABEL
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.held import read_former_names
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.runs import Run, end_run, failure, follows_snapshot, save_run, updates
from graph.store.writing import write_observations

_UNMATCHED = Issue("id", Outcome.DROPPED, "is no model in the graph, so its result was left out")

FLUSH = object()
"""Among records: write what came before now, without waiting for a whole batch."""


@dataclass
class LoadSummary(ReadSummary):
    """What a load read and wrote so far, or in all."""

    run_id: str
    source: str
    started_at: datetime
    status: str = "running"  # as in the `:Run` node
    tallies: dict[str, Tally] = field(  # kind in the plural (`models`) → how its records compared
        default_factory=lambda: {node.slug: Tally() for node in DESCRIBED}
    )
    lineage: int = 0  # relationships to bases that the records state
    changes: int = 0  # changes that records report or show
    gone: int = 0  # nodes that are gone now
    suspected: int = 0  # nodes that are suspected to be gone now
    evaluations: int = 0  # results on benchmarks
    elapsed_s: float = 0.0
    message: str | None = None  # why it failed

    def take(self, delta: Delta) -> None:
        """Count what was written."""
        for label, tally in delta.tallies.items():
            self.tallies[NODE_OF_LABEL[label].slug] += tally
        self.lineage += delta.lineage
        self.changes += delta.changes
        self.gone += delta.gone
        self.suspected += delta.suspected
        self.evaluations += delta.evaluations

    @property
    def written(self) -> int:
        """Records of every kind that are written."""
        return sum(tally.total for tally in self.tallies.values()) + self.changes + self.evaluations

    @property
    def records_per_s(self) -> float:
        """Records written or rejected per second."""
        return self.read / self.elapsed_s if self.elapsed_s else 0.0

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        names = (
            "read", "rejected", "issues", "lineage", "changes", "gone", "suspected", "evaluations",
        )  # fmt: skip
        tallies = {slug: asdict(tally) for slug, tally in self.tallies.items()}
        return {name: getattr(self, name) for name in names} | tallies

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        values = asdict(self)
        return {
            **values,
            **values.pop("tallies"),
            "started_at": self.started_at.isoformat(),
            "records_per_s": round(self.records_per_s, 1),
        }


@dataclass(frozen=True)
class LoadState:
    """How far a load is."""

    read: int  # records
    written: int  # records whose batch is written
    settled: int = 0  # records from the first on, each written or rejected: never needed again
    bytes_read: int = 0
    bytes_total: int = 0  # 0 when records come from elsewhere than files
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
    """Load record files, dumps and event files, in any order; options as for `sources`.

    Raises:
        DataError: a path is none of these files (nothing is written then), a file is cut off, or
            too many records are bad. What was written before stays.
        ServerError: the database went away.
    """
    found = sources(paths, kind, observed_at)
    task = _Load(graph, settings, ", ".join(path.name for path in paths), on_batch)
    task.bytes_total = sum(path.stat().st_size for path in paths)
    return task.run(chain.from_iterable(map(task.lines, found)))


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
        self._intake = Intake(settings, self._run.id, self._summary)
        self._bytes_read = 0
        self.bytes_total = 0

    def advance(self, size: int) -> None:
        """Count bytes read."""
        self._bytes_read += size

    def lines(self, source: SourceFile) -> Iterator[Line]:
        """What a file holds."""
        self._intake.begin(source.dump)
        yield from source.lines(self.advance)

    def run(self, lines: Iterator[Line]) -> LoadSummary:
        """Load the lines; the run's node says how it ended, whatever happens."""
        graph, run, summary = self._graph, self._run, self._summary
        apply_schema(graph)
        with writing(graph, run.kind):
            started = time.perf_counter()
            used = self._settings.model_dump(include={"batch_size", "max_bad_share"})
            used_json = json.dumps(used, sort_keys=True)
            begun = {"source": summary.source, "settings": used_json}
            ended = dict.fromkeys(("ended_at", "counts", "message"))  # before it went on
            save_run(graph, run, status="running", **begun, **ended)
            try:
                self._write_all(lines)
            except BaseException as error:
                summary.status, summary.message = failure(error)
                with suppress(HubgraphError):
                    self._finish(started)
                raise
            summary.status = "complete"
            self._finish(started)
        return summary

    def _finish(self, started: float) -> None:
        self._intake.log.close()
        self._intake.report()
        done = self._summary
        done.elapsed_s = time.perf_counter() - started
        if self._is_whole_run:
            ended = {"observed_to": done.observed_to, "message": done.message}
            end_run(self._graph, self._run, done.status, done.counts(), **ended)

    def _write_all(self, lines: Iterator[Line]) -> None:
        """Write every batch, and the begun one too when reading fails."""
        graph, run = self._graph, self._run
        after_snapshot = follows_snapshot(graph, run)
        names = read_former_names(graph)
        write = partial(
            write_observations,
            graph,
            run=run,
            names=names,
            after_snapshot=after_snapshot,
            snapshots=updates(graph),
        )
        with ThreadPoolExecutor(1, "hubgraph-write") as writer:
            pending: _Pending | None = None
            try:
                for batch, read, at_once in self._batches(lines):
                    self._settle(pending)
                    pending = writer.submit(write, batch), read
                    if at_once:
                        self._settle(pending)
                        pending = None
            finally:
                self._settle(pending)

    def _batches(self, lines: Iterator[Line]) -> Iterator[tuple[list[Record], int, bool]]:
        """Batches, the records read up to each one's end, and whether to write it before the next.

        A begun batch comes before the error that ends the reading.
        """
        batch: list[Record] = []
        summary = self._summary
        failed: HubgraphError | None = None
        try:
            for line in lines:
                at_once = line.raw is FLUSH
                record = None if at_once else self._intake(line)
                if record is not None:
                    batch.append(record)
                if at_once or summary.read % self._settings.batch_size == 0:
                    self._check_share()
                    yield batch, summary.read, at_once
                    batch = []
            self._check_share()
        except HubgraphError as error:
            failed = error
        if batch:
            yield batch, summary.read, True
        if failed is not None:
            raise failed

    def _check_share(self) -> None:
        which = f"the first {self._summary.read:,} records of {self._summary.source}"
        self._intake.check_share(which, "The good ones among them were loaded.")

    def _settle(self, pending: "_Pending | None") -> None:
        """Wait for a batch and count it."""
        if pending is None:
            return
        written, settled = pending
        done = self._summary
        delta = written.result()
        for name in delta.unmatched:
            self._intake.log.add(done.source, 0, name, _UNMATCHED)
        done.take(delta)
        if self._on_batch is not None:
            self._intake.report()
            sizes = (self._bytes_read, self.bytes_total)
            self._on_batch(LoadState(done.read, done.written, settled, *sizes, done))


_Pending = tuple[Future[Delta], int]
"""A batch that is being written, and how many records were read up to its end."""
