"""The whole import: read, work out, write files, import, start, index, check, switch."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph import schema
from graph.answers.map.stored import refresh_map
from graph.answers.precomputing import precompute_answers
from graph.errors import ConfigurationError, DataError, ServerError
from graph.observe.dumps.columns import TABLES
from graph.observe.dumps.session import interruptible
from graph.observe.intake import Intake
from graph.observe.normalise import Normaliser
from graph.observe.sources import SourceFile
from graph.progress import Progress, StageTimer
from graph.server.files import disk_errors
from graph.server.home import home_of
from graph.server.local import LocalServer
from graph.server.replacement import Replacement
from graph.server.scratch import scratch
from graph.settings import Settings
from graph.store.connection import LONG_S, Graph, connect
from graph.store.indexes import apply_schema
from graph.store.runs import Run, Scope, end_run, save_run
from graph.times import milliseconds
from graph.ways.load import load
from graph.ways.replace import contents, files
from graph.ways.replace.command import HEAP_MB, Percent, arguments, script, threads
from graph.ways.replace.estimate import check, estimate
from graph.ways.replace.files import ImportFile
from graph.ways.replace.reading import StagingReader
from graph.ways.replace.staging import Staging
from graph.ways.replace.summary import ImportSummary


def import_files(
    settings: Settings, found: Sequence[SourceFile], progress: Progress
) -> ImportSummary:
    """Make the local server's database anew from dumps and record files.

    Until the very end the old database is the one in service: whatever fails, it serves again.

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
    task = _Import(settings, found, progress)
    check(task.needed, settings.data_dir)
    with LocalServer(settings).replace(progress) as new:
        with disk_errors(settings.data_dir), scratch(home_of(settings), "import") as work:
            with task.staged(work) as staging:
                made = task.write(staging, work / "files")
            task.bring_in(new, made)
        task.switch(new)
    return task.summary


