"""A new database beside the old one: the switch, who may do what meanwhile, and every kill."""

import contextlib
import errno
import itertools
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from graph.errors import ServerError
from graph.server import folders, local, replacement, service
from graph.server.claims import Task, WriterClaim, record_task, task_of
from graph.server.home import Home, home_of
from graph.server.java import process_mark
from graph.server.local import LocalServer
from graph.server.process import Process, State, left_over, read_state, write_state
from graph.server.recovery import stop_left_over
from graph.server.replacement import Replacement
from graph.server.service import Service
from graph.settings import Settings
from hubgraph import server as server_command
from hubgraph.command import app
from tests.pretended import content, pretend, settings_at

OLD, NEW = "the old graph", "the new graph"
INTERRUPTED = 130


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch.setattr)


@pytest.fixture
def settings(tmp_path: Path, pretended: None) -> Iterator[Settings]:
    settings = settings_at(tmp_path)
    yield settings
    LocalServer(settings).down()


@pytest.fixture
def home(settings: Settings) -> Home:
    return home_of(settings)


@pytest.fixture
def server(settings: Settings) -> LocalServer:
    return serve_old(settings)


def serve_old(settings: Settings) -> LocalServer:
    server = LocalServer(settings)
    server.up()
    file = content(home_of(settings).data)
    file.parent.mkdir()
    file.write_text(OLD)
    return server


def build(new: Replacement) -> None:
    new.admin("database", "import", "full", NEW)


def build_and_start(new: Replacement) -> None:
    build(new)
    new.start()


def replace_it(server: LocalServer) -> None:
    with server.replace() as new:
        build_and_start(new)
        new.commit()


def served(home: Home) -> str:
    (process,) = left_over(process_mark(home), None)
    return content(Path(psutil.Process(process.pid).cmdline()[-1])).read_text()


def told_to_stop(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that stops the server is killed as soon as it has told it so."""
    state = read_state(home.state)
    assert state is not None
    write_state(home.state, replace(state, ready=False, stopping=True))


def deaf(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server was told to end by other means, and has closed its port already."""
    state = read_state(home.state)
    assert state is not None
    ending = state.process
    monkeypatch.setattr(Process, "listens_on", lambda process, _: process != ending)


@pytest.mark.parametrize("how", [told_to_stop, deaf])
@pytest.mark.parametrize("then", ["up", "down", "replace"])
def test_a_server_that_is_ending_is_not_taken_for_one_that_runs(
    server: LocalServer,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[Home, pytest.MonkeyPatch], None],
    then: str,
) -> None:
    before = server.status()
    how(home, monkeypatch)
    assert (server.status().state, server.status().pid) == ("stopping", before.pid)
    if then == "replace":
        replace_it(server)
    else:
        {"up": server.up, "down": server.down}[then]()
    now = server.status()
    assert now.state == ("stopped" if then == "down" else "running")
    assert now.pid != before.pid
    assert [process.pid for process in left_over(process_mark(home), None)] == [
        pid for pid in [now.pid] if pid
    ]


