"""Updates: what differs goes through the ordinary loader, what is gone is marked."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from graph.errors import DataError, HubgraphError
from graph.observe.dumps.columns import TABLES, Dump
from graph.observe.intake import TOLERATED, Intake, ReadSummary
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import CHANGE_FORM
from graph.observe.record_files import Line
from graph.observe.sources import SourceFile
from graph.progress import Progress, StageTimer
from graph.settings import Settings
from graph.store.connection import LONG_S, Graph
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.missing import SPARED, mark_missing
from graph.store.runs import Run, Scope, end_run, failure, save_run
from graph.ways.load import load
from graph.ways.update.difference import Difference, compare


@dataclass
class UpdateSummary:
    """What an update by one dump did, or would do."""

    run_id: str
    source: str  # the file
    kind: str  # what it holds
    observed_at: str  # when it was taken, ISO text
    rows: int  # of which follows what became of them
    added: int = 0  # described for the first time
    changed: int = 0  # newer than what the graph held
    renamed: int = 0  # models that have another name now
    back: int = 0  # there again after they were gone
    gone: int = 0  # in the graph and no longer in the dump
    unfinished: int = 0  # read again: an interrupted run may have left them half written
    older: int = 0  # older than what the graph holds, and left out
    unchanged: int = 0  # the same as in the graph, and left as they are
    rejected: int = 0  # rows that cannot be used
    issues: dict[str, int] = field(default_factory=dict)  # outcome → how often
    issue_log: str | None = None  # where the issues are written; None without any
    losses: list[str] = field(default_factory=list)  # what the file loses as a whole, in sentences
    seconds: dict[str, float] = field(default_factory=dict)  # stage → time

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        apart = {"run_id", "source", "kind", "observed_at", "issue_log", "losses", "seconds"}
        return {name: value for name, value in asdict(self).items() if name not in apart}


def update(
    graph: Graph,
    found: Sequence[SourceFile],
    settings: Settings,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> list[UpdateSummary]:
    """Bring the graph up to date with dumps of the whole Hub, at most one of each kind.

    Raises:
        DataError: a file is not a dump, older than what the graph holds, damaged or incomplete;
            nothing is written then.
        ServerError: the database went away. The next update makes the graph whole.
    """
    dumps = list(_dumps(found))
    for dump, at in dumps:
        _check_age(graph, dump, at, settings)
    updates = [_Update(graph, dump, at, settings, progress) for dump, at in dumps]
    return [each.run(dry_run=dry_run) for each in updates]


def _dumps(found: Sequence[SourceFile]) -> Iterator[tuple[Dump, str]]:
    """The dumps, and when they were taken."""
    paths_of: dict[str, Path] = {}
    for source in found:
        path, dump = source.path, source.dump
        if dump is None:
            raise DataError(
                f"{path} is not a dump of the Hub.",
                "An update takes a Parquet file with all of it; `hubgraph load` takes others.",
            )
        if dump.kind in TABLES:
            raise DataError(
                f"{path} holds {dump.kind}, not all of the Hub.", "Load it with `hubgraph load`."
            )
        if dump.kind in paths_of:
            raise DataError(
                f"{paths_of[dump.kind]} and {path} both hold {dump.node.plural}.",
                "Each must hold all of the Hub's: give the newer one.",
            )
        paths_of[dump.kind] = path
        yield dump, str(source.observed_at)


def _check_age(graph: Graph, dump: Dump, at: str, settings: Settings) -> None:
    """Refuse a dump that is older than what the graph holds: what it lacks need not be gone."""
    query = """MATCH (r:Run {scope: $scope, status: 'complete'})
