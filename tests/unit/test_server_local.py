"""The local server without a Neo4j: ports, processes, configuration, password, states, messages."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from graph.errors import ServerError
from graph.progress import Silent
from graph.server import download, service
from graph.server.claims import only_one
from graph.server.conf import SECURITY, neo4j_conf
from graph.server.diagnosis import start_error, telling_line
from graph.server.home import Home, home_of
from graph.server.java import java_version, server_command
from graph.server.local import LocalServer
from graph.server.lock import SPEC_PATH, Lock, read_lock
from graph.server.ports import any_port, choose_port, is_free
from graph.server.process import Process, State, read_state, spawn, write_state
from graph.server.service import Address
from graph.settings import Settings, load_settings
from tests.progress import Seen, wait_until

PASSWORD = "correct-horse"
Start = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        log_dir=tmp_path / "logs",
        heap_mb=512,
        pagecache_mb=128,
    )


@pytest.fixture
def home(settings: Settings) -> Home:
    home = home_of(settings)
    home.prepare()
    return home


@pytest.fixture
def server(settings: Settings) -> LocalServer:
    return LocalServer(settings)


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """Passes for a server, though it takes no connections."""
    monkeypatch.setattr(State, "is_ending", False)
    process = spawn([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "output")
    yield process
    process.stop()


def remember(home: Home, process: Process | None, *, ready: bool = True) -> None:
    write_state(home.state, State(7687, 7687, 7474, 7474, process, ready))


def test_the_lock_holds_what_jgo_toml_asks_for() -> None:
    lock = read_lock()
    asked = SPEC_PATH.read_text("utf-8")
    assert f'"org.neo4j:neo4j:{lock.neo4j_version}"' in asked
    assert f'"org.neo4j.gds:proc:{lock.gds_version}"' in asked
    assert f'"org.neo4j.client:neo4j-browser:{lock.browser_version}"' in asked


def test_every_locked_jar_has_a_place_of_its_own() -> None:
    jars = read_lock().jars
    assert len({jar.local_path for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)


def test_gds_and_only_what_it_brings_goes_to_the_plugins() -> None:
    folders = {f"{jar.group}:{jar.artifact}": jar.folder for jar in read_lock().jars}
    of_gds = {name: folder for name, folder in folders.items() if "org.neo4j.gds:" in name}
    assert set(of_gds.values()) == {"plugins"}
    assert folders["com.carrotsearch:hppc"] == "plugins"
    assert folders["org.neo4j:neo4j-kernel"] == "lib"
    assert folders["org.apache.commons:commons-lang3"] == "lib"


def test_another_set_of_jars_gets_another_folder() -> None:
    lock = read_lock()
    other = Lock((replace(lock.jars[0], sha256="0" * 64), *lock.jars[1:]))
    assert other.folder_name != lock.folder_name
    assert lock.folder_name == read_lock().folder_name


def test_which_port_is_chosen(listener: int) -> None:
    wish, last = any_port(), any_port()
    assert choose_port(wish) == wish
    moved = choose_port(listener)
    assert moved != listener
    assert is_free(moved)
    assert choose_port(listener, last=last) == last  # as the last time
    assert choose_port(wish, last=listener) == wish
    assert choose_port(0) > 1023  # any
    assert choose_port(wish, taken=wish) != wish  # two servers in one


def test_a_spawned_process_leads_its_own_session_and_writes_to_its_file(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getsid(0) == os.getpid()); print('oops', file=sys.stderr)"
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    os.waitpid(process.pid, 0)
    assert (tmp_path / "output").read_text() == "True\noops\n"


def test_a_recycled_process_number_is_never_taken_for_ours(sleeper: Process) -> None:
    someone_else = replace(sleeper, birth="another")
    assert sleeper.is_alive
    assert not someone_else.is_alive
    someone_else.stop()
    assert sleeper.is_alive


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux derives it from the present time")
@pytest.mark.parametrize("step_s", [-86_400, -2, 1, 2, 3_600, 1e8])
def test_a_clock_that_is_set_changes_nothing(
    server: LocalServer,
    home: Home,
    sleeper: Process,
    monkeypatch: pytest.MonkeyPatch,
    step_s: float,
) -> None:
    home.password_file.write_text(PASSWORD)
    remember(home, sleeper)
    began, now = psutil.Process(sleeper.pid).create_time(), time.time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: began + step_s)
    monkeypatch.setattr(time, "time", lambda: now + step_s)
    assert server.status().state == "running"
    assert server.status().uptime_s == pytest.approx(now - began, abs=0.1)
    assert server.address() is not None
    assert server.up().pid == sleeper.pid
    assert server.down()
    assert not sleeper.is_alive


def test_who_listens_on_a_port(listener: int, sleeper: Process) -> None:
    assert Process.current().listens_on(listener)
    assert not sleeper.listens_on(listener)
    assert not Process.current().listens_on(any_port())
    sleeper.stop()
    assert not sleeper.listens_on(listener)


def test_a_stop_ends_even_what_ignores_it(tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('deaf', flush=True); time.sleep(60)"
    )
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    wait_until(lambda: "deaf" in (tmp_path / "output").read_text())
    process.stop(timeout_s=0.2)
    assert not process.is_alive


def test_a_zombie_is_not_alive(tmp_path: Path) -> None:
    process = spawn([sys.executable, "-c", ""], tmp_path / "output")
    wait_until(lambda: not process.is_alive)
    assert process.reap() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows such a process as a zombie")
def test_a_process_lives_as_long_as_its_last_thread(tmp_path: Path) -> None:
    code = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start();"
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    wait_until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    assert process.is_alive
    process.stop()
    assert not psutil.pid_exists(process.pid)


def test_the_state_survives_a_round_and_rubbish_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    state = State(7687, 7690, 0, 4711, Process(12, "boot 34"), ready=True)
    write_state(path, state)
    assert read_state(path) == state
    for rubbish in ("", "{}", "[]", '{"process": {"pid": 1}}', '{"process": null, "odd": 1}'):
        path.write_text(rubbish)
        assert read_state(path) is None
    path.unlink()
    assert read_state(path) is None


@pytest.fixture
def conf(settings: Settings, home: Home) -> dict[str, str]:
    text = neo4j_conf(settings, home, "jars/plugins", 1111, 2222)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_every_security_setting_is_in_the_configuration(conf: dict[str, str]) -> None:
    assert {name: conf[name] for name in SECURITY} == SECURITY
    assert conf == conf | {
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        "dbms.security.procedures.unrestricted": "gds.*",
        "dbms.usage_report.enabled": "false",
        "dbms.fleet_manager.enabled": "false",
        "client.allow_telemetry": "false",
        "db.transaction.timeout": "60s",
        "dbms.security.http_access_control_allow_origin": "http://127.0.0.1:2222",
    }
    assert "apoc" not in conf["dbms.security.procedures.allowlist"]
    assert "*" not in conf["dbms.security.procedures.allowlist"].split(",")
    assert "dbms.security.auth_enabled" not in conf


def test_the_server_listens_on_this_machine_only(conf: dict[str, str]) -> None:
    addresses = {value for name, value in conf.items() if "_address" in name}
    assert addresses == {"127.0.0.1", "127.0.0.1:1111", "127.0.0.1:2222"}


def test_memory_and_folders_follow_the_settings(conf: dict[str, str], home: Home) -> None:
    assert conf == conf | {
        "server.memory.heap.max_size": "512m",
        "server.memory.pagecache.size": "128m",
        "server.directories.data": "data",
        "server.directories.logs": "log-folder",
        "server.directories.import": "import",
        "server.directories.plugins": "jars/plugins",
    }
    assert (home.root / "log-folder").resolve() == home.logs.resolve()


def test_the_class_path_is_the_locked_jars_plugins_first(home: Home) -> None:
    command, lock = server_command(home, 2048), read_lock()
    jars = command[command.index("-cp") + 1].split(":")
    assert sorted(jars) == sorted(f"{lock.folder_name}/{jar.local_path}" for jar in lock.jars)
    folders = [Path(jar).parent.name for jar in jars]
    assert folders == sorted(folders, reverse=True)
    assert "-Xmx2048m" in command
    assert java_version().split(".")[0].isdigit()


def test_every_password_is_new_and_only_its_owner_can_read_it(home: Home) -> None:
    passwords = set()
    for _ in range(2):
        home.generate_password()
        passwords.add(home.password().get_secret_value())
        assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert [len(password) for password in passwords] == [48, 48]


def test_a_lost_password_is_said(home: Home) -> None:
    with pytest.raises(ServerError, match="password of the database is gone"):
        home.password()


def test_the_password_shows_in_no_text(
    server: LocalServer, home: Home, sleeper: Process, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    home.password_file.write_text(PASSWORD)
    remember(home, sleeper)
    address = server.address()
    assert address is not None
    assert address.password.get_secret_value() == PASSWORD
    status = server.status()
    for text in (
        repr(address),
        str(address),
        repr(status),
        json.dumps(asdict(status), default=str),
    ):
        assert PASSWORD not in text
    assert PASSWORD not in caplog.text
    assert PASSWORD not in home.state.read_text()


@pytest.mark.parametrize("folder", ["data", "cache"])
def test_an_impossible_folder_is_said(server: LocalServer, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).write_text("a file, not a folder")
    with pytest.raises(ServerError, match=f"HUBGRAPH_{folder.upper()}_DIR"):
        server.up()


def test_two_starts_at_once_wait_for_each_other(tmp_path: Path) -> None:
    lock, notes, entered = tmp_path / "lock", Seen(), threading.Event()

    def second() -> None:
        with only_one(lock, notes):
            entered.set()

    thread = threading.Thread(target=second)
    with only_one(lock, Silent()):
        thread.start()
        wait_until(lambda: bool(notes.stages))
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()
    assert "Waiting for another hubgraph" in notes.stages[0]


def test_nothing_was_ever_started(server: LocalServer, settings: Settings) -> None:
    assert server.status().state == "stopped"
    assert server.status().disk_bytes == 0
    assert server.address() is None
    assert not server.down()
    assert not settings.data_dir.exists()


def test_a_running_server_is_left_alone(server: LocalServer, home: Home, sleeper: Process) -> None:
    home.password_file.write_text(PASSWORD)
    remember(home, sleeper)
    notes = Seen()
    status = server.up(notes)
    assert (status.state, status.pid) == ("running", sleeper.pid)
    assert status.bolt_uri == "bolt://127.0.0.1:7687"
    assert (notes.stages, notes.notes) == ([], [])
    assert server.address() == Address(
        uri="bolt://127.0.0.1:7687",
        user="neo4j",
        password=SecretStr(PASSWORD),
        database="neo4j",
        browser_url="http://127.0.0.1:7474/browser/?connectURL=bolt://127.0.0.1:7687",
    )


def test_before_it_answers_it_starts(server: LocalServer, home: Home, sleeper: Process) -> None:
    remember(home, sleeper, ready=False)
    assert server.status().state == "starting"
    assert server.address() is None


def test_down_stops_and_says_so(server: LocalServer, home: Home, sleeper: Process) -> None:
    remember(home, sleeper)
    assert server.down()
    assert not sleeper.is_alive
    assert not server.down()
    assert server.status().state == "stopped"


def test_a_stale_server_has_last_words(server: LocalServer, home: Home, sleeper: Process) -> None:
    remember(home, replace(sleeper, birth="another"))
    home.output.write_text("Terminating due to java.lang.OutOfMemoryError: Java heap space\n")
    status = server.status()
    assert (status.state, status.pid, status.bolt_uri) == ("stale", None, None)
    assert "OutOfMemoryError" in status.detail
    assert server.address() is None
    assert not server.down()
    assert sleeper.is_alive
    assert server.status().state == "stopped"


@pytest.fixture
def failed(settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a program in place of Neo4j and returns why that failed."""
    home.password_file.write_text(PASSWORD)
    (home.data / "databases" / "system").mkdir(parents=True)
    monkeypatch.setattr(service, "missing_jars", lambda *_: [])

    def start(code: str, notes: Seen | None = None, **changed: object) -> str:
        monkeypatch.setattr(service, "server_command", lambda *_: [sys.executable, "-c", code])
        with pytest.raises(ServerError) as caught:
            LocalServer(settings.model_copy(update=changed)).up(notes or Seen())
        return str(caught.value)

    yield start
    state = read_state(home.state)
    assert state is None or state.process is None


