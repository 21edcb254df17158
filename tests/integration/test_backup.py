"""Backup, restore and a killed restore with a real Neo4j of its own: four starts in all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph.errors import DataError, ServerError
from graph.server.home import home_of
from graph.server.java import process_mark
from graph.server.local import LocalServer
from graph.server.process import left_over
from graph.settings import Settings, load_settings
from graph.store.connection import connect
from graph.store.identity import identity
from graph.ways.backup import back_up, restore

RESTORE = """
import os, signal, sys
from pathlib import Path
from graph.ways import backup
from graph.server.replacement import Replacement
from graph.settings import load_settings

def killed(new):
    os.kill(os.getpid(), signal.SIGKILL)

Replacement.commit = killed
data, logs, file = map(Path, sys.argv[1:])
backup.restore(load_settings(data_dir=data, log_dir=logs, bolt_port=0, http_port=0, heap_mb=512,
                             pagecache_mb=128), file)
"""
"""Restores a backup and is killed when everything is ready, before the switch."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a local server of this module's own, started once."""
    settings = load_settings(
        neo4j_uri=None,
        data_dir=tmp_path_factory.mktemp("data"),
        log_dir=tmp_path_factory.mktemp("logs"),
        bolt_port=0,
        http_port=0,
        heap_mb=512,
        pagecache_mb=128,
    )
    yield settings
    LocalServer(settings).down()


@pytest.fixture(scope="module")
def backup_file(own: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a graph with one model; the server is stopped."""
    file = tmp_path_factory.mktemp("backups") / "graph.dump"
    LocalServer(own).up()
    add_model(own, "kept/first")
    LocalServer(own).down()
    back_up(own, file)
    return file


def add_model(own: Settings, name: str) -> None:
    with connect(own) as graph:
        graph.write(f"CREATE (:Model {{id: '{name}'}})")


def models(own: Settings) -> list[str]:
    with connect(own) as graph:
        return [row["id"] for row in graph.read("MATCH (m:Model) RETURN m.id AS id").rows]


def test_a_restore_killed_before_the_switch_is_undone(own: Settings, backup_file: Path) -> None:
    arguments = [str(own.data_dir), str(own.log_dir), str(backup_file)]
    done = subprocess.run([sys.executable, "-c", RESTORE, *arguments], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    server, home = LocalServer(own), home_of(own)
    (left,) = left_over(process_mark(home), None)
    assert "Neo4jCommunity" in " ".join(psutil.Process(left.pid).cmdline())
    status = server.status()
    assert (status.state, status.pid) == ("stopped", None)
    assert status.notice == "A restore was cut off; the graph is what it was before."
    with pytest.raises(ServerError, match=r"not running.*A restore was cut off"):
        connect(own)

    server.up()

    assert not left.is_alive
    assert models(own) == ["kept/first"]
    assert home.data == home.root / "data"
    assert [path.name for path in home.root.glob("data-2*")] == []
    assert server.status().notice == ""


def test_who_writes_holds_off_a_new_database_until_it_is_done(own: Settings) -> None:
    server = LocalServer(own)
    with connect(own) as graph:
        graph.read("RETURN 1")
        with server.replace():
            pass
        graph.command("MATCH (n:Nothing) RETURN n")
        with pytest.raises(ServerError, match=f"writing.*process {os.getpid()}"), server.replace():
            pass
    with server.replace(), connect(own) as graph:
        assert graph.read("RETURN 1 AS one").rows == [{"one": 1}]
        with pytest.raises(ServerError, match="An import is running"):
            graph.write("CREATE (:Lost)")


def test_a_restore_brings_back_the_graph_of_the_backup(own: Settings, backup_file: Path) -> None:
    add_model(own, "kept/second")
    cut = backup_file.with_name("cut.dump")
    cut.write_bytes(backup_file.read_bytes()[:2_000])
    with pytest.raises(DataError, match="damaged or cut off"):
        restore(own, cut)
    assert len(models(own)) == 2
    before = LocalServer(own).status()
    with connect(own) as graph:
        first = identity(graph)

    restore(own, backup_file)

    with connect(own) as graph:
        assert identity(graph) != first

    after = LocalServer(own).status()
    assert (after.state, after.bolt_uri) == ("running", before.bolt_uri)
    assert models(own) == ["kept/first"]
    home = home_of(own)
    assert [path.name for path in home.root.glob("data-2*")] == [home.data.name]
    assert not (home.root / "data").exists()
