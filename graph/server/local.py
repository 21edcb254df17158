"""The local Neo4j server: start, stop, describe, replace its database."""

import contextlib
import time
from contextlib import AbstractContextManager
from pathlib import Path

from graph.errors import ServerError
from graph.progress import Progress, Silent
from graph.server.admin import run_admin
from graph.server.claims import if_no_task, only_one, task_of, task_runs
from graph.server.diagnosis import read_from, telling_line
from graph.server.home import home_of
from graph.server.java import java_version
from graph.server.ports import HOST
from graph.server.process import State, read_state
from graph.server.recovery import cut_off, cut_off_task, is_making_ready, settle
from graph.server.replacement import Replacement, replacing
from graph.server.service import Address, Service, browser_url
from graph.server.status import ServerStatus, StateName
from graph.settings import Settings


class LocalServer:
    """The Neo4j that hubgraph runs on this machine, one for each data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = home_of(settings)
        self._service = Service(settings, self._home)

    @property
    def jars(self) -> Path:
        """The folder with the server's jars, in `lib` and `plugins`."""
        return self._service.jars

    def up(self, progress: Progress | None = None) -> ServerStatus:
        """Start the server, downloading what is missing, and return once it answers.

        Does nothing when it runs already. Waits while another call starts or stops it. Ends and
        deletes first what a killed import or restore left.

        Raises:
            ServerError: the download or the start failed, or an import or a restore is just
                making a new database ready; one line says why and what to do.
        """
        progress = progress or Silent()
        self._home.prepare()
        with only_one(self._home.lock, progress):
            state = settle(self._home, progress)
            if state and state.is_alive:
                if not state.ready:
                    self._service.wait_until_ready(state, progress)
                return self.status()
            if state and state.process:
                progress.note("The server was not stopped properly; it is recovering now.")
            self._refuse_newer_data()
            self._service.provide_jars(progress)
            self._service.start(self._service.choose_ports(state), progress)
        return self.status()

    def down(self, progress: Progress | None = None) -> bool:
        """Stop the server and wait until it has closed its database.

        Returns:
            False if it did not run.

        Raises:
            ServerError: an import, a restore or a backup is running.
        """
        progress = progress or Silent()
        if not self._home.root.exists():
            return False
        with only_one(self._home.lock, progress):
            state = read_state(self._home.state)
            was_alive = state is not None and state.is_alive
            with if_no_task(self._home) as nobody:
                if not nobody:
                    raise task_runs(self._home, "Wait until it has ended, or end it first.")
            state = settle(self._home, progress)
            self._service.stop(state, progress)
            return was_alive

    def status(self) -> ServerStatus:
        """Describe the server as it is now, without waiting or changing anything."""
        state = self._state()
        process = state.process if state else None
        alive = process is not None and process.is_alive
        bolt_uri = f"bolt://{HOST}:{state.bolt_port}" if state and alive else None
        detail = ""
        if process and not alive:
            line = telling_line(read_from(self._home.output))
            detail = f"It ended without being stopped. {line}".strip()
        lock = self._service.lock
        return ServerStatus(
            state=_state_name(state, alive=alive),
            detail=detail,
            notice=self._notice(),
            pid=process.pid if process and alive else None,
            uptime_s=round(time.time() - process.started_at, 1) if process and alive else None,
            bolt_uri=bolt_uri,
            browser_url=browser_url(state) if state and alive else None,
            neo4j_version=lock.neo4j_version,
            gds_version=lock.gds_version,
            browser_version=lock.browser_version,
            java_version=java_version(),
            data_dir=self._home.data,
            log_dir=self._home.logs,
            disk_bytes=self._home.disk_bytes(),
        )

    def address(self) -> Address | None:
        """How to reach the server; None unless it runs."""
        state = self._state()
        if state is None or not state.ready or not state.is_alive:
            return None
        return self._service.address(state)

    def replace(
        self, progress: Progress | None = None, *, task: str = "import"
    ) -> AbstractContextManager[Replacement]:
        """Build a whole new database beside the old one, and switch to it.

        ```python
        with LocalServer(settings).replace(progress) as new:
            new.admin("database", "import", "full", "neo4j", …, on_line=show)
            with connect(new.start()) as graph:
                apply_schema(graph)
            new.commit()
        ```

        The old server goes on serving until `start`. Leaving the block without `commit`, or with
        an exception, undoes everything: the old database serves again if it did before. A kill at
        any moment leaves the old database before `commit` and the new one after it; the next
        `up`, `down` or `replace` ends and deletes what was left.

        From the beginning to the end nobody else can write to the graph, begin another such task,
        or stop the server; `up` and reading go on as usual except between `start` and `commit`.

        Args:
            progress: receives the steps.
            task: its name in messages: `import` or `restore`.

        Raises:
            ServerError: somebody writes to the graph now, or another such task is running.
        """
        return replacing(self._settings, self._home, progress or Silent(), task)

    def admin(self, *arguments: str, progress: Progress | None = None) -> str:
        """Run `neo4j-admin` on the stopped server, as in `admin("database", "check", "neo4j")`.

        Returns:
            What the tool printed.

        Raises:
            ServerError: the server runs, or the tool failed.
        """
        progress = progress or Silent()
        self._home.prepare()
        with only_one(self._home.lock, progress):
            state = settle(self._home, progress)
            if state and state.is_alive:
                raise ServerError("Neo4j runs.", "Stop it with `hubgraph down` first.")
            self._service.provide_jars(progress)
            self._service.write_conf(self._service.choose_ports(state))
            return run_admin(self._home, self.jars, *arguments)

    def not_running(self) -> ServerError:
        """The error for a command that needs the server while it has no address."""
        task = task_of(self._home)
        making_ready = is_making_ready(self._home, read_state(self._home.state))
        if task and task.process.is_alive and making_ready:
            return task_runs(self._home)
        return ServerError(
            " ".join(filter(None, ("The local Neo4j server is not running.", self._notice()))),
            "Start it with `hubgraph up`, or set HUBGRAPH_NEO4J_URI to one of your own.",
        )

    def _state(self) -> State | None:
        """The recorded state of the server on the data folder in service."""
        state = read_state(self._home.state)
        return state if state and state.data == self._home.data.name else None

    def _notice(self) -> str:
        task = task_of(self._home)
        if task and task.process.is_alive:
            return task.running
        left = cut_off_task(self._home)
        return cut_off(left) if left else ""

    def _refuse_newer_data(self) -> None:
        marker = self._home.version_marker
        written_by = marker.read_text("utf-8").strip() if marker.exists() else "0"
        newest = self._service.lock.neo4j_version
        if _numbers(written_by) > _numbers(newest):
            raise ServerError(
                f"The database in {self._home.data} was last opened by Neo4j {written_by}; "
                f"this hubgraph brings {newest}, which cannot read it.",
                "Update hubgraph, set HUBGRAPH_DATA_DIR to another folder, or move that one away.",
            )


def _state_name(state: State | None, *, alive: bool) -> StateName:
    if state is None or state.process is None:
        return "stopped"
    if not alive:
        return "stale"
    return "running" if state.ready else "starting"


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("."):
        with contextlib.suppress(ValueError):
            numbers.append(int(part))
    return tuple(numbers)