@pytest.mark.parametrize(("last_words", "message"), [
    ("No declared setting with name: dbms.odd. Cleanup", "does not know the setting dbms.odd"),
    ("Lock file has been locked by another process: /x/store_lock.", "Another process uses"),
    ("Error: Could not reserve enough space for object heap", "HUBGRAPH_HEAP_MB"),
    ("Invalid memory configuration - exceeds physical memory.", "HUBGRAPH_HEAP_MB"),
    ("java.net.BindException: Address already in use", "took its port just now"),
    ("java.io.IOException: No space left on device", "disk is full"),
    ("StoreVersionNotFoundException: Unknown store version", "by another version"),
    ("ERROR something else", "did not start: ERROR something else"),
])  # fmt: skip
def test_an_early_end_says_why(failed: Start, last_words: str, message: str) -> None:
    why = failed(f"import sys; sys.exit({last_words!r})")
    assert message in why
    assert "\n" not in why


def test_a_killed_start_hints_at_memory(failed: Start) -> None:
    assert "memory ran out" in failed("import os; os.kill(os.getpid(), 9)")


def test_a_server_that_never_answers_is_ended_after_the_timeout(
    failed: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Process] = []

    def note(command: list[str], output: Path) -> Process:
        started.append(spawn(command, output))
        return started[-1]

    monkeypatch.setattr(service, "spawn", note)
    why = failed("import time; time.sleep(60)", start_timeout_s=0.5)
    assert re.search(r"within 0\.5 seconds.*HUBGRAPH_START_TIMEOUT_S", why)
    assert not started[0].is_alive


