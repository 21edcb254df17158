"""Neo4j on one data folder: its jars, its configuration, its start, and whether it answers."""

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import neo4j
from jgo.constants import MAVEN_CENTRAL_URL
from neo4j.exceptions import AuthError, DriverError, Neo4jError
from pydantic import SecretStr

from graph.errors import ServerError
from graph.progress import Progress
from graph.server.claims import only_one
from graph.server.conf import neo4j_conf
from graph.server.diagnosis import read_from, start_error, telling_line
from graph.server.download import cache_error, fetch_jars, foreign_files, missing_jars
from graph.server.files import full_disk, is_full, lead_to, replace_text
from graph.server.home import Home
from graph.server.java import server_command
from graph.server.lock import read_lock
from graph.server.ports import HOST, choose_port
from graph.server.process import Process, State, read_state, spawn, write_state
from graph.settings import Settings

USER = "neo4j"
DATABASE = "neo4j"
"""Community has one database, and this is its name."""

POLL_S = 0.2

GIVEN_UP = "needs to be restarted"
"""What Neo4j says of a database that it has closed after an error."""


@dataclass(frozen=True)
class Address:
    """How to reach a running server. The password shows neither in `repr` nor in `str`."""

    uri: str
    user: str
    password: SecretStr
    database: str
    browser_url: str | None


