"""The local server without a Neo4j: ports, processes, configuration, password, states, messages."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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

PASSWORD = "correct-horse"


class Notes(Silent):
    """Keeps the steps and lines that were told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def stage(self, name: str) -> None:
        self.lines.append(name)

    def note(self, text: str) -> None:
        self.lines.append(text)


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
def listener() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    """A process that stands for the server's."""
    process = spawn([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "output")
    yield process
    process.stop()


def remember(home: Home, process: Process | None, *, ready: bool = True) -> None:
    write_state(home.state, State(7687, 7687, 7474, 7474, process, ready))


# The lock


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


# Ports


def test_a_free_port_is_taken_as_wished() -> None:
    port = any_port()
    assert choose_port(port) == port


def test_a_taken_port_moves_to_a_free_neighbour(listener: int) -> None:
    moved = choose_port(listener)
    assert moved != listener
    assert is_free(moved)


def test_the_port_of_the_last_time_is_taken_again(listener: int) -> None:
    last = any_port()
    assert choose_port(listener, last=last) == last


def test_the_port_of_the_last_time_is_left_when_it_is_taken(listener: int) -> None:
    wish = any_port()
    assert choose_port(wish, last=listener) == wish


def test_zero_means_any_port() -> None:
    assert choose_port(0) > 1023


def test_two_servers_in_one_never_share_a_port() -> None:
    port = any_port()
    assert choose_port(port, taken=port) != port


# Processes


def test_a_spawned_process_leads_its_own_session_and_writes_to_its_file(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getsid(0) == os.getpid()); print('oops', file=sys.stderr)"
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    os.waitpid(process.pid, 0)
    assert (tmp_path / "output").read_text() == "True\noops\n"


def test_a_recycled_process_number_is_never_taken_for_ours(sleeper: Process) -> None:
    someone_else = replace(sleeper, started_at=sleeper.started_at - 60)
    assert sleeper.is_alive
    assert not someone_else.is_alive
    someone_else.stop()
    assert sleeper.is_alive


def test_a_stop_ends_even_what_ignores_it(tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('deaf', flush=True); time.sleep(60)"
    )
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    while "deaf" not in (tmp_path / "output").read_text():
        time.sleep(0.01)
    process.stop(timeout_s=0.2)
    assert not process.is_alive


def test_a_zombie_is_not_alive(tmp_path: Path) -> None:
    process = spawn([sys.executable, "-c", ""], tmp_path / "output")
    end = time.monotonic() + 10
    while process.is_alive and time.monotonic() < end:
        time.sleep(0.01)
    assert not process.is_alive
    assert process.reap() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows such a process as a zombie")
def test_a_process_lives_as_long_as_its_last_thread(tmp_path: Path) -> None:
    code = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start();"
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    process = spawn([sys.executable, "-c", code], tmp_path / "output")
    end = time.monotonic() + 10
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.01)
    assert process.is_alive
    process.stop()
    assert not psutil.pid_exists(process.pid)


def test_the_state_survives_a_round_and_rubbish_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    state = State(7687, 7690, 0, 4711, Process(12, 34.5), ready=True)
    write_state(path, state)
    assert read_state(path) == state
    for rubbish in ("", "{}", "[]", '{"process": {"pid": 1}}', '{"process": null, "odd": 1}'):
        path.write_text(rubbish)
        assert read_state(path) is None
    path.unlink()
    assert read_state(path) is None


# What the server is told


