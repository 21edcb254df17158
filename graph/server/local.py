"""The local Neo4j server: start, stop, describe, replace its database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from graph.errors import ServerError
from graph.progress import Progress, Silent
from graph.server import folders
from graph.server.claims import (
    if_no_task,
    only_one,
    record_task,
    task_of,
    task_runs,
    whole_database,
)
from graph.server.diagnosis import read_from, telling_line
from graph.server.files import disk_errors
from graph.server.home import home_of
from graph.server.java import java_version
from graph.server.process import State, read_state
from graph.server.recovery import cut_off, cut_off_task, is_making_ready, settle
from graph.server.replacement import Replacement
from graph.server.service import Address, Service, bolt_uri, browser_url
from graph.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ServerStatus:
    """The local server as it is now."""

    state: Literal["running", "starting", "stopping", "stopped", "stale"]  # stale: it crashed
    detail: str = ""  # one sentence on why, when there is more to say
    notice: str  # one sentence on an import, a restore or a backup that runs or was cut off
    pid: int | None = None
    uptime_s: float | None = None
    bolt_uri: str | None = None
    browser_url: str | None = None
    neo4j_version: str
    gds_version: str
    browser_version: str
    java_version: str
    data_dir: Path
    log_dir: Path
    disk_bytes: int  # what the database files take up


class LocalServer:
    """The Neo4j that hubgraph runs on this machine, one for each data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = home_of(settings)
        self._service = Service(settings, self._home)

    def up(self, progress: Progress | None = None) -> ServerStatus:
        """Start the server, downloading what is missing, and return once it answers.

        Does nothing when it runs already. Waits while another call starts or stops it. Ends and
        deletes first what a killed import or restore left.
        """
        progress = progress or Silent()
        self._home.prepare()
        with disk_errors(self._home.root), only_one(self._home.lock, progress):
            state = settle(self._home, progress)
            if state and state.is_alive:
                if not state.ready:
                    self._service.wait_until_ready(state, progress)
                has_given_up = self._service.has_given_up(state)
                now = self.status()
                if not has_given_up and now.state != "stale":  # a killed one ends a little later
                    return now
                if has_given_up:
                    progress.note("Its database had stopped after an error; it is started again.")
                    self._service.stop(state, progress)
                state = read_state(self._home.state)
            if state and state.process:
                progress.note("The server was not stopped properly; it is recovering now.")
            self._refuse_newer_data()
            self._service.start(self._service.choose_ports(state), progress)
        return self.status()

    def down(self, progress: Progress | None = None) -> bool:
        """Stop the server and wait until it has closed its database; False if it did not run."""
        progress = progress or Silent()
        if not self._home.root.exists():
            return False
        with disk_errors(self._home.root), only_one(self._home.lock, progress):
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
        state, lock = self._state(), self._service.lock
        now: dict[str, Any] = {"state": "stopped"}
        if state and state.process and state.process.is_alive:
            now = {
                "state": _doing(state),
                "pid": state.process.pid,
                "uptime_s": round(state.process.uptime_s, 1),
                "bolt_uri": bolt_uri(state),
                "browser_url": browser_url(state),
            }
        elif state and state.process:
            line = telling_line(read_from(self._home.output))
            now = {"state": "stale", "detail": f"It ended without being stopped. {line}".strip()}
        return ServerStatus(
            **now,
            notice=self._notice(),
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
        return self._service.address(state) if state and state.ready and state.is_alive else None

    @contextmanager
    def replace(
        self, progress: Progress | None = None, *, task: str = "import"
    ) -> Iterator[Replacement]:
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
        Messages call the task by its name, `import` or `restore`.

        Raises:
            ServerError: somebody writes to the graph now, or another such task is running.
        """
        progress = progress or Silent()
        self._home.prepare()
        with ExitStack() as held:
            with disk_errors(self._home.root), only_one(self._home.lock, progress):
                settle(self._home, progress)
                running = held.enter_context(whole_database(self._home, task))
                folder = folders.create(self._home.root)
                record_task(self._home, replace(running, folder=folder.name))
            new = Replacement(self._settings, self._home, folder.name, progress)
            try:
                yield new
            finally:
                new.end()

    def not_running(self) -> ServerError:
        """Error for a command that needs the server while it has no address."""
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


def _doing(state: State) -> Literal["running", "starting", "stopping"]:
    if state.is_ending:
        return "stopping"
    return "running" if state.ready else "starting"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
