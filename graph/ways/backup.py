"""The whole graph of the local server as one file, and back."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph import schema
from graph.errors import ConfigurationError, DataError, ServerError
from graph.progress import Progress, Silent
from graph.server.admin import FULL_DISK, run_admin
from graph.server.claims import only_one, whole_database
from graph.server.files import disk_errors, full_disk, is_full
from graph.server.home import Home, home_of
from graph.server.local import LocalServer
from graph.server.process import State, read_state
from graph.server.recovery import settle
from graph.server.scratch import scratch
from graph.server.service import DATABASE, Service
from graph.settings import Settings
from graph.store.connection import connect
from graph.store.identity import renew_identity

FIRST_BYTES = b"DZV1"
"""How a file begins that Neo4j dumped."""

HEAP_MB = 256
"""What the tool needs to dump or load a graph of any size."""

UNRECOVERED = "Active logical log detected"
"""What the tool says of a database that was not closed in order."""


@dataclass(frozen=True)
class Summary:
    """What a backup or a restore did."""

    file: Path  # the backup
    file_bytes: int
    database_bytes: int  # in the backup
    elapsed_s: float
    interrupted_s: float  # while the server did not answer; 0 if it did not run

    def to_dict(self) -> dict[str, Any]:
        """Values for JSON."""
        return {**asdict(self), "file": str(self.file)}


def back_up(
    settings: Settings, file: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> Summary:
    """Write the graph of the local server into one file, which appears once it is complete.

    A server that runs is stopped for it and started again.

    Raises:
        ConfigurationError: the settings name a Neo4j of one's own.
        DataError: the file cannot be written, or exists.
        ServerError: there is no graph yet, somebody writes to it, or Neo4j failed.
    """
    _require_local(settings)
    began, progress, file = time.monotonic(), progress or Silent(), file.resolve()
    home = home_of(settings)
    if file.exists() and not (overwrite and file.is_file()):
        raise DataError(f"{file} exists.", "Give another name, or --force to replace it.")
    if home.is_fresh:
        raise ServerError("There is no graph yet.", "`hubgraph up` starts with an empty one.")
    service = Service(settings, home)
    with disk_errors(home.root), only_one(home.lock, progress):
        state = settle(home, progress)
        with whole_database(home, "backup"), _beside(home, file) as folder:
            service.provide_jars(progress)
            stopped = time.monotonic()
            ran = state is not None and state.is_alive
            service.stop(state, progress)
            try:
                size = _dump(service, folder, progress, state)
            finally:
                if ran:
                    service.start(service.choose_ports(state), progress)
            interrupted = time.monotonic() - stopped if ran else 0.0
            _keep(folder, file)
    return _summary(file, size, began, interrupted)


def restore(settings: Settings, file: Path, *, progress: Progress | None = None) -> Summary:
    """Replace the graph of the local server by that of a backup; the server runs afterwards.

    The old graph stays until the new one answers, and serves again if anything fails.

    Raises:
        ConfigurationError: the settings name a Neo4j of one's own.
        DataError: the file is no backup of such a graph, or is damaged.
        ServerError: somebody writes to the graph, there is too little space, or Neo4j failed.
    """
    _require_local(settings)
    began, progress, file = time.monotonic(), progress or Silent(), file.resolve()
    _check_first_bytes(file)
    server = LocalServer(settings)
    with server.replace(progress, task="restore") as new:
        progress.stage("Reading the backup")
        size = _announced_bytes(file, new.admin)
        _check_space(new.folder, size)
        progress.stage("Loading the backup")
        _load(file, new.admin, _advance_by(progress))
        ran, stopped = server.address() is not None, time.monotonic()
        _take_over(file, new.start())
        interrupted = time.monotonic() - stopped if ran else 0.0
        new.commit()
    return _summary(file, size, began, interrupted)


def _require_local(settings: Settings) -> None:
    if not settings.uses_local_server:
        raise ConfigurationError(
            "HUBGRAPH_NEO4J_URI names a Neo4j of your own; only the local server's graph is backed "
            "up and restored.",
            "Use that Neo4j's own tools (`neo4j-admin database dump`, `load`), or unset it.",
        )


@contextmanager
def _beside(home: Home, file: Path) -> Iterator[Path]:
    """A folder beside the file, on the same disk, so that moving the file is one step."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch(home, "backup", beside=file))
        except OSError as error:
            raise DataError(f"{file} cannot be written: {error.strerror}.") from None
        yield folder