def test_only_this_start_is_searched_for_a_reason(home: Home) -> None:
    home.neo4j_log.write_text("ERROR Address already in use\n")
    start = home.neo4j_log.stat().st_size
    with home.neo4j_log.open("a") as log:
        log.write("INFO Starting...\nERROR quite another reason\n\tat org.neo4j.Odd(1)\n")
    assert "quite another reason" in str(start_error(home, start, 1))


def test_the_telling_line_is_no_stack_frame() -> None:
    text = "INFO hello\nCaused by: Oops: broken\n\tat a.b(C.java)\n\t... 3 more\nWARNING x\nbye\n"
    assert telling_line(text) == "Caused by: Oops: broken"
    assert telling_line("one\ntwo\n") == "two"
    assert telling_line("") == ""


@pytest.mark.parametrize(("version", "why"), [
    ("2099.01.0", r"last opened by Neo4j 2099\.01\.0.*HUBGRAPH_DATA_DIR"),
    *((old, "it was started") for old in ("5.26.30", "2025.12.1", read_lock().neo4j_version)),
])  # fmt: skip
def test_data_of_a_newer_neo4j_are_refused_and_of_an_older_opened(
    failed: Start, home: Home, version: str, why: str
) -> None:
    home.version_marker.write_text(version)
    assert re.search(why, failed("raise SystemExit('ERROR it was started')"))


