"""Locks on the server and its database; each ends with the process that holds it.

- `lock`: held during a start, a stop or a switch. Others wait.
- `replacement.lock`: held by a task that needs the whole database to itself (an import, a restore,
  a backup). Others are refused; the file says which task it is.
- `writers.lock`: shared by everything that writes to the graph, held exclusively by such a task.
"""

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path

import psutil

from graph.errors import ServerError
from graph.progress import Progress
from graph.server.home import Home
from graph.server.process import Process, read_record


@dataclass(frozen=True)
class Task:
    """A task that needs the whole database to itself."""

    name: str  # `import`, `restore` or `backup`
    began_at: float  # in seconds since 1970
    process: Process
    folder: str = ""  # name of the data folder that it builds; none for a backup

    @property
    def title(self) -> str:
        """The beginning of a sentence: `An import`."""
        return f"{'An' if self.name[0] in 'aeiou' else 'A'} {self.name}"

    @property
    def running(self) -> str:
        """One sentence for those who have to wait."""
        since = time.strftime("%H:%M:%S", time.localtime(self.began_at))
        return f"{self.title} is running (since {since}, process {self.process.pid})."


@contextmanager
def only_one(lock_file: Path, progress: Progress) -> Iterator[None]:
    """Hold `lock_file`; wait, and say so, while another process does. Ends with the process."""
    with lock_file.open("a") as file:
        if not _lock(file, fcntl.LOCK_EX):
            progress.stage("Waiting for another hubgraph that is starting or stopping Neo4j")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def task_of(home: Home) -> Task | None:
    """The task that runs, or that was cut off; None if there is none or it ended in order."""
    return read_record(home.replacement_lock, Task)


@contextmanager
def whole_database(home: Home, name: str) -> Iterator[Task]:
    """Keep others from writing to the database and from such tasks. Call it under `home.lock`.

    Raises:
        ServerError: another task runs, or somebody writes.
    """
    with home.replacement_lock.open("a+") as file, home.writers_lock.open("a+") as writers:
        if not _lock(file, fcntl.LOCK_EX):
            raise task_runs(home)
        if not _lock(writers, fcntl.LOCK_EX):
            raise ServerError(
                f"A load, crawl or other command is writing to the graph now{_pids(writers)}.",
                f"Wait until it has ended, or end it; then begin the {name} again.",
            )
        writers.truncate(0)
        task = Task(name, time.time(), Process.current())
        record_task(home, task)
        try:
            yield task
        finally:
            forget_task(home)


@contextmanager
def if_no_task(home: Home) -> Iterator[bool]:
    """Whether no task runs; none begins within. Call it under `home.lock`."""
    with home.replacement_lock.open("a") as file:
        yield _lock(file, fcntl.LOCK_EX)


def record_task(home: Home, task: Task) -> None:
    """Record which task is running."""
    home.replacement_lock.write_text(json.dumps(asdict(task)), "utf-8")


def forget_task(home: Home) -> None:
    """Record that none is running."""
    os.truncate(home.replacement_lock, 0)


def task_runs(home: Home, hint: str = "Wait until it has ended.") -> ServerError:
    """Error for a command that has to wait for the running task."""
    task = task_of(home)
    return ServerError(task.running if task else "An import or restore is running.", hint)


class WriterClaim:
    """The claim of one connection that writes to the local server; safe across threads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._file: TextIOWrapper | None = None
        self._guard = threading.Lock()

    def hold(self) -> None:
        """Hold the claim from now on; a `ServerError` when a task has the database."""
        with self._guard:
            if self._file is not None:
                return
            file = self._home.writers_lock.open("a")
            if not _lock(file, fcntl.LOCK_SH):
                file.close()
                raise task_runs(self._home, "Nothing can be written until it has ended.")
            self._file = file
            with suppress(OSError):  # a full disk: others then learn less of who writes
                os.write(file.fileno(), f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Give the claim back."""
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None


def _lock(file: TextIOWrapper, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pids(writers: TextIOWrapper) -> str:
    writers.seek(0)
    numbers = {int(line) for line in writers if line.strip().isdigit()}
    alive = sorted(number for number in numbers if psutil.pid_exists(number))
    return f" (process {', '.join(map(str, alive))})" if alive else ""