def _keep(folder: Path, file: Path) -> None:
    """Give the dump its name, once it is on the disk."""
    dumped = folder / f"{DATABASE}.dump"
    try:
        with dumped.open("rb") as written:
            os.fsync(written.fileno())
        dumped.replace(file)
    except OSError as error:
        raise DataError(f"{file} cannot be written: {error.strerror}.") from None


def _advance_by(progress: Progress) -> Callable[[str], None]:
    """Report progress from the tool's lines, such as `Files: 3/36, data:  4.8%`."""

    def read(line: str) -> None:
        if found := re.search(r"data: *([\d.]+)%", line):
            progress.advance(min(100.0, float(found[1])) / 100)

    return read


def _dump(service: Service, folder: Path, progress: Progress, state: State | None) -> int:
    """Dump the stopped database; one that was not closed in order recovers by a start first."""
    home, size = service.home, _database_bytes(service.home)
    service.write_conf(service.choose_ports(state))
    # Not --to-stdout: with that, the tool reports success even when the disk is full.
    words = ("database", "dump", DATABASE, f"--to-path={folder}")
    for attempt in (1, 2):
        progress.stage("Writing the backup")
        try:
            on_line = _advance_by(progress)
            run_admin(home, *words, heap_mb=HEAP_MB, on_line=on_line)
            break
        except ServerError as error:
            if FULL_DISK in str(error):
                if is_full(home.root):
                    raise full_disk(home.root) from error
                raise DataError(
                    f"The disk with {folder.parent} is full.", "Back up to another disk."
                ) from error
            if attempt == 2 or UNRECOVERED not in str(error):
                raise
            progress.note("The database was not closed in order; it recovers first.")
            service.start(service.choose_ports(state), progress)
            service.stop(read_state(home.state), progress)
    return size


def _database_bytes(home: Home) -> int:
    folders = (home.data / name / DATABASE for name in ("databases", "transactions"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)


def _check_first_bytes(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            first = opened.read(len(FIRST_BYTES))
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from None
    if first != FIRST_BYTES:
        raise DataError(f"{file} is no backup.", "`hubgraph backup FILE` writes one.")


def _announced_bytes(file: Path, admin: Callable[..., str]) -> int:
    """Size of the database in a backup, as the backup itself says."""
    with file.open("rb") as opened:
        try:
            said = admin(
                "database", "load", DATABASE, "--info", "--from-stdin",
                heap_mb=HEAP_MB, stdin=opened,
            )  # fmt: skip
        except ServerError as error:
            raise DataError(f"{file} is no backup, or damaged: {error}") from None
    found = re.search(r"Bytes: *(\d+)", said)
    return int(found[1]) if found else 0


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ServerError(
            f"The disk with {folder.parent} is too full: {needed / 1e6:,.0f} MB needed beside the "
            f"old database, {free / 1e6:,.0f} MB free.",
            "Free some space, or set HUBGRAPH_DATA_DIR to a folder on a larger disk.",
        )


def _load(file: Path, admin: Callable[..., str], on_line: Callable[[str], None]) -> None:
    with file.open("rb") as opened:
        try:
            admin(
                "database", "load", DATABASE, "--from-stdin",
                heap_mb=HEAP_MB, stdin=opened, on_line=on_line,
            )  # fmt: skip
        except ServerError as error:
            if "Zstd" in str(error):
                raise DataError(f"{file} is damaged or cut off: {error}") from None
            raise


def _take_over(file: Path, settings: Settings) -> None:
    """Check that what was restored answers, and is such a graph or empty; give it an identity."""
    with connect(settings) as graph:
        labels = {row["label"] for row in graph.read("CALL db.labels() YIELD label").rows}
        nodes = graph.read("RETURN COUNT { () } AS nodes").one()["nodes"]
        if nodes and not labels & {node.label for node in schema.NODES}:
            raise DataError(
                f"{file} holds no graph of hubgraph, but nodes labelled "
                f"{', '.join(sorted(labels))}."
            )
        renew_identity(graph)


def _summary(file: Path, size: int, began: float, interrupted: float) -> Summary:
    return Summary(
        file=file,
        file_bytes=file.stat().st_size,
        database_bytes=size,
        elapsed_s=round(time.monotonic() - began, 2),
        interrupted_s=round(interrupted, 2),
    )
