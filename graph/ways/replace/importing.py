"""The whole import: read, work out, write files, import, start, index, check, switch."""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph import schema
from graph.answers.precomputing import precompute_answers
from graph.errors import ConfigurationError, DataError, ServerError
from graph.observe.dumps.columns import EVENTS
from graph.observe.dumps.session import interruptible
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser
from graph.observe.sources import SourceFile, sources
from graph.progress import Progress, StageTimer
from graph.server import LocalServer
from graph.server.replacement import Replacement
from graph.settings import Settings
from graph.store.connection import Graph, connect
from graph.store.indexes import apply_schema
from graph.store.runs import Run, Scope, end_run, save_run
from graph.times import milliseconds
from graph.ways.load import load
from graph.ways.replace import contents, files
from graph.ways.replace.command import HEAP_MB, Percent, arguments, script, threads
from graph.ways.replace.estimate import check, estimate
from graph.ways.replace.files import ImportFile
from graph.ways.replace.reading import StagingReader, again
from graph.ways.replace.staging import Staging
from graph.ways.replace.summary import ImportSummary


def import_files(
    settings: Settings,
    paths: Sequence[Path],
    progress: Progress,
    *,
    kind: str | None = None,
    observed_at: str | None = None,
) -> ImportSummary:
    """Make the local server's database anew from dumps and record files.

    Until the very end the old database is the one in service: whatever fails, it serves again.

    Args:
        settings: of the local server.
        paths: dumps and record files.
        progress: where its stages are reported.
        kind: what the rows of dumps are, where they do not show it.
        observed_at: when dumps were taken, where they do not show it; ISO text.

    Raises:
        ConfigurationError: the settings name a server of one's own.
        DataError: a file cannot be imported, or too many records are bad.
        ServerError: another import runs, someone writes to the graph, there is too little room, or
            a part of Neo4j failed.
    """
    if not settings.uses_local_server:
        raise ConfigurationError(
            "An import makes a new database, which hubgraph can do on its own server only.",
            "Unset HUBGRAPH_NEO4J_URI, or write the files with --files-only DIR and import them "
            "where the server is.",
        )
    task = _Import(settings, _sources(paths, kind, observed_at), progress)
    check(task.needed, settings.data_dir)
    with LocalServer(settings).replace(progress) as new:
        work = settings.data_dir / "importing"
        with _emptied(work):
            with task.staged(work) as staging:
                made = task.write(staging, work / "files")
            task.bring_in(new, made)
        task.switch(new)
    return task.summary


