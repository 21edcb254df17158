"""The bundled sample, loaded and scored, on one Neo4j that every worker of a run reads.

Run as `python -m tests.sample_server FOLDER`, it does so ahead of the first test that asks, and
keeps of it a cache of Neo4j's classes (Java's "AOT cache"), by which later servers start in half
the time and answer their first questions sooner.
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sample
from graph.scores.pipeline import compute
from graph.server.local import LocalServer
from graph.server.service import Address
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.store.indexes import apply_schema
from graph.ways.load import load_files

FOLDER = "HUBGRAPH_TEST_SAMPLE"
"""The variable that names this run's folder for it."""

QUICK = "-XX:TieredStopAtLevel=1"
"""An option of Java: compile quickly rather than well, as servers of tests live for a minute."""


def prepare(folder: Path) -> "subprocess.Popen[bytes]":
    """Begin to load the sample, in another process; Java uses the cache once it is there."""
    process = subprocess.Popen([sys.executable, "-m", __name__, str(folder)])
    _use_cache(folder)
    return process


def address(folder: Path) -> Address:
    """Where the sample is. Who asks first loads it, while others wait."""
    with _only_one(folder):
        if not _loaded(folder).exists():
            _fill(_server(folder), folder)
            _loaded(folder).touch()
    found = _server(folder).address()
    assert found is not None
    return found


def end(folder: Path) -> None:
    """Stop the server, if anybody asked for it."""
    if (folder / "data").exists():
        _server(folder).down()


def load(graph: Graph, settings: Settings) -> None:
    """Load the sample into an empty graph, and score it."""
    with sample.path() as path:
        load_files(graph, [path], settings=settings)
    compute(graph, settings)


def _prepare(folder: Path) -> None:
    made = folder / "made.aot"
    server = _server(folder)
    with _only_one(folder):
        if _loaded(folder).exists():
            return
        os.environ["JAVA_TOOL_OPTIONS"] = f"{QUICK} -XX:AOTCacheOutput={made} -Xlog:aot*=off"
        _fill(server, folder)
        server.down()
        if made.exists():
            made.rename(_cache(folder))  # whole or not at all
        _use_cache(folder)
        server.up()
        _loaded(folder).touch()


def _fill(server: LocalServer, folder: Path) -> None:
    server.up()
    own = load_settings(data_dir=folder / "data", log_dir=folder / "logs")
    with connect(own) as graph:
        apply_schema(graph)
        load(graph, own)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _loaded(folder: Path) -> Path:
    return folder / "loaded"


def _cache(folder: Path) -> Path:
    return folder / "neo4j.aot"


def _use_cache(folder: Path) -> None:
    """Every Java that is started from now on uses the cache, if it is there."""
    os.environ["JAVA_TOOL_OPTIONS"] = f"{QUICK} -XX:AOTCache={_cache(folder)} -Xlog:aot*=off"


def _server(folder: Path) -> LocalServer:
    return LocalServer(
        load_settings(
            data_dir=folder / "data",
            log_dir=folder / "logs",
            bolt_port=0,
            http_port=0,
            heap_mb=1024,
            pagecache_mb=256,
        )
    )


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the tests were ended early
    _prepare(Path(sys.argv[1]))
