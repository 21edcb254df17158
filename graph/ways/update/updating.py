"""Updates: what differs goes through the ordinary loader, what is gone is marked."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from graph.errors import DataError, HubgraphError
from graph.observe.dumps.columns import EVENTS, Dump
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import CHANGE_FORM
from graph.observe.record_files import Line
from graph.observe.sources import sources
from graph.progress import Progress, StageTimer
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.missing import SPARED, mark_missing
from graph.store.runs import Run, Scope, end_run, save_run
from graph.ways.load import TOLERATED, LoadState, load
from graph.ways.update.difference import Difference, compare
from graph.ways.update.known import newest_snapshot
from graph.ways.update.summary import UpdateSummary


def update(
    graph: Graph,
    paths: Sequence[Path],
    settings: Settings,
    progress: Progress,
    *,
    kind: str | None = None,
    observed_at: str | None = None,
    dry_run: bool = False,
) -> list[UpdateSummary]:
    """Bring the graph up to date with dumps of the whole Hub, one after another.

    Args:
        graph: what is brought up to date.
        paths: dumps of models, datasets or Spaces, each of them once at most.
        settings: of the load; and the share that a complete list must hold.
        progress: where its stages are reported.
        kind: what the rows are, where they do not show it.
        observed_at: when the dumps were taken, where they do not show it; ISO text.
        dry_run: whether nothing is written.

    Returns:
        What each of them did.

    Raises:
        DataError: a file is not a dump, older than what the graph holds, damaged or incomplete;
            nothing is written then.
        ServerError: the database went away. The next update makes the graph whole.
    """
    found = list(_dumps(paths, kind, observed_at))
    for dump, at in found:
        _check_age(graph, dump, at, settings)
    updates = [_Update(graph, dump, at, settings, progress) for dump, at in found]
    return [each.run(dry_run=dry_run) for each in updates]


def _dumps(
    paths: Sequence[Path], kind: str | None, observed_at: str | None
) -> Iterator[tuple[Dump, str]]:
    """The dumps, and when they were taken."""
    paths_of: dict[str, Path] = {}
    for source in sources(paths, kind, observed_at):
        path, dump = source.path, source.dump
        if dump is None:
            raise DataError(
                f"{path} is not a dump of the Hub.",
                "An update takes a Parquet file with all of it; `hubgraph load` takes others.",
            )
        if dump.kind == EVENTS:
            raise DataError(
                f"{path} holds events, not all of the Hub.", "Load it with `hubgraph load`."
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
    newest, own = newest_snapshot(graph, _scope(dump, settings)), datetime.fromisoformat(at)
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
        try:
            apply_schema(self._graph)
            found = compare(self._graph, self._dump, self._at, self._log, self._stages)
            self._take(found)
            self._check(found)
            if not dry_run:
                self._write(found)
        finally:
            self._log.close()
            self._stages.end()
        return self._done

    def _take(self, found: Difference) -> None:
        done = self._done
        for name in ("added", "changed", "back", "unfinished", "older", "unchanged", "rejected"):
            setattr(done, name, getattr(found, name))
        done.renamed, done.gone = len(found.renamed), len(found.gone)
        done.issues, done.issue_log = dict(self._log.outcomes), self._log.written

    def _check(self, found: Difference) -> None:
        """Refuse a dump of which too much cannot be used, or that lacks too much.

        Raises:
            DataError: saying which. Nothing is written.
        """
        name, rows = self._dump.path, self._dump.rows
        if found.rejected > max(TOLERATED, self._settings.max_bad_share * rows):
            raise DataError(
                f"{found.rejected:,} of the {rows:,} rows of {name} cannot be used. Nothing was "
                "written.",
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
        """Write what differs, as the one writer."""
        with writing(self._graph, self._run.kind):
            self._write_run(found)

    def _write_run(self, found: Difference) -> None:
        """Write it; the run's node says how it ended, whatever happens."""
        graph, run, done = self._graph, self._run, self._done
        shares = self._settings.model_dump(include={"max_bad_share", "crawl_min_share"})
        save_run(graph, run, status="running", source=self._source, settings=json.dumps(shares))
        try:
            if found.rows:
                self._load(found)
            self._stages.stage("Marking what is gone")
            at = datetime.fromisoformat(self._at)
            renamed, done.gone = mark_missing(graph, run, self._dump.node, found.gone, at)
            done.renamed += renamed
        except BaseException as error:
            status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            message = str(error) or type(error).__name__
            with suppress(HubgraphError):
                end_run(graph, run, status, done.counts(), message=message)
            raise
        scope = _scope(self._dump, self._settings)
        end_run(graph, run, "complete", done.counts(), observed_to=self._at, scope=scope)

    def _load(self, found: Difference) -> None:
        self._stages.stage("Writing what differs")
        total = found.rows + len(found.renamed)

        def show(loaded: LoadState) -> None:
            self._stages.advance(loaded.written / total)

        loaded = load(
            self._graph,
            self._lines(found),
            settings=self._settings,
            source=self._source,
            on_batch=show,
            run=self._run,
        )
        for outcome, count in loaded.issues.items():
            self._done.issues[outcome] = self._done.issues.get(outcome, 0) + count
        self._done.issue_log = loaded.issue_log or self._done.issue_log

    def _lines(self, found: Difference) -> Iterator[Line]:
        """What the loader reads: who is called otherwise now, then the rows."""
        for former, present in found.renamed:
            said = {"record": CHANGE_FORM, "id": former, "kind": "renamed", "before": former}
            yield Line(self._source, 0, said | {"after": present, "observed_at": self._at})
        yield from found.lines