def write_files(
    settings: Settings,
    paths: Sequence[Path],
    folder: Path,
    progress: Progress,
    *,
    kind: str | None = None,
    observed_at: str | None = None,
) -> ImportSummary:
    """Write the import files, and the commands that import them on a server elsewhere.

    Args:
        settings: `max_bad_share` is used.
        paths: dumps and record files.
        folder: where to; it must be empty or not exist.
        progress: where its stages are reported.
        kind: what the rows of dumps are, where they do not show it.
        observed_at: when dumps were taken, where they do not show it; ISO text.

    Raises:
        ConfigurationError: the folder holds something.
        DataError: a file cannot be imported, or too many records are bad.
        ServerError: the disk is full.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(f"{folder} is not empty.", "Name a folder that does not exist.")
    task = _Import(settings, _sources(paths, kind, observed_at), progress)
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / ".staging"
    with _emptied(work), task.staged(work) as staging:
        made = task.write(staging, folder)
    statements = [f"{text};" for text in schema.constraint_statements().values()]
    (folder / "schema.cypher").write_text("\n".join(statements) + "\n", "utf-8")
    command = folder / "import.sh"
    command.write_text(script(made), "utf-8")
    command.chmod(0o755)
    task.summary.folder = str(folder)
    return task.summary


def look(
    settings: Settings,
    paths: Sequence[Path],
    progress: Progress,
    *,
    kind: str | None = None,
    observed_at: str | None = None,
) -> ImportSummary:
    """Say what would come in, and change nothing.

    Args and errors are those of `import_files`.
    """
    task = _Import(settings, _sources(paths, kind, observed_at), progress)
    work = settings.data_dir / "looking"
    with _emptied(work), task.staged(work) as staging:
        task.count(staging)
    return task.summary


def _sources(paths: Sequence[Path], kind: str | None, observed_at: str | None) -> list[SourceFile]:
    found = sources(paths, kind, observed_at)
    for source in found:
        if source.dump and source.dump.kind == EVENTS:
            raise DataError(
                f"{source.path} holds events, which a new database cannot begin with.",
                "Import a dump first, then add them with `hubgraph load`.",
            )
    return found


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    """A folder that is empty now and gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Import:
    """One import and what its stages leave for each other."""

    def __init__(self, settings: Settings, found: list[SourceFile], progress: Progress) -> None:
        self._started = time.perf_counter()
        self.run = Run.begin("import")
        self._now_ms = milliseconds(self.run.started_at)
        self.summary = ImportSummary(self.run.id)
        self.needed = estimate(sum(source.records for source in found))
        self.summary.needed = self.needed
        self.summary.sources = list(map(str, found))
        self._settings = settings
        self._sources = found
        self._stage = StageTimer(progress, self.summary.seconds)
        self._log = IssueLog(settings.log_dir / "issues" / f"{self.run.id}.jsonl")
        self._later: dict[int, set[int]] = {}

    @contextmanager
    def staged(self, folder: Path) -> Iterator[Staging]:
        """Read every source and work out what the graph will hold."""
        try:
            with interruptible(), Staging(folder) as staging:
                with self._stage("read"):
                    done = self._read(staging)
                with self._stage("work out"):
                    left = contents.work_out(staging, self._now_ms)
                self._settle(staging, done, left)
                yield staging
        finally:
            self._log.close()
            self.summary.issues = dict(self._log.outcomes)
            self.summary.issue_log = self._log.written

    def write(self, staging: Staging, folder: Path) -> list[ImportFile]:
        """Write the import files."""
        folder.mkdir(parents=True, exist_ok=True)
        total = max(1, self.summary.read)
        done = 0

        def written(file: ImportFile) -> None:
            nonlocal done
            done += file.rows if file.is_nodes else 0
            self._stage.advance(min(1.0, done / total))

        with self._stage("write"):
            made = files.write(staging, folder, self._now_ms, written)
        self.summary.files_bytes = sum(file.path.stat().st_size for file in made)
        for file in made:
            counts = self.summary.nodes if file.is_nodes else self.summary.relationships
            counts[file.name] = counts.get(file.name, 0) + file.rows
        if not self.summary.nodes:
            raise DataError("There is nothing to import: no record can be used.")
        return made

    def count(self, staging: Staging) -> None:
        """Count what would be imported."""
        self.summary.nodes, self.summary.relationships = contents.counts(staging)

    def bring_in(self, new: Replacement, made: list[ImportFile]) -> None:
        """Import the files into the new database."""
        percent = Percent()

        def read(line: str) -> None:
            self._stage.advance(percent.read(line))

        with self._stage("import"):
            report = f"--report-file={made[0].path.parent / 'import.report'}"
            new.admin(*arguments(made), threads(), report, heap_mb=HEAP_MB, on_line=read)

    def switch(self, new: Replacement) -> None:
        """Start the new database, make its indexes, check it, and put it in service."""
        with self._stage("start"):
            address = new.start()
        with connect(address) as graph:
            with self._stage("index"):
                # What is left over is loaded with every index, or there is none and some can wait.
                leave = () if self._later else schema.secondary_indexes()
                apply_schema(graph, self._stage.advance, leave=leave)
            save_run(
                graph,
                self.run,
                status="running",
                source=", ".join(self.summary.sources),
                settings=json.dumps({"max_bad_share": self._settings.max_bad_share}),
            )
            if self._later:
                with self._stage("load the rest"):
                    self._load_rest(graph)
            with self._stage("check"):
                self._compare(graph)
                end_run(
                    graph,
                    self.run,
                    "complete",
                    self.summary.counts(),
                    observed_to=self.summary.observed_to,
                    scope=self._scope(),
                )
            new.commit()
            self.summary.in_service_s = round(time.perf_counter() - self._started, 1)
            with self._stage("complete indexes"):
                apply_schema(graph, self._stage.advance)
            with self._stage("keep answers"):
                precompute_answers(graph, self._stage.advance)
        status = LocalServer(self._settings).status()
        self.summary.database_bytes = status.disk_bytes

    def _read(self, staging: Staging) -> StagingReader:
        reader = StagingReader(staging, self._settings, self._log, self.summary)
        total = max(1, sum(source.records for source in self._sources))
        before = 0
        for index, source in enumerate(self._sources):
            size = source.records

            def advance(share: float, before: int = before, size: int = size) -> None:
                self._stage.advance((before + share * size) / total)

            reader.take(index, source, advance)
            before += size
        return reader

    def _settle(
        self, staging: Staging, reader: StagingReader, left: list[contents.LeftOver]
    ) -> None:
        reader.leave(left)
        self._later = reader.later
        self.summary.contradictions = contents.contradictions(staging)
        self.summary.loaded_later = sum(map(len, self._later.values()))

    def _load_rest(self, graph: Graph) -> None:
        normalise = Normaliser()
        records = (normalise(line.raw)[0] for line in again(self._sources, self._later))
        load(
            graph,
            (record for record in records if record is not None),
            settings=self._settings,
            source="the import",
            on_batch=lambda done: self._stage.advance(
                min(1.0, done.written / max(1, self.summary.loaded_later))
            ),
            run=self.run,
        )

    def _compare(self, graph: Graph) -> None:
        """See whether the database holds what was to come in.

        Raises:
            ServerError: it does not.
        """
        for kind, wanted, query in (
            ("nodes", self.summary.nodes, "MATCH (n:{}) RETURN count(n) AS found"),
            (
                "relationships",
                self.summary.relationships,
                "MATCH ()-[r:{}]->() RETURN count(r) AS found",
            ),
        ):
            for name, count in wanted.items():
                found = graph.read(query.format(name), timeout_s=600).one()["found"]
                if found < count or (found > count and not self._later):
                    raise ServerError(
                        f"The new database holds {found:,} {name} {kind} instead of {count:,}.",
                        "The old one stays in service. Please report this.",
                    )

    def _scope(self) -> str | None:
        """What the graph is up to date on now."""
        found = {source.dump.kind for source in self._sources if source.dump}
        node = next((node for node in schema.DUMPED if node.slug in found), None)
        return f"{Scope(node)} of {self._settings.hub_url}" if node else None