def test_a_recovery_is_said(failed: Start, home: Home) -> None:
    remember(home, Process(os.getpid(), "another"))
    notes = Seen()
    failed("raise SystemExit('ERROR no matter')", notes)
    assert any("is recovering" in line for line in notes.notes)


@pytest.mark.usefixtures("home")
def test_the_cache_is_enough(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("requests.Session", no_network)
    monkeypatch.setattr(download, "is_intact", lambda *_: True)
    server._service.provide_jars(Silent())
    monkeypatch.setattr(download, "is_intact", lambda jar, _: jar.artifact != "neo4j")
    with pytest.raises(AssertionError, match="the network was used"):
        server._service.provide_jars(Silent())


def test_jars_that_were_altered_or_added_are_seen_before_they_are_run(
    server: LocalServer, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    jars, lock, notes = server._service.jars, read_lock(), Seen()
    altered, foreign = jars / lock.jars[0].local_path, jars / "plugins" / "evil.jar"
    for path in (altered, foreign):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("evil")
    monkeypatch.setattr(service, "missing_jars", lambda *_: [lock.jars[0]])
    monkeypatch.setattr(
        service, "fetch_jars", lambda missing, *_, **__: fetched.extend(j.filename for j in missing)
    )
    server._service.provide_jars(notes)
    assert fetched == [lock.jars[0].filename]
    assert not foreign.exists()
    assert any("was altered" in note and str(altered) in note for note in notes.notes)
    assert any("no part of Neo4j" in note and str(foreign) in note for note in notes.notes)
    assert (home.root / lock.folder_name).resolve() == jars.resolve()


def test_a_stranger_on_the_port_is_not_asked(
    server: LocalServer, home: Home, listener: int, sleeper: Process
) -> None:
    home.password_file.write_text(PASSWORD)
    state = State(listener, listener, 7474, 7474, sleeper, ready=False)
    assert "does not listen on port" in server._service._problem(state)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00"])
def test_a_damaged_password_file_is_said(home: Home, content: bytes) -> None:
    home.password_file.write_bytes(content)
    with pytest.raises(ServerError, match=r"password.*hubgraph backup FILE.*hubgraph restore FILE"):
        home.password()


def test_a_child_of_the_command_can_be_found_by_another(tmp_path: Path) -> None:
    """A second program sees the process that the first one started, after the first has ended."""
    state = tmp_path / "server.json"
    code = (
        "import sys; from pathlib import Path; from graph.server.process import *;"
        f"p = spawn([sys.executable, '-c', 'import time; time.sleep(60)'], Path({os.devnull!r}));"
        f"write_state(Path({str(state)!r}), State(1, 1, 2, 2, p))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    found = read_state(state)
    assert found is not None
    assert found.process is not None
    assert found.process.is_alive
    found.process.stop()
    assert not found.process.is_alive


def test_the_guide_names_what_is_locked() -> None:
    lock = read_lock()
    guide = (Path(__file__).parents[2] / "docs" / "server.md").read_text("utf-8")
    for version in (lock.neo4j_version, lock.gds_version, lock.browser_version):
        assert f"| {version} |" in guide
    megabytes = sum(jar.size for jar in lock.jars) / 1e6
    assert f"{len(lock.jars)} jars of {megabytes:.0f} MB" in guide


@pytest.mark.parametrize("name", sorted(SECURITY))
def test_the_guide_explains_every_security_setting(name: str) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "server.md").read_text("utf-8")
    assert name in guide or f"`.{name.rpartition('.')[2]}`" in guide
