"""Backup and restore with small programs in Neo4j's place: what becomes of the files."""

import json
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph.errors import ConfigurationError, DataError, ServerError
from graph.server import replacement
from graph.server.claims import WriterClaim
from graph.server.home import Home, home_of
from graph.server.local import LocalServer
from graph.server.scratch import FOLDER, clear_scratch, scratch
from graph.settings import Settings, load_settings
from graph.ways import backup
from graph.ways.backup import FIRST_BYTES, back_up, restore
from hubgraph import backup as backup_command
from hubgraph.command import app
from tests.pretended import content, pretend, settings_at
from tests.progress import Seen

GRAPH = "the graph"


class Tool:
    """Plays the tool: a dump is the first bytes and the content."""

    def __init__(self) -> None:
        self.fails: dict[str, list[str]] = {"dump": [], "load": [], "--info": []}

    def __call__(self, home: Home, *arguments: str, **given: object) -> str:
        word = "--info" if "--info" in arguments else arguments[1]
        if self.fails[word]:
            raise ServerError(f"failed: {self.fails[word].pop(0)}")
        if word == "dump":
            folder = Path(arguments[-1].partition("=")[2])
            (folder / "neo4j.dump").write_bytes(FIRST_BYTES + content(home.data).read_bytes())
            self._tell(given)
            return ""
        dumped = given["stdin"].read()[len(FIRST_BYTES) :]  # type: ignore[attr-defined]
        if word == "--info":
            return f"Database: neo4j\nFiles: 1\nBytes: {len(dumped)}\n"
        content(home.data).parent.mkdir(parents=True)
        content(home.data).write_bytes(dumped)
        self._tell(given)
        return ""

    def _tell(self, given: dict[str, object]) -> None:
        tell: Callable[[str], None] = given["on_line"]  # type: ignore[assignment]
        for line in ("Files: 1/2, data: 25.0%", "Done: 2 files", "Files: 2/2, data: 100.0%"):
            tell(line)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Tool:
    tool = Tool()
    pretend(monkeypatch.setattr)
    for place in (replacement, backup):
        monkeypatch.setattr(place, "run_admin", tool)
    monkeypatch.setattr(backup, "_take_over", lambda *_: None)
    return tool


@pytest.fixture
def settings(tmp_path: Path, tool: Tool) -> Iterator[Settings]:
    settings = settings_at(tmp_path)
    yield settings
    LocalServer(settings).down()


@pytest.fixture
def server(settings: Settings) -> LocalServer:
    server = LocalServer(settings)
    server.up()
    content(home_of(settings).data).parent.mkdir()
    content(home_of(settings).data).write_text(GRAPH)
    return server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "a graph.dump"


def beside(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir())


def test_a_backup_is_one_file(server: LocalServer, settings: Settings, file: Path) -> None:
    before, bars = server.status(), Seen()
    summary = back_up(settings, file, progress=bars)
    assert beside(file) == [file.name]
    assert file.read_bytes() == FIRST_BYTES + GRAPH.encode()
    assert (summary.file, summary.file_bytes) == (file, 4 + len(GRAPH))
    assert summary.elapsed_s >= summary.interrupted_s > 0
    after = server.status()
    assert (after.state, after.bolt_uri) == ("running", before.bolt_uri)
    assert after.pid != before.pid
    assert bars.shares["Writing the backup"][-1] == 1
    assert summary.database_bytes > 0


def test_a_stopped_server_stays_so(server: LocalServer, settings: Settings, file: Path) -> None:
    server.down()
    assert back_up(settings, file).interrupted_s == 0
    assert server.status().state == "stopped"


def test_a_file_is_kept_unless_asked(server: LocalServer, settings: Settings, file: Path) -> None:
    file.write_text("dear")
    with pytest.raises(DataError, match=r"exists.*--force"):
        back_up(settings, file)
    assert file.read_text() == "dear"
    back_up(settings, file, overwrite=True)
    assert file.read_bytes().startswith(FIRST_BYTES)
    with pytest.raises(DataError, match="exists"):
        back_up(settings, file.parent, overwrite=True)


def test_a_backup_that_fails_leaves_no_file_and_the_server_runs(
    server: LocalServer, settings: Settings, file: Path, tool: Tool
) -> None:
    file.write_text("dear")
    tool.fails["dump"] = ["the disk is full."]
    with pytest.raises(DataError, match=r"The disk with .*backups is full\. Back up to another"):
        back_up(settings, file, overwrite=True)
    assert beside(file) == [file.name]
    assert file.read_text() == "dear"
    assert server.status().state == "running"
    with pytest.raises(DataError, match="cannot be written: No such file"):
        back_up(settings, file.parent / "nowhere" / "a")
    assert server.status().notice == ""


@pytest.mark.parametrize("name", ["graph.dump", "g r\u00e4ph.\U0001f917", "a\\b", ".hidden"])
def test_what_a_killed_backup_left_goes_at_the_next_start(
    server: LocalServer, settings: Settings, file: Path, name: str
) -> None:
    home, file = home_of(settings), file.with_name(name)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    with processes.Pool(1) as pool:  # its end is a kill
        pool.apply(begin_backup, (home, file))
    assert beside(file) == [f".{name}.unfinished"]
    server.up()
    assert beside(file) == []
    back_up(settings, file)
    assert beside(file) == [name]
    assert list((home.root / FOLDER).iterdir()) == [home.root / FOLDER / "lock"]


