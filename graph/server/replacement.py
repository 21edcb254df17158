"""A whole new database beside the one in service, and the switch to it."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import IO

from graph.errors import ServerError
from graph.progress import Progress
from graph.server import folders
from graph.server.admin import run_admin
from graph.server.claims import only_one
from graph.server.files import disk_errors
from graph.server.home import Home
from graph.server.process import read_state, write_state
from graph.server.recovery import stop_left_over
from graph.server.service import Service
from graph.settings import Settings


class Replacement:
    """A new database that is being built; see `LocalServer.replace`."""

    def __init__(self, settings: Settings, home: Home, name: str, progress: Progress) -> None:
        self.folder = home.root / name  # in it `admin` builds the database `neo4j`
        self._settings = settings
        self._home = home
        self._progress = progress
        self._building = Service(settings, home.at(name, "conf-replacement"))
        self._serving = Service(settings, home.at(name))
        self._took_over = False
        self._ran_before = False

    def admin(
        self,
        *arguments: str,
        heap_mb: int | None = None,
        on_line: Callable[[str], None] | None = None,
        stdin: IO[bytes] | None = None,
    ) -> str:
        """Run `neo4j-admin` on the new database as `run_admin` does; the old one goes on serving.

        Raises:
            ServerError: the tool failed, or the disk is full.
        """
        new = self._building
        with disk_errors(self._home.root):
            new.provide_jars(self._progress)
            new.write_conf(new.choose_ports(None))
            return run_admin(new.home, *arguments, heap_mb=heap_mb, on_line=on_line, stdin=stdin)

    def start(self) -> Settings:
        """Stop the old server if it runs and start the new database on its ports.

        Returns:
            Settings with which `graph.store.connection.connect` reaches the new database. Nobody
            else gets its address before `commit`; who was connected before sees it on the same
            port, and can only read.
        """
        with disk_errors(self._home.root), only_one(self._home.lock, self._progress):
            self._building.provide_jars(self._progress)
            self._progress.stage("Preparing the new database")
            self._building.write_conf(self._building.choose_ports(None))
            state = read_state(self._home.state)
            self._ran_before = state is not None and state.is_alive
            self._took_over = True
            self._serving.stop(state, self._progress)
            self._serving.start(self._serving.choose_ports(state), self._progress)
            state = read_state(self._home.state)
            assert state is not None  # noqa: S101
            address = self._serving.address(state)
        return self._settings.model_copy(
            update={
                "neo4j_uri": address.uri,
                "neo4j_user": address.user,
                "neo4j_password": address.password,
                "neo4j_database": address.database,
                "browser_url": address.browser_url,
            }
        )

    def commit(self) -> None:
        """Put the new database, which `start` started, in service for good; delete the old one."""
        with disk_errors(self._home.root), only_one(self._home.lock, self._progress):
            state = read_state(self._home.state)
            if not (state and state.is_alive and state.data == self.folder.name):
                raise ServerError(
                    "The server of the new database does not run any more.",
                    f"The logs are in {self._home.logs}.",
                )
            old = self._home.data
            self._progress.stage("Switching to the new database")
            os.sync()  # a power cut may come right after the old one is deleted
            folders.mark(old)
            folders.put_in_service(self._home.root, self.folder.name)
            self._progress.stage("Deleting the old database")
            try:
                folders.unmark(self.folder)
                folders.discard(old)
            except OSError as error:  # the next start tries again
                self._progress.note(f"{old} could not be deleted: {error.strerror}.")

    def end(self) -> None:
        """Undo everything unless it was committed: the old database serves again if it did."""
        with only_one(self._home.lock, self._progress):
            if self._home.data == self.folder:
                return
            if self._took_over:
                stop_left_over(self._home, kept=None)
            with suppress(OSError):  # the next start tries again
                folders.discard(self.folder)
            if self._took_over:  # only now, as the disk may have been full
                self._restart_old()

    def _restart_old(self) -> None:
        service, state = Service(self._settings, self._home), read_state(self._home.state)
        try:
            if state:
                state = replace(state, process=None, ready=False, data=self._home.data.name)
                write_state(self._home.state, state)
            if self._ran_before:
                service.start(service.choose_ports(state), self._progress)
        except (ServerError, OSError) as error:
            self._progress.note(f"The old database could not be started again: {error}")
