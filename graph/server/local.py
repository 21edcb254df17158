"""The local Neo4j server: one call starts it, whatever is missing."""

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

import neo4j
from jgo.constants import MAVEN_CENTRAL_URL
from neo4j.exceptions import AuthError, DriverError, Neo4jError
from pydantic import SecretStr

from graph.server.conf import neo4j_conf
from graph.server.diagnosis import read_from, start_error, telling_line
from graph.server.download import fetch_jars, missing_jars
from graph.server.home import home_of, only_one
from graph.server.java import java_version, run_admin, server_command
from graph.server.lock import read_lock
from graph.server.ports import HOST, choose_port
from graph.server.process import State, read_state, spawn, write_state
from graph.server.progress import Progress, Silent
from graph.server.status import ServerStatus, StateName
from hubgraph.errors import ServerError
from hubgraph.settings import Settings

USER = "neo4j"
DATABASE = "neo4j"
"""Community has one database, and this is its name."""

POLL_S = 0.2


@dataclass(frozen=True)
class Address:
    """How to reach a running server. The password shows neither in `repr` nor in `str`."""

    uri: str
    user: str
    password: SecretStr
    database: str
    browser_url: str | None


class LocalServer:
    """The Neo4j that hubgraph runs on this machine, one for each data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = home_of(settings)
        self._lock = read_lock()

    @property
    def jars(self) -> Path:
        """The folder with the server's jars, in `lib` and `plugins`."""
        return self._settings.cache_dir / self._lock.folder_name

    @property
    def logs_hint(self) -> str:
        """Where to read more."""
        return f"Logs: {self._home.logs}"

    def up(self, progress: Progress | None = None) -> ServerStatus:
        """Start the server, downloading what is missing, and return once it answers.

        Does nothing when it runs already. Waits while another call starts or stops it.

        Raises:
            ServerError: the download or the start failed; one line says why and what to do.
        """
        progress = progress or Silent()
        self._home.prepare()
        with only_one(self._home.root / "lock", progress):
            state = read_state(self._home.state)
            if state and state.process and state.process.is_alive:
                if not state.ready:
                    self._wait_until_ready(state, progress)
                return self.status()
            if state and state.process:
                progress.note("The server had ended without being stopped; it recovers now.")
            self._refuse_newer_data()
            self._provide_jars(progress)
            self._start(self._choose_ports(state), progress)
        return self.status()

    def down(self) -> bool:
        """Stop the server and wait until it has closed its database.

        Returns:
            False if it did not run.
        """
        if not self._home.root.exists():
            return False
        with only_one(self._home.root / "lock", Silent()):
            state = read_state(self._home.state)
            if state is None or state.process is None:
                return False
            was_alive = state.process.is_alive
            state.process.stop()
            write_state(self._home.state, replace(state, process=None, ready=False))
            return was_alive

    def status(self) -> ServerStatus:
        """Describe the server as it is now, without waiting or changing anything."""
        state = read_state(self._home.state)
        process = state.process if state else None
        alive = process is not None and process.is_alive
        bolt_uri = f"bolt://{HOST}:{state.bolt_port}" if state and alive else None
        detail = ""
        if process and not alive:
            line = telling_line(read_from(self._home.output))
            detail = f"It ended without being stopped. {line}".strip()
        return ServerStatus(
            state=_state_name(state, alive=alive),
            detail=detail,
            pid=process.pid if process and alive else None,
            uptime_s=round(time.time() - process.started_at, 1) if process and alive else None,
            bolt_uri=bolt_uri,
            browser_url=_browser_url(state) if state and alive else None,
            neo4j_version=self._lock.neo4j_version,
            gds_version=self._lock.gds_version,
            browser_version=self._lock.browser_version,
            java_version=java_version(),
            data_dir=self._home.data,
            log_dir=self._home.logs,
            disk_bytes=self._home.disk_bytes(),
        )

    def address(self) -> Address | None:
        """How to reach the server; None unless it runs."""
        state = read_state(self._home.state)
        if state is None or not state.ready or not state.process or not state.process.is_alive:
            return None
        return self._address(state)

    def admin(self, *arguments: str, progress: Progress | None = None) -> str:
        """Run `neo4j-admin` on the stopped server, as in `admin("database", "check", "neo4j")`.

        Returns:
            What the tool printed.

        Raises:
            ServerError: the server runs, or the tool failed.
        """
        progress = progress or Silent()
        self._home.prepare()
        with only_one(self._home.root / "lock", progress):
            state = read_state(self._home.state)
            if state and state.process and state.process.is_alive:
                raise ServerError("Neo4j runs.", "Stop it with `hubgraph down` first.")
            self._provide_jars(progress)
            self._write_conf(self._choose_ports(state))
            return run_admin(self._home, self.jars, *arguments)

    def _address(self, state: State) -> Address:
        return Address(
            uri=f"bolt://{HOST}:{state.bolt_port}",
            user=USER,
            password=self._home.password(),
            database=DATABASE,
            browser_url=_browser_url(state),
        )

    def _refuse_newer_data(self) -> None:
        marker = self._home.version_marker
        written_by = marker.read_text("utf-8").strip() if marker.exists() else "0"
        if _numbers(written_by) > _numbers(self._lock.neo4j_version):
            raise ServerError(
                f"The database in {self._home.data} was last opened by Neo4j {written_by}; "
                f"this hubgraph brings {self._lock.neo4j_version}, which cannot read it.",
                "Update hubgraph, set HUBGRAPH_DATA_DIR to another folder, or move that one away.",
            )

    def _provide_jars(self, progress: Progress) -> None:
        missing = missing_jars(self._lock, self.jars)
        if not missing:
            return
        try:
            self.jars.mkdir(parents=True, exist_ok=True)
            with only_one(self.jars / "lock", progress):
                fetch_jars(
                    missing_jars(self._lock, self.jars),
                    self.jars,
                    self._settings.maven_url or MAVEN_CENTRAL_URL,
                    workers=self._settings.download_workers,
                    progress=progress,
                )
        except OSError as error:
            raise ServerError(
                f"The cache folder {self.jars} cannot be written: {error.strerror}.",
                "Set HUBGRAPH_CACHE_DIR to a folder of your own.",
            ) from None

    def _choose_ports(self, last: State | None) -> State:
        wish = self._settings
        last_bolt = last.bolt_port if last and last.bolt_wish == wish.bolt_port else None
        last_http = last.http_port if last and last.http_wish == wish.http_port else None
        bolt = choose_port(wish.bolt_port, last=last_bolt)
        http = choose_port(wish.http_port, last=last_http, taken=bolt)
        return State(wish.bolt_port, bolt, wish.http_port, http)

    def _start(self, state: State, progress: Progress) -> None:
        progress.step("Starting Neo4j")
        self._write_conf(state)
        if self._home.is_fresh:
            self._set_initial_password()
        self._home.password()
        log_start = self._home.neo4j_log.stat().st_size if self._home.neo4j_log.exists() else 0
        command = server_command(self._home, self.jars, self._settings.heap_mb)
        process = spawn(command, self._home.output)
        state = replace(state, process=process)
        try:
            write_state(self._home.state, state)
            self._wait_until_ready(state, progress, log_start)
        except BaseException:
            process.stop()
            write_state(self._home.state, replace(state, process=None))
            raise

    def _write_conf(self, ports: State) -> None:
        text = neo4j_conf(
            self._settings,
            self._home,
            self.jars / "plugins",
            bolt_port=ports.bolt_port,
            http_port=ports.http_port,
        )
        (self._home.conf / "neo4j.conf").write_text(text, "utf-8")

    def _set_initial_password(self) -> None:
        self._home.generate_password()
        # The tool reads @file itself: the password never shows in the list of processes.
        from_file = f"@{self._home.password_file}"
        run_admin(self._home, self.jars, "dbms", "set-initial-password", from_file)

    def _wait_until_ready(self, state: State, progress: Progress, log_start: int = 0) -> None:
        """Wait until Cypher and GDS answer over Bolt; the log is not asked."""
        progress.step("Waiting for Neo4j to answer")
        process = state.process
        assert process is not None  # noqa: S101
        end = time.monotonic() + self._settings.start_timeout_s
        while problem := self._problem(state):
            if not process.is_alive:
                raise start_error(self._home, log_start, process.reap())
            if time.monotonic() > end:
                line = telling_line(read_from(self._home.neo4j_log, log_start))
                raise ServerError(
                    f"Neo4j did not answer within {self._settings.start_timeout_s:g} seconds "
                    f"({problem}). Its last line: {line}",
                    f"Raise HUBGRAPH_START_TIMEOUT_S, or read the logs in {self._home.logs}.",
                )
            time.sleep(POLL_S)
        self._home.version_marker.write_text(self._lock.neo4j_version, "utf-8")
        write_state(self._home.state, replace(state, ready=True))

    def _problem(self, state: State) -> str:
        """Why the server cannot be used yet; empty once it can."""
        address = self._address(state)
        auth = (address.user, address.password.get_secret_value())
        try:
            with (
                neo4j.GraphDatabase.driver(address.uri, auth=auth, connection_timeout=2) as driver,
                driver.session(database=address.database) as session,
            ):
                session.run("RETURN gds.version()").consume()
        except AuthError:
            raise ServerError(
                f"The password in {self._home.password_file} is not that of the database.",
                f"Put the right one back, or move {self._home.data} away.",
            ) from None
        except (DriverError, Neo4jError) as error:
            return str(error).partition("\n")[0]
        return ""


def _state_name(state: State | None, *, alive: bool) -> StateName:
    if state is None or state.process is None:
        return "stopped"
    if not alive:
        return "stale"
    return "running" if state.ready else "starting"


def _browser_url(state: State) -> str:
    bolt = f"bolt://{HOST}:{state.bolt_port}"
    return f"http://{HOST}:{state.http_port}/browser/?connectURL={bolt}"


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("."):
        with contextlib.suppress(ValueError):
            numbers.append(int(part))
    return tuple(numbers)