RETURN max(coalesce(r.observed_to, r.started_at)) AS at"""
    newest = graph.read(query, {"scope": _scope(dump, settings)}, timeout_s=LONG_S).one()["at"]
    own = datetime.fromisoformat(at)
    if newest is not None and own < newest:
        raise DataError(
            f"{dump.path} shows the Hub on {own:%Y-%m-%d %H:%M}, and the graph shows it on "
            f"{newest:%Y-%m-%d %H:%M} already.",
            "Load it with `hubgraph load` to add what it says of the past.",
        )


def _scope(dump: Dump, settings: Settings) -> str:
    return f"{Scope(dump.node)} of {settings.hub_url}"


class _Update:
    """The update by one dump."""

    def __init__(
        self, graph: Graph, dump: Dump, at: str, settings: Settings, progress: Progress
    ) -> None:
        self._graph = graph
        self._dump = dump
        self._at = at
        self._settings = settings
        self._run = Run.begin("update")
        self._source = f"{dump.path.name} of {at}"
        self._log = IssueLog(settings.log_dir / "issues" / f"{self._run.id}.jsonl")
        self._done = UpdateSummary(self._run.id, str(dump.path), dump.kind, at, dump.rows)
        prefix = f"{dump.node.plural.capitalize()}: "
        self._stages = StageTimer(progress, self._done.seconds, prefix)

    def run(self, *, dry_run: bool) -> UpdateSummary:
        """Compare, and write unless it is a dry run."""
        done = self._done
        try:
            apply_schema(self._graph)
            self._log.add_file(self._dump)
            done.losses += self._dump.losses
            found = compare(self._graph, self._dump, self._at, self._log, self._stages)
            for name, count in found.counts.items():
                setattr(done, name, count)
            done.renamed, done.gone = len(found.renamed), len(found.gone)
            done.issues, done.issue_log = dict(self._log.outcomes), self._log.written
            self._check(found)
            if dry_run:
                self._look(found)
            else:
                with writing(self._graph, self._run.kind):
                    self._write(found)
        finally:
            self._log.close()
            self._stages.end()
        return done

    def _check(self, found: Difference) -> None:
        """Refuse a dump of which too much cannot be used, or that lacks too much.

        Raises:
            DataError: saying which. Nothing is written.
        """
        name, rows, rejected = self._dump.path, self._dump.rows, self._done.rejected
        if rejected > max(TOLERATED, self._settings.max_bad_share * rows):
            raise DataError(
                f"{rejected:,} of the {rows:,} rows of {name} cannot be used. Nothing was written.",
                f"See {self._log.path}.",
            )
        most = (1 - self._settings.crawl_min_share) * found.expected
        if len(found.gone) > max(SPARED, most):
            raise DataError(
                f"Of {found.expected:,} {self._dump.node.plural} that should be there, "
                f"{len(found.gone):,} are not in {name}. It looks incomplete, so nothing "
                "was written.",
                "See whether the file is whole.",
            )

    def _write(self, found: Difference) -> None:
        """Write what differs; the run's node says how it ended, whatever happens."""
        graph, run, done = self._graph, self._run, self._done
        shares = self._settings.model_dump(include={"max_bad_share", "crawl_min_share"})
        save_run(graph, run, status="running", source=self._source, settings=json.dumps(shares))
        try:
            if found.rows:
                self._load(found)
            self._stages.stage("Marking what is gone")
            at = datetime.fromisoformat(self._at)
            marked = mark_missing(graph, run, self._dump.node, found.gone, at)
            done.renamed, done.gone = done.renamed + marked.renamed, marked.gone
        except BaseException as error:
            status, message = failure(error)
            with suppress(HubgraphError):
                end_run(graph, run, status, done.counts(), message=message)
            raise
        scope = _scope(self._dump, self._settings)
        end_run(graph, run, "complete", done.counts(), observed_to=self._at, scope=scope)

    def _look(self, found: Difference) -> None:
        """Read what would be written, for its issues."""
        read = ReadSummary()
        intake = Intake(self._settings, self._run.id, read)
        for line in found.lines:
            intake(line)
        intake.log.close()
        intake.report()
        self._add(read)

    def _load(self, found: Difference) -> None:
        self._stages.stage("Writing what differs")
        total = found.rows + len(found.renamed)
        loaded = load(
            self._graph,
            self._lines(found),
            settings=self._settings,
            source=self._source,
            on_batch=lambda state: self._stages.advance(state.written / total),
            run=self._run,
        )
        self._add(loaded)

    def _add(self, read: ReadSummary) -> None:
        """Add the issues of what was read."""
        done = self._done
        done.issues = dict(Counter(done.issues) + Counter(read.issues))
        done.issue_log = read.issue_log or done.issue_log

    def _lines(self, found: Difference) -> Iterator[Line]:
        """What the loader reads: who is called otherwise now, then the rows."""
        for former, present in found.renamed:
            said = {"record": CHANGE_FORM, "id": former, "kind": "renamed", "before": former}
            yield Line(self._source, 0, said | {"after": present, "observed_at": self._at})
        yield from found.lines