def test_up_starts_a_server_again_whose_database_has_given_up(
    server: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, problem = server.status(), Service._problem

    def panicked(service: Service, state: State) -> str:
        said = "The database has encountered a critical error, and needs to be restarted."
        is_old = state.process is not None and state.process.pid == before.pid
        return said if is_old else problem(service, state)

    monkeypatch.setattr(Service, "_problem", panicked)
    now = server.up()
    assert now.state == "running"
    assert now.pid != before.pid
    assert server.up().pid == now.pid


def test_up_starts_a_server_again_that_ends_while_it_is_asked(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, problem = server.status(), Service._problem

    def killed(service: Service, state: State) -> str:
        if state.process is None or state.process.pid != before.pid:
            return problem(service, state)
        os.kill(state.process.pid, signal.SIGKILL)
        psutil.Process(state.process.pid).wait(10)
        return "it does not answer"

    monkeypatch.setattr(Service, "_problem", killed)
    now = server.up()
    assert (now.state, now.notice) == ("running", "")
    assert now.pid != before.pid


def data_folders(home: Home) -> list[str]:
    return [
        path.name
        for path in home.root.iterdir()
        if path.is_dir() and path.name.startswith((folders.FIRST, folders.DISCARDED))
    ]


def test_the_new_database_takes_the_place_of_the_old_one(server: LocalServer, home: Home) -> None:
    before = server.address()
    assert before is not None
    with server.replace() as new:
        build(new)
        assert served(home) == OLD
        reached = new.start()
        assert served(home) == NEW
        assert (reached.neo4j_uri, reached.neo4j_password) == (before.uri, before.password)
        new.commit()
        assert server.address() == before
    assert served(home) == content(home.data).read_text() == NEW
    assert data_folders(home) == [home.data.name] != ["data"]
    assert server.status().notice == ""


def test_a_home_without_a_pointer_uses_the_first_folder(server: LocalServer, home: Home) -> None:
    assert home.data == home.root / "data"
    assert server.status().data_dir == home.root / "data"


def test_the_first_database_of_all_can_be_a_new_one(settings: Settings, home: Home) -> None:
    server = LocalServer(settings)
    replace_it(server)
    assert served(home) == NEW
    address = server.address()
    assert address is not None
    assert (home.data / "dbms" / "auth.ini").read_text().startswith("neo4j:SHA-256,")


def test_a_second_switch_deletes_the_first(server: LocalServer, home: Home) -> None:
    for number in (1, 2):
        with server.replace() as new:
            new.admin("database", "load", "neo4j", f"graph {number}")
            new.start()
            new.commit()
        assert served(home) == f"graph {number}"
        assert data_folders(home) == [home.data.name]


def test_what_is_not_committed_is_undone(server: LocalServer, home: Home) -> None:
    before = server.address()
    with server.replace() as new:
        build_and_start(new)
    assert served(home) == OLD
    assert server.address() == before
    assert data_folders(home) == ["data"]


def test_an_error_undoes_and_starts_no_server(server: LocalServer, home: Home) -> None:
    server.down()
    with contextlib.suppress(ZeroDivisionError), server.replace() as new:
        build_and_start(new)
        raise ZeroDivisionError
    assert server.status().state == "stopped"
    assert left_over(process_mark(home), None) == []
    assert data_folders(home) == ["data"]


def test_a_new_server_that_ends_is_not_committed(server: LocalServer, home: Home) -> None:
    with server.replace() as new:
        build_and_start(new)
        (process,) = left_over(process_mark(home), None)
        process.stop()
        with pytest.raises(ServerError, match="does not run any more"):
            new.commit()
    assert served(home) == OLD


def test_nothing_is_committed_that_was_not_started(server: LocalServer, home: Home) -> None:
    with server.replace() as new:
        build(new)
        with pytest.raises(ServerError, match="does not run"):
            new.commit()
    assert served(home) == OLD


def test_a_full_disk(server: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with server.replace() as new:
        build_and_start(new)
        monkeypatch.setattr(folders, "put_in_service", full)
        with pytest.raises(ServerError, match=r"disk with .* is full"):
            new.commit()
    assert served(home) == OLD
    assert data_folders(home) == ["data"]


def test_meanwhile_the_server_cannot_be_stopped_and_no_other_task_begins(
    server: LocalServer, settings: Settings, home: Home
) -> None:
    with server.replace():
        assert server.up().state == "running"
        for refused in (server.down, lambda: server.replace(task="restore").__enter__()):
            with pytest.raises(ServerError, match=r"An import is running \(since .*process \d+\)"):
                refused()
        assert "An import is running" in server.status().notice
    assert server.status().notice == ""
    assert task_of(home) is None
    assert server.down()


def test_meanwhile_a_stopped_server_can_be_started(server: LocalServer, home: Home) -> None:
    server.down()
    with server.replace() as new:
        build(new)
        server.up()
        assert served(home) == OLD
        new.start()
        new.commit()
    assert served(home) == NEW


def test_before_it_is_ready_nobody_gets_the_address(server: LocalServer, home: Home) -> None:
    with server.replace() as new:
        build_and_start(new)
        assert server.address() is None
        assert server.status().state == "stopped"
        assert "An import is running" in str(server.not_running())
        with pytest.raises(ServerError, match="serves once it is complete"):
            server.up()
        assert served(home) == NEW
        new.commit()
    assert server.status().state == "running"


def test_after_an_undone_one_a_start_is_possible(server: LocalServer, home: Home) -> None:
    server.down()
    with server.replace() as new:
        build_and_start(new)
    with server.replace():
        server.up()
        assert served(home) == OLD


def test_who_writes_keeps_a_new_database_from_being_begun(server: LocalServer, home: Home) -> None:
    first, second = WriterClaim(home), WriterClaim(home)
    first.hold()
    second.hold()
    first.release()
    with (
        pytest.raises(ServerError, match=rf"writing to the graph now \(process {os.getpid()}\)"),
        server.replace(),
    ):
        pass
    second.release()
    with server.replace():
        pass


def test_nobody_writes_until_the_new_database_serves(server: LocalServer, home: Home) -> None:
    writer = WriterClaim(home)
    with server.replace() as new:
        build(new)
        with pytest.raises(ServerError, match=r"An import is running.*Nothing can be written"):
            writer.hold()
        new.start()
        with pytest.raises(ServerError, match="Nothing can be written"):
            writer.hold()
        new.commit()
    writer.hold()
    writer.release()


def test_the_command_says_what_is_running_or_was_cut_off(
    settings: Settings, server: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_command, "load_settings", lambda: settings)
    monkeypatch.setattr(server_command, "_counts", lambda _: ({}, ""))
    with server.replace():
        assert "An import is running (since" in CliRunner().invoke(app, ["status"]).stdout
        told = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
        assert told["notice"].startswith("An import is running")
    assert "import" not in CliRunner().invoke(app, ["status"]).stdout
    ended = replace(Process.current(), birth="another")
    record_task(home, Task("restore", 1.0, ended, "data-20200101T000000"))
    assert "A restore was cut off; the graph" in CliRunner().invoke(app, ["status"]).stdout
    assert "A restore was cut off" in CliRunner().invoke(app, ["up"]).stderr
    assert "cut off" not in CliRunner().invoke(app, ["status"]).stdout


def test_a_pointer_that_names_no_data_folder_is_refused(server: LocalServer, home: Home) -> None:
    pointer = home.root / folders.POINTER
    for text in ("", "../elsewhere", "data-old"):
        pointer.write_text(text)
        with pytest.raises(ServerError, match="does not hold the name"):
            server.status()
    pointer.write_text("data\n")
    assert server.status().state == "running"


def test_a_lost_pointer_is_said_and_nothing_is_deleted(server: LocalServer, home: Home) -> None:
    replace_it(server)
    name = home.data.name
    pointer = home.root / folders.POINTER
    pointer.unlink()
    with pytest.raises(ServerError, match=f"is gone.*{name}"):
        server.up()
    pointer.write_text(name)
    assert served(home) == NEW
    assert server.status().state == "running"


def test_only_what_is_marked_or_half_deleted_is_swept(home: Home) -> None:
    home.prepare()
    stray = folders.create(home.root)
    kept = home.root / "data-20200101T000000"
    kept.mkdir()
    half = home.root / f"{folders.DISCARDED}data"
    half.mkdir()
    folders.mark(home.data)
    unfinished = [home.root / f"{name}.new" for name in ("server.json", folders.POINTER)]
    for path in unfinished:
        path.write_text("cut off")
    folders.sweep(home.root)
    assert not any(path.exists() for path in unfinished)
    assert kept.exists()
    assert home.data.exists()
    assert not (home.data / folders.MARKER).exists()
    assert not stray.exists()
    assert not half.exists()


def test_two_folders_of_one_second_have_names_of_their_own(home: Home) -> None:
    home.prepare()
    names = {folders.create(home.root).name for _ in range(3)}
    assert len(names) == 3
    assert all(folders.NAME.fullmatch(name) for name in names)


STEPS: tuple[tuple[object, str], ...] = (
    (folders, "create"), (folders, "mark"), (folders, "put_in_service"), (folders, "unmark"),
    (folders, "discard"), (local, "record_task"), (replacement, "run_admin"),
    (Home, "hand_over_password"), (service, "spawn"), (service, "write_state"), (Process, "stop"),
)  # fmt: skip
"""What is done one after the other; a kill comes before and after each."""


def end_at(number: int, how: Callable[[], None]) -> None:
    """From now on call `how` at the moment of this number, a moment being a side of a step."""
    moments = itertools.count(1)

    def moment() -> None:
        if next(moments) == number:
            how()

    def watched(step: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            moment()
            done = step(*arguments, **named)
            moment()
            return done

        return call

    for place, name in STEPS:
        setattr(place, name, watched(getattr(place, name)))
    delete = shutil.rmtree

    def delete_in_two(path: Path) -> None:
        delete(path / "databases", ignore_errors=True)
        moment()
        delete(path)

    shutil.rmtree = delete_in_two  # type: ignore[assignment]


def replace_cut_off(folder: Path, number: int, how: str) -> None:
    """In a process of its own: replace the database, cut off at the moment of this number."""
    os.setsid()
    pretend(setattr)
    end_at(number, kill if how == "kill" else interrupt)
    try:
        replace_it(LocalServer(settings_at(folder)))
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
    os._exit(0)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("pretended")
@pytest.mark.parametrize("how", ["kill", "interrupt"])
def test_cut_off_at_any_moment_the_old_or_the_new_graph_serves(tmp_path: Path, how: str) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    found = []
    for number in itertools.count(1):
        folder = tmp_path / str(number)
        settings = settings_at(folder)
        server, home = serve_old(settings), home_of(settings)
        try:
            process = processes.Process(target=replace_cut_off, args=(folder, number, how))
            process.start()
            process.join(60)
            assert process.exitcode in (0, -signal.SIGKILL, INTERRUPTED)
            expected = content(home.data).read_text()
            found.append(expected)
            if how == "interrupt":
                assert server.status().state == "running"
                assert served(home) == expected
            elif process.exitcode and expected == OLD and task_of(home):
                notice = "An import was cut off; the graph is what it was before."
                assert server.status().notice == notice
            assert server.up().state == "running"
            assert served(home) == expected, number
            assert server.status().notice == ""
            assert data_folders(home) == [home.data.name], number
        finally:
            stop_left_over(home, kept=None)
        if process.exitcode == 0:
            break
    assert len(found) > 30
    assert found == sorted(found, key=[OLD, NEW].index)
    assert set(found) == {OLD, NEW}
