"""The local server with a real Neo4j: three starts in all, two after a kill with a damaged log."""

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import neo4j
import psutil
import pytest
import requests
from neo4j.exceptions import ClientError, DatabaseError
from typer.testing import CliRunner

from graph.server.conf import SECURITY
from graph.server.home import home_of
from graph.server.local import LocalServer, ServerStatus
from graph.server.lock import read_lock
from graph.server.ports import any_port
from graph.server.service import Address
from graph.settings import Settings, load_settings
from hubgraph import server as server_command
from hubgraph.command import app
from tests.progress import Seen, wait_until


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    """A port for Bolt to be wished for that somebody else listens on all the time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def local_settings(tmp_path_factory: pytest.TempPathFactory, taken_port: int) -> Settings:
    return load_settings(
        neo4j_uri=None,
        data_dir=tmp_path_factory.mktemp("data dir"),
        log_dir=tmp_path_factory.mktemp("log dir"),
        bolt_port=taken_port,
        http_port=any_port(),
        heap_mb=512,
        pagecache_mb=128,
    )


@pytest.fixture(scope="module")
def server(local_settings: Settings) -> Iterator[LocalServer]:
    """A server of this module's own, started once."""
    server = LocalServer(local_settings)
    server.up()
    try:
        yield server
    finally:
        server.down()


@pytest.fixture
def address(server: LocalServer) -> Address:
    address = server.address()
    assert address is not None
    return address


@pytest.fixture
def driver(address: Address) -> Iterator[neo4j.Driver]:
    auth = (address.user, address.password.get_secret_value())
    with neo4j.GraphDatabase.driver(address.uri, auth=auth) as driver:
        yield driver


def test_status_tells_versions_addresses_and_no_password(
    server: LocalServer, address: Address, local_settings: Settings
) -> None:
    status = server.status()
    assert status.state == "running"
    assert status.pid is not None
    assert psutil.pid_exists(status.pid)
    assert status.bolt_uri == address.uri
    assert status.disk_bytes > 100_000
    text = json.dumps(asdict(status), default=str)
    assert address.password.get_secret_value() not in text
    assert status.neo4j_version == read_lock().neo4j_version
    marker = home_of(local_settings).version_marker
    assert marker.read_text() == status.neo4j_version


def test_the_password_is_in_no_command_line_log_or_open_file(
    server: LocalServer, address: Address, local_settings: Settings
) -> None:
    secret = address.password.get_secret_value()
    home = home_of(local_settings)
    pid = server.status().pid
    assert secret not in " ".join(psutil.Process(pid).cmdline())
    for path in [*home.logs.rglob("*"), *home.conf.rglob("*"), home.state]:
        assert secret not in path.read_text("utf-8", "replace"), path
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600


def test_a_wrong_password_is_refused(address: Address) -> None:
    with (
        neo4j.GraphDatabase.driver(address.uri, auth=("neo4j", "neo4j")) as driver,
        pytest.raises(neo4j.exceptions.AuthError),
    ):
        driver.verify_connectivity()


def test_the_versions_are_the_locked_ones(driver: neo4j.Driver, server: LocalServer) -> None:
    records, _, _ = driver.execute_query(
        "CALL dbms.components() YIELD name, versions, edition "
        "WHERE name = 'Neo4j Kernel' RETURN versions[0] AS neo4j, edition, gds.version() AS gds"
    )
    assert records[0].data() == {
        "neo4j": server.status().neo4j_version,
        "edition": "community",
        "gds": server.status().gds_version,
    }


def test_gds_ranks_a_graph(driver: neo4j.Driver) -> None:
    records, _, _ = driver.execute_query(
        "UNWIND [[0, 1], [2, 1]] AS edge "
        "WITH gds.graph.project('ranked', edge[0], edge[1]) AS projected "
        "CALL gds.pageRank.stream('ranked') YIELD nodeId, score "
        "RETURN nodeId ORDER BY score DESC LIMIT 1"
    )
    assert records[0]["nodeId"] == 1


def test_every_security_setting_is_in_force(driver: neo4j.Driver, server: LocalServer) -> None:
    del server
    records, _, _ = driver.execute_query(
        "SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN name, value",
        names=[name for name in SECURITY if not name.startswith("internal.")],
    )
    in_force = {record["name"]: record["value"] for record in records}
    for name, value in in_force.items():
        assert value.replace("1m", "60s") == SECURITY[name], name
    assert len(in_force) == len([n for n in SECURITY if not n.startswith("internal.")])


