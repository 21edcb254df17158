"""The bundled sample, loaded and scored, on one Neo4j that every worker of a run reads."""

import fcntl
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


def address(folder: Path) -> Address:
    """Where the sample is. Who asks first loads it, while others wait."""
    server = _server(folder)
    loaded = folder / "loaded"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not loaded.exists():
            server.up()
            own = load_settings(data_dir=folder / "data", log_dir=folder / "logs")
            with connect(own) as graph:
                apply_schema(graph)
                load(graph, own)
            loaded.touch()
    found = server.address()
    assert found is not None
    return found


def end(folder: Path) -> None:
    """Stop the server, if anybody asked for it."""
    if (folder / "data").exists():
        _server(folder).down()


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


def load(graph: Graph, settings: Settings) -> None:
    """Load the sample into an empty graph, and score it."""
    with sample.path() as path:
        load_files(graph, [path], settings=settings)
    compute(graph, settings)