class Service:
    """Neo4j on the data folder of a home. Callers hold the locks."""

    def __init__(self, settings: Settings, home: Home) -> None:
        self.home = home
        self.lock = read_lock()
        self.jars = settings.cache_dir / self.lock.folder_name  # in it `lib` and `plugins`
        self._settings = settings

    def provide_jars(self, progress: Progress) -> None:
        """See that the locked jars are there, unaltered, and nothing else."""
        if missing_jars(self.lock, self.jars) or foreign_files(self.lock, self.jars):
            try:
                self.jars.mkdir(parents=True, exist_ok=True)
                with only_one(self.jars / "lock", progress):
                    self._mend_jars(progress)
            except OSError as error:
                raise cache_error(error, self.jars) from None
        lead_to(self.home.root / self.lock.folder_name, self.jars)

    def _mend_jars(self, progress: Progress) -> None:
        for path in foreign_files(self.lock, self.jars):
            progress.note(f"{path} is no part of Neo4j as it is locked here: it is deleted.")
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        missing = missing_jars(self.lock, self.jars)  # another process may have fetched some
        for jar in missing:
            if (self.jars / jar.local_path).exists():
                progress.note(f"{self.jars / jar.local_path} was altered: it is fetched again.")
        if missing:
            fetch_jars(
                missing,
                self.jars,
                self._settings.maven_url or MAVEN_CENTRAL_URL,
                workers=self._settings.download_workers,
                progress=progress,
            )

    def choose_ports(self, last: State | None) -> State:
        """Ports to start on: those of the last time, if they are free and still wished for."""
        wish = self._settings
        last_bolt = last.bolt_port if last and last.bolt_wish == wish.bolt_port else None
        last_http = last.http_port if last and last.http_wish == wish.http_port else None
        bolt = choose_port(wish.bolt_port, last=last_bolt)
        http = choose_port(wish.http_port, last=last_http, taken=bolt)
        return State(wish.bolt_port, bolt, wish.http_port, http)

    def write_conf(self, ports: State) -> None:
        """Write `neo4j.conf`."""
        plugins = f"{self.lock.folder_name}/plugins"
        text = neo4j_conf(self._settings, self.home, plugins, ports.bolt_port, ports.http_port)
        self.home.conf.mkdir(exist_ok=True)
        replace_text(self.home.conf / "neo4j.conf", text)

    def _set_password(self) -> None:
        """Give a fresh data folder the home's password; make one up if there is none."""
        file = self.home.password_file
        if not file.exists() or not file.stat().st_size:
            self.home.generate_password()
        self.home.hand_over_password(USER)

    def start(self, ports: State, progress: Progress) -> None:
        """Start the server and wait until it answers; stop it if it does not."""
        self.provide_jars(progress)  # just before they are run
        progress.stage("Starting Neo4j")
        self.write_conf(ports)
        if self.home.is_fresh:
            self._set_password()
        self.home.password()
        log = self.home.neo4j_log
        log_start = log.stat().st_size if log.exists() else 0
        command = server_command(self.home, self._settings.heap_mb)
        process = spawn(command, self.home.output)
        state = replace(ports, process=process, data=self.home.data.name)
        cut = self._cut_off()
        try:
            write_state(self.home.state, state)
            self.wait_until_ready(state, progress, log_start)
            for path in sorted(self._cut_off() - cut):
                progress.note(
                    "The end of Neo4j's log could not be read, as after a full disk, and was cut "
                    f"off: {path}. If the disk was not full, load again what was loaded last."
                )
        except BaseException:
            process.stop()
            self._record_stop(state)
            raise

    def _cut_off(self) -> set[Path]:
        """Ends of transaction logs that Neo4j could not read and put aside."""
        return set((self.home.data / "databases" / DATABASE).glob("corrupted-*/*"))

    def stop(self, state: State | None, progress: Progress) -> None:
        """Stop the server of this state, if any, and wait until it has closed its database."""
        if state and state.process:
            progress.stage("Stopping Neo4j")
            with suppress(OSError):  # on a full disk it passes for one that runs until it has ended
                write_state(self.home.state, replace(state, ready=False, stopping=True))
            state.process.stop()
            self._record_stop(state)

    def _record_stop(self, state: State) -> None:
        """Record that the server was stopped; on a full disk, at worst it passes for crashed."""
        with suppress(OSError):
            stopped = replace(state, process=None, ready=False, stopping=False)
            write_state(self.home.state, stopped)

    def wait_until_ready(self, state: State, progress: Progress, log_start: int = 0) -> None:
        """Wait until Cypher and GDS answer over Bolt."""
        progress.stage("Waiting for Neo4j to answer")
        process = state.process
        assert process is not None  # noqa: S101
        end = time.monotonic() + self._settings.start_timeout_s
        while problem := self._problem(state):
            if not process.is_alive:
                raise start_error(self.home, log_start, process.reap())
            if is_full(self.home.root):  # it would try in vain, to the end of the time
                raise full_disk(self.home.root)
            if time.monotonic() > end:
                line = telling_line(read_from(self.home.neo4j_log, log_start))
                raise ServerError(
                    f"Neo4j did not answer within {self._settings.start_timeout_s:g} seconds "
                    f"({problem}). Its last line: {line}",
                    f"Raise HUBGRAPH_START_TIMEOUT_S, or read the logs in {self.home.logs}.",
                )
            time.sleep(POLL_S)
        replace_text(self.home.version_marker, self.lock.neo4j_version)
        write_state(self.home.state, replace(state, ready=True))

    def address(self, state: State) -> Address:
        """How to reach the server of this state."""
        return Address(
            uri=bolt_uri(state),
            user=USER,
            password=self.home.password(),
            database=DATABASE,
            browser_url=browser_url(state),
        )

    def has_given_up(self, state: State) -> bool:
        """Whether the server runs and has closed its database, as after a full disk."""
        return GIVEN_UP in self._problem(state)

    def _problem(self, state: State) -> str:
        """Why the server cannot be used yet; empty once it can.

        Only our own process is asked: another on its port would be given the password, and what it
        says of that means nothing.
        """
        if not (state.process and state.process.listens_on(state.bolt_port)):
            return f"it does not listen on port {state.bolt_port}"
        address = self.address(state)
        auth = (address.user, address.password.get_secret_value())
        try:
            with (
                neo4j.GraphDatabase.driver(address.uri, auth=auth, connection_timeout=2) as driver,
                driver.session(database=address.database) as session,
            ):
                session.run("RETURN gds.version()").consume()
        except AuthError:
            raise self.home.wrong_password() from None
        except (DriverError, Neo4jError) as error:
            return str(error).partition("\n")[0]
        return ""


def process_behind(home: Home, uri: str) -> Process | None:
    """The process of the home's server, if it is the one at an address."""
    state = read_state(home.state)
    return state.process if state and bolt_uri(state) == uri else None


def bolt_uri(state: State) -> str:
    """Address for drivers."""
    return f"bolt://{HOST}:{state.bolt_port}"


def browser_url(state: State) -> str:
    """Address of Neo4j Browser, with the server filled in."""
    return f"http://{HOST}:{state.http_port}/browser/?connectURL={bolt_uri(state)}"