@pytest.mark.parametrize("protocol", ["file", "http"])
def test_cypher_reads_no_address(driver: neo4j.Driver, tmp_path: Path, protocol: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = {"file": f"file://{secret}", "http": f"http://127.0.0.1:{port}/x.csv"}[protocol]
        with pytest.raises(
            (ClientError, DatabaseError), match=r"(?i)block|not allowed|disabled|config"
        ):
            driver.execute_query("LOAD CSV FROM $url AS line RETURN line", url=url)
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_no_other_web_page_may_read_answers(server: LocalServer) -> None:
    browser_url = server.status().browser_url
    assert browser_url is not None
    root = browser_url.partition("/browser/")[0]
    for origin in ("http://evil.example", "null"):
        answer = requests.get(root, headers={"Origin": origin}, timeout=10)
        assert answer.headers.get("Access-Control-Allow-Origin") in (None, root)


def test_neo4j_browser_answers_and_bolt_is_announced(server: LocalServer, address: Address) -> None:
    assert address.browser_url is not None
    page = requests.get(address.browser_url, timeout=10)
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
    root = address.browser_url.partition("/browser/")[0]
    announced = requests.get(root, headers={"Accept": "application/json"}, timeout=10).json()
    assert announced["bolt_direct"] == address.uri
    assert announced["neo4j_version"] == server.status().neo4j_version


def test_it_listens_on_this_machine_only(server: LocalServer) -> None:
    process = psutil.Process(server.status().pid)
    listening = [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert len(listening) == 2
    assert {str(c.laddr.ip).removeprefix("::ffff:") for c in listening} == {"127.0.0.1"}


def test_a_second_start_does_nothing(server: LocalServer) -> None:
    before = server.status()
    assert server.up().pid == before.pid


def test_the_command_says_where_to_sign_in(
    server: LocalServer, local_settings: Settings, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_command, "load_settings", lambda: local_settings)
    secret = address.password.get_secret_value()

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    up = run("up")
    assert "runs already" in up
    assert address.uri in up
    assert f"Port {local_settings.bolt_port} was taken" in up
    assert secret not in up + run("status") + run("status", "--json")
    assert json.loads(run("status", "--json"))["counts"]["nodes"] == 0
    assert secret in run("status", "--show-password")


@pytest.mark.parametrize(("damage", "last"), [("cut in the middle", 0), ("garbage at the end", 1)])
def test_a_killed_server_recovers_its_data_on_the_same_ports(
    *,
    server: LocalServer,
    local_settings: Settings,
    address: Address,
    driver: neo4j.Driver,
    taken_port: int,
    damage: str,
    last: int,
) -> None:
    logs = home_of(local_settings).data / "transactions" / "neo4j"
    log = max(logs.glob("neostore.transaction.db.*"), key=lambda path: int(path.suffix[1:]))
    driver.execute_query("CREATE (:Survivor {of: $damage})", damage=damage)
    written = log.stat().st_size
    driver.execute_query("CREATE (:Last {of: $damage})", damage=damage)
    before: ServerStatus = server.status()
    assert before.pid is not None
    assert str(taken_port) not in address.uri
    os.kill(before.pid, signal.SIGKILL)
    wait_until(lambda: server.status().state not in {"running", "stopping"})
    assert server.status().state == "stale"
    assert server.address() is None
    with log.open("r+b") as file:
        if last:
            file.seek(0, os.SEEK_END)
            file.write(bytes(range(1, 256)) * 8)
        else:
            file.truncate((written + log.stat().st_size) // 2)

    after = server.up(seen := Seen())

    assert after.state == "running"
    assert (after.bolt_uri, after.browser_url) == (before.bolt_uri, before.browser_url)
    assert after.pid != before.pid
    with driver.session() as session:  # one that waits for nothing it wrote before
        for label, kept in (("Survivor", 1), ("Last", last)):
            count = f"MATCH (n:{label} {{of: $damage}}) RETURN count(n) AS nodes"
            assert session.run(count, damage=damage).single(strict=True)["nodes"] == kept, label
    (note,) = (note for note in seen.notes if "could not be read" in note)
    assert Path(note.partition("cut off: ")[2].partition(". If")[0]).is_file()


def test_down_stops_and_a_second_down_finds_nothing(server: LocalServer) -> None:
    pid = server.status().pid
    assert pid is not None
    assert server.down()
    assert not psutil.pid_exists(pid)
    assert not server.down()
    assert server.status().state == "stopped"
    assert server.address() is None