def write_files(
    settings: Settings, found: Sequence[SourceFile], folder: Path, progress: Progress
) -> ImportSummary:
    """Write the import files, and the commands that import them on a server elsewhere.

    Raises:
        ConfigurationError: the folder holds something; it must be empty or not exist.
        DataError: a file cannot be imported, or too many records are bad.
        ServerError: the disk is full.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(f"{folder} is not empty.", "Name a folder that does not exist.")
    task = _Import(settings, found, progress)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        scratch(home_of(settings), "import", beside=folder / "staging") as work,
        task.staged(work) as staging,
    ):
        made = task.write(staging, folder)
    statements = [f"{text};" for text in schema.constraint_statements().values()]
    (folder / "schema.cypher").write_text("\n".join(statements) + "\n", "utf-8")
    command = folder / "import.sh"
    command.write_text(script(made), "utf-8")
    command.chmod(0o755)
    task.summary.folder = str(folder)
    return task.summary


def look(settings: Settings, found: Sequence[SourceFile], progress: Progress) -> ImportSummary:
    """Say what an import would bring in, and change nothing; errors as of `import_files`."""
    with worked_out(settings, found, progress) as (staging, summary):
        summary.nodes, summary.relationships = contents.counts(staging)
    return summary


@contextmanager
def worked_out(
    settings: Settings, found: Sequence[SourceFile], progress: Progress
) -> Iterator[tuple[Staging, ImportSummary]]:
    """The tables of what an import would bring in, for as long as the context lasts."""
    task = _Import(settings, found, progress)
    with (
        disk_errors(settings.data_dir),
        scratch(home_of(settings), "look") as work,
        task.staged(work) as staging,
    ):
        yield staging, task.summary


class _Import:
    """One import and what its stages leave for each other."""

    def __init__(self, settings: Settings, found: Sequence[SourceFile], progress: Progress) -> None:
        for source in found:
            if source.dump and source.dump.kind in TABLES:
                what = f"{source.dump.kind}, which a new database cannot begin with"
                raise DataError(
                    f"{source.path} holds {what}.",
                    "Import a dump first, then add them with `hubgraph load`.",
                )
        self._started = time.perf_counter()
        self._run = Run.begin("import")
        self._now_ms = milliseconds(self._run.started_at)
        self.needed = estimate(sum(source.records for source in found))
        self.summary = ImportSummary(self._run.id, list(map(str, found)), needed=self.needed)
        self._settings = settings
        self._sources = found
        self._stage = StageTimer(progress, self.summary.seconds)
        self._intake = Intake(settings, self._run.id, self.summary)
        self._later: dict[int, set[int]] = {}

    @contextmanager
    def staged(self, folder: Path) -> Iterator[Staging]:
        """Read every source and work out what the graph will hold."""
        try:
            with interruptible(), Staging(folder) as staging:
                reader = StagingReader(staging, self._intake, self.summary)
                with self._stage("read"):
                    self._read(reader)
                with self._stage("work out"):
                    reader.leave(contents.work_out(staging, self._now_ms))
                self._later = reader.later
                self.summary.unresolved = contents.unresolved(staging)
                self.summary.loaded_later = sum(map(len, self._later.values()))
                yield staging
        finally:
            self._intake.log.close()
            self._intake.report()

    def write(self, staging: Staging, folder: Path) -> list[ImportFile]:
        """Write the import files."""
        folder.mkdir(parents=True, exist_ok=True)
        total, done = max(1, self.summary.read), 0
        made = []
        with self._stage("write"):
            for file in files.write(staging, folder, self._now_ms):
                made.append(file)
                done += file.rows if file.is_nodes else 0
                self._stage.advance(min(1.0, done / total))
                counts = self.summary.nodes if file.is_nodes else self.summary.relationships
                counts[file.name] = counts.get(file.name, 0) + file.rows
        self.summary.files_bytes = sum(file.path.stat().st_size for file in made)
        if not self.summary.nodes:
            raise DataError("There is nothing to import: no record can be used.")
        return made

    def bring_in(self, new: Replacement, made: list[ImportFile]) -> None:
        """Import the files into the new database."""
        percent = Percent()

        def read(line: str) -> None:
            self._stage.advance(percent.read(line))

        with self._stage("import"):
            # Below the home, where the tool runs: it takes an absolute path for a pattern.
            folder = made[0].path.parent.relative_to(home_of(self._settings).root)
            report = f"--report-file={folder}/import.report"
            new.admin(*arguments(made, folder), threads(), report, heap_mb=HEAP_MB, on_line=read)

    def switch(self, new: Replacement) -> None:
        """Start the new database, make its indexes, check it, and put it in service."""
        with self._stage("start"):
            address = new.start()
        with connect(address) as graph:
            with self._stage("index"):
                # What is left over is loaded with every index, or there is none and some can wait.
                leave = () if self._later else schema.secondary_indexes()
                apply_schema(graph, self._stage.advance, leave=leave)
            used = json.dumps({"max_bad_share": self._settings.max_bad_share})
            source = ", ".join(self.summary.sources)
            save_run(graph, self._run, status="running", source=source, settings=used)
            if self._later:
                with self._stage("load the rest"):
                    self._load_rest(graph)
            with self._stage("check"):
                self._compare(graph)
                shown = {"observed_to": self.summary.observed_to, "scope": self._scope()}
                end_run(graph, self._run, "complete", self.summary.counts(), **shown)
            new.commit()
            self.summary.in_service_s = round(time.perf_counter() - self._started, 1)
            with self._stage("complete indexes"):
                apply_schema(graph, self._stage.advance)
            with self._stage("keep answers"):
                precompute_answers(graph, self._stage.advance, self._settings)
            with self._stage("draw the map"):
                refresh_map(graph, self._settings, self._stage.advance)
        self.summary.database_bytes = LocalServer(self._settings).status().disk_bytes

    def _read(self, reader: StagingReader) -> None:
        total = max(1, sum(source.records for source in self._sources))
        before = 0
        for index, source in enumerate(self._sources):
            size = source.records

            def advance(share: float, before: int = before, size: int = size) -> None:
                self._stage.advance((before + share * size) / total)

            reader.take(index, source, advance)
            before += size

    def _load_rest(self, graph: Graph) -> None:
        """Load what is left over with the ordinary loader; its issues are in the log already."""
        normalise, total = Normaliser(), max(1, self.summary.loaded_later)
        records = (
            normalise(line.raw)[0]
            for index in sorted(self._later)
            for line in self._sources[index].lines(only=self._later[index])
        )
        load(
            graph,
            filter(None, records),
            settings=self._settings,
            source="the import",
            on_batch=lambda done: self._stage.advance(min(1.0, done.written / total)),
            run=self._run,
        )

    def _compare(self, graph: Graph) -> None:
        """Check that the database holds what was to come in.

        Raises:
            ServerError: it does not.
        """
        patterns = {"nodes": "(n:{})", "relationships": "()-[n:{}]->()"}
        for kind, pattern in patterns.items():
            for name, count in getattr(self.summary, kind).items():
                query = f"MATCH {pattern.format(name)} RETURN count(n) AS found"
                found = graph.read(query, timeout_s=LONG_S).one()["found"]
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