def begin_backup(home: Home, file: Path) -> None:
    BEGUN.append(scratch(home, "backup", beside=file))
    (BEGUN[0].__enter__() / "neo4j.dump").write_text("half")


BEGUN: list[AbstractContextManager[Path]] = []


def test_what_is_in_use_is_not_swept(settings: Settings, file: Path, tmp_path: Path) -> None:
    home = home_of(settings)
    with scratch(home, "look") as first, scratch(home, "look") as second:
        assert first != second
        clear_scratch(home)
        assert first.is_dir()
        assert second.is_dir()
    assert not first.exists()
    dear = tmp_path / "dear"
    dear.mkdir()
    entry = home.root / FOLDER / "backup-forged"
    entry.mkdir()
    (entry / "elsewhere").write_text(str(dear))
    clear_scratch(home)
    assert dear.is_dir()
    assert not entry.exists()


def test_a_database_that_was_not_closed_recovers_first(
    server: LocalServer, settings: Settings, file: Path, tool: Tool
) -> None:
    tool.fails["dump"] = [backup.UNRECOVERED]
    bars = Seen()
    server.down()
    back_up(settings, file, progress=bars)
    assert any("recovers first" in note for note in bars.notes)
    assert server.status().state == "stopped"
    tool.fails["dump"] = [backup.UNRECOVERED] * 2
    with pytest.raises(ServerError, match=backup.UNRECOVERED):
        back_up(settings, file, overwrite=True)


def test_who_writes_is_not_interrupted(server: LocalServer, settings: Settings, file: Path) -> None:
    writer = WriterClaim(home_of(settings))
    writer.hold()
    with pytest.raises(ServerError, match="is writing to the graph now"):
        back_up(settings, file)
    file.write_bytes(FIRST_BYTES)
    with pytest.raises(ServerError, match="is writing to the graph now"):
        restore(settings, file)
    writer.release()
    assert server.status().state == "running"


def test_there_must_be_a_graph(settings: Settings, file: Path) -> None:
    with pytest.raises(ServerError, match="no graph yet"):
        back_up(settings, file)


def test_a_neo4j_of_ones_own_is_left_alone(file: Path) -> None:
    own = load_settings(neo4j_uri="bolt://127.0.0.1:1", neo4j_password="x")
    file.write_bytes(FIRST_BYTES)
    for begin in (back_up, restore):
        with pytest.raises(ConfigurationError, match="only the local server"):
            begin(own, file)


def test_a_restore_brings_it_back(server: LocalServer, settings: Settings, file: Path) -> None:
    back_up(settings, file)
    home, bars = home_of(settings), Seen()
    content(home.data).write_text("changed")
    summary = restore(settings, file, progress=bars)
    assert content(home.data).read_text() == GRAPH
    assert server.status().state == "running"
    assert summary.interrupted_s > 0
    assert bars.shares["Loading the backup"][-1] == 1


def test_a_restore_where_nothing_was_before(
    server: LocalServer, settings: Settings, file: Path, tmp_path: Path
) -> None:
    back_up(settings, file)
    elsewhere = settings_at(tmp_path / "elsewhere")
    assert restore(elsewhere, file).interrupted_s == 0
    assert content(home_of(elsewhere).data).read_text() == GRAPH
    assert LocalServer(elsewhere).status().state == "running"
    assert LocalServer(elsewhere).down()


@pytest.mark.parametrize("failure", [
    ("--info", "Unsupported format", "is no backup, or damaged"),
    ("load", "ZstdIOException: Truncated source", "is damaged or cut off"),
    ("load", "the disk is full.", "the disk is full"),
])  # fmt: skip
def test_a_restore_that_fails_changes_nothing(
    server: LocalServer, settings: Settings, file: Path, tool: Tool, failure: tuple[str, str, str]
) -> None:
    word, reason, message = failure
    file.write_bytes(FIRST_BYTES + b"other")
    before = server.status()
    tool.fails[word] = [reason]
    with pytest.raises((DataError, ServerError), match=message):
        restore(settings, file)
    assert server.status().pid == before.pid
    assert content(home_of(settings).data).read_text() == GRAPH


def test_what_is_no_backup_is_refused(server: LocalServer, settings: Settings, file: Path) -> None:
    for text in ("", "DZV", "not a dump"):
        file.write_text(text)
        with pytest.raises(DataError, match="is no backup"):
            restore(settings, file)
    with pytest.raises(DataError, match="cannot be read"):
        restore(settings, file.parent)


def test_too_little_space_is_said_beforehand(
    server: LocalServer, settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(FIRST_BYTES + b"x" * 2_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1e6}))
    with pytest.raises(ServerError, match="2 MB needed beside the old database, 1 MB free"):
        restore(settings, file)


def test_the_commands_say_size_and_time(
    server: LocalServer, settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_command, "load_settings", lambda: settings)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    said = run("backup", str(file))
    assert f"Backed up to {file}: 0.0 MB, the database " in said
    assert "did not answer for" in said
    told = json.loads(run("backup", str(file), "--force", "--json"))
    assert (told["file"], told["file_bytes"]) == (str(file), file.stat().st_size)
    assert "Restored" in run("restore", str(file))
    assert json.loads(run("restore", str(file), "--json"))["interrupted_s"] > 0