@pytest.fixture
def conf(settings: Settings, home: Home) -> dict[str, str]:
    text = neo4j_conf(settings, home, Path("/jars/plugins"), 1111, 2222)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_every_security_setting_is_in_the_configuration(conf: dict[str, str]) -> None:
    assert {name: conf[name] for name in SECURITY} == SECURITY
    assert conf["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert conf["internal.dbms.cypher_ip_blocklist"] == "0.0.0.0/0,::/0"
    assert conf["dbms.security.procedures.unrestricted"] == "gds.*"
    assert "apoc" not in conf["dbms.security.procedures.allowlist"]
    assert "*" not in conf["dbms.security.procedures.allowlist"].split(",")
    assert conf["dbms.usage_report.enabled"] == "false"
    assert conf["dbms.fleet_manager.enabled"] == "false"
    assert conf["client.allow_telemetry"] == "false"
    assert conf["db.transaction.timeout"] == "60s"
    assert conf["dbms.security.http_access_control_allow_origin"] == "http://127.0.0.1:2222"
    assert "dbms.security.auth_enabled" not in conf


def test_the_server_listens_on_this_machine_only(conf: dict[str, str]) -> None:
    addresses = {value for name, value in conf.items() if "_address" in name}
    assert addresses == {"127.0.0.1", "127.0.0.1:1111", "127.0.0.1:2222"}


def test_memory_and_folders_follow_the_settings(conf: dict[str, str], home: Home) -> None:
    assert conf["server.memory.heap.max_size"] == "512m"
    assert conf["server.memory.pagecache.size"] == "128m"
    assert conf["server.directories.data"] == str(home.data)
    assert conf["server.directories.logs"] == str(home.logs)
    assert conf["server.directories.import"] == str(home.imports)


def test_the_plugin_folder_is_on_the_class_path_too(home: Home) -> None:
    command = server_command(home, Path("/jars"), 2048)
    assert "/jars/plugins/*:/jars/lib/*" in command
    assert "-Xmx2048m" in command
    assert java_version().split(".")[0].isdigit()


# Password and folder


def test_only_the_owner_can_read_the_password(home: Home) -> None:
    home.generate_password()
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert len(home.password().get_secret_value()) == 48


def test_every_password_is_new_and_replaces_an_open_file_mode(home: Home) -> None:
    home.generate_password()
    first = home.password()
    home.password_file.chmod(0o644)
    home.generate_password()
    assert home.password() != first
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600


def test_a_lost_password_is_said(home: Home) -> None:
    with pytest.raises(ServerError, match="password of the database is gone"):
        home.password()


def test_the_password_shows_in_no_text(
    settings: Settings, home: Home, sleeper: Process, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    home.password_file.write_text(PASSWORD)
    remember(home, sleeper)
    server = LocalServer(settings)
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


def test_a_folder_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(ServerError, match=r"cannot be written.*HUBGRAPH_DATA_DIR"):
        LocalServer(settings).up()


def test_two_starts_at_once_wait_for_each_other(tmp_path: Path) -> None:
    lock, notes, entered = tmp_path / "lock", Notes(), threading.Event()

    def second() -> None:
        with only_one(lock, notes):
            entered.set()

    thread = threading.Thread(target=second)
    with only_one(lock, Silent()):
        thread.start()
        while not notes.lines:
            time.sleep(0.01)
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()
    assert "Waiting for another hubgraph" in notes.lines[0]


# States


def test_nothing_was_ever_started(settings: Settings) -> None:
    server = LocalServer(settings)
    assert server.status().state == "stopped"
    assert server.status().disk_bytes == 0
    assert server.address() is None
    assert not server.down()
    assert not settings.data_dir.exists()


def test_a_running_server_is_left_alone(settings: Settings, home: Home, sleeper: Process) -> None:
    home.password_file.write_text(PASSWORD)
    remember(home, sleeper)
    notes = Notes()
    status = LocalServer(settings).up(notes)
    assert (status.state, status.pid) == ("running", sleeper.pid)
    assert status.bolt_uri == "bolt://127.0.0.1:7687"
    assert notes.lines == []
    assert LocalServer(settings).address() == Address(
        uri="bolt://127.0.0.1:7687",
        user="neo4j",
        password=SecretStr(PASSWORD),
        database="neo4j",
        browser_url="http://127.0.0.1:7474/browser/?connectURL=bolt://127.0.0.1:7687",
    )


def test_before_it_answers_it_is_starting(settings: Settings, home: Home, sleeper: Process) -> None:
    remember(home, sleeper, ready=False)
    assert LocalServer(settings).status().state == "starting"
    assert LocalServer(settings).address() is None


def test_down_stops_and_says_so_once(settings: Settings, home: Home, sleeper: Process) -> None:
    remember(home, sleeper)
    server = LocalServer(settings)
    assert server.down()
    assert not sleeper.is_alive
    assert not server.down()
    assert server.status().state == "stopped"


def test_a_stale_server_has_last_words(settings: Settings, home: Home, sleeper: Process) -> None:
    remember(home, replace(sleeper, started_at=1.0))
    home.output.write_text("Terminating due to java.lang.OutOfMemoryError: Java heap space\n")
    server = LocalServer(settings)
    status = server.status()
    assert (status.state, status.pid, status.bolt_uri) == ("stale", None, None)
    assert "OutOfMemoryError" in status.detail
    assert server.address() is None
    assert not server.down()
    assert sleeper.is_alive
    assert server.status().state == "stopped"


# Starts that fail, with a program in place of Neo4j


@pytest.fixture
def started_with(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalServer]:
    home.password_file.write_text(PASSWORD)
    (home.data / "databases" / "system").mkdir(parents=True)
    monkeypatch.setattr(service, "missing_jars", lambda *_: [])
    yield LocalServer(settings)
    state = read_state(home.state)
    assert state is None or state.process is None


def program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(service, "server_command", lambda *_: [sys.executable, "-c", code])


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
def test_a_server_that_ends_at_once_says_why(
    started_with: LocalServer, monkeypatch: pytest.MonkeyPatch, last_words: str, message: str
) -> None:
    program(monkeypatch, f"import sys; sys.exit({last_words!r})")
    with pytest.raises(ServerError, match=message) as caught:
        started_with.up()
    assert "\n" not in str(caught.value)


def test_a_killed_start_hints_at_memory(
    started_with: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(ServerError, match="memory ran out"):
        started_with.up()


def test_a_server_that_never_answers_is_ended_after_the_timeout(
    settings: Settings, started_with: LocalServer, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    program(monkeypatch, "import time; time.sleep(60)")
    started: list[Process] = []

    def note(command: list[str], output: Path) -> Process:
        started.append(spawn(command, output))
        return started[-1]

    monkeypatch.setattr(service, "spawn", note)
    impatient = LocalServer(settings.model_copy(update={"start_timeout_s": 0.5}))
    with pytest.raises(ServerError, match=r"within 0\.5 seconds.*HUBGRAPH_START_TIMEOUT_S"):
        impatient.up()
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


def test_data_of_a_newer_neo4j_is_refused_before_anything_starts(
    started_with: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.version_marker.write_text("2099.01.0")
    program(monkeypatch, "raise SystemExit('must not start')")
    with pytest.raises(ServerError, match=r"last opened by Neo4j 2099\.01\.0.*HUBGRAPH_DATA_DIR"):
        started_with.up()


@pytest.mark.parametrize("version", ["5.26.30", "2025.12.1", read_lock().neo4j_version])
def test_data_of_an_older_neo4j_is_opened(
    started_with: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    home.version_marker.write_text(version)
    program(monkeypatch, "raise SystemExit('ERROR it was started')")
    with pytest.raises(ServerError, match="it was started"):
        started_with.up()


def test_a_recovery_is_said(
    started_with: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(home, Process(os.getpid(), 1.0))
    program(monkeypatch, "raise SystemExit('ERROR no matter')")
    notes = Notes()
    with pytest.raises(ServerError):
        started_with.up(notes)
    assert any("is recovering" in line for line in notes.lines)


# Nothing is fetched that is there


def test_the_cache_is_enough(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("requests.Session", no_network)
    server = LocalServer(settings)
    monkeypatch.setattr(download, "is_intact", lambda *_: True)
    server._service.provide_jars(Silent())
    monkeypatch.setattr(download, "is_intact", lambda jar, _: jar.artifact != "neo4j")
    with pytest.raises(AssertionError, match="the network was used"):
        server._service.provide_jars(Silent())


def test_a_cache_folder_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(ServerError, match="HUBGRAPH_CACHE_DIR"):
        LocalServer(settings).up()


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
