"""The server's own folder: where things lie, the password, and who may touch it now."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from graph.server.progress import Progress
from hubgraph.errors import ServerError
from hubgraph.settings import Settings


@dataclass(frozen=True)
class Home:
    """The places of one local server.

    Args:
        root: Neo4j's home folder, readable by its owner only.
        logs: where Neo4j and the Java process write what happened.
    """

    root: Path
    logs: Path

    @property
    def data(self) -> Path:
        """The database files (`server.directories.data`)."""
        return self.root / "data"

    @property
    def conf(self) -> Path:
        """The folder of `neo4j.conf`."""
        return self.root / "conf"

    @property
    def imports(self) -> Path:
        """An empty folder, the only one that Cypher could ever read files from."""
        return self.root / "import"

    @property
    def state(self) -> Path:
        """Ports and process of the server."""
        return self.root / "server.json"

    @property
    def password_file(self) -> Path:
        """The generated password, mode 0600."""
        return self.root / "password"

    @property
    def version_marker(self) -> Path:
        """The Neo4j version that last opened the database files, kept beside them."""
        return self.data / "neo4j-version"

    @property
    def output(self) -> Path:
        """What the Java process printed since its last start."""
        return self.logs / "neo4j-output.log"

    @property
    def neo4j_log(self) -> Path:
        """Neo4j's own log."""
        return self.logs / "neo4j.log"

    @property
    def is_fresh(self) -> bool:
        """Whether no server ever ran on these database files."""
        return not (self.data / "databases" / "system").exists()

    def prepare(self) -> None:
        """Create what is missing.

        Raises:
            ServerError: a folder cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            for folder in (self.data, self.conf, self.imports, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServerError(
                f"{error.filename or self.root} cannot be written: {error.strerror}.",
                "Set HUBGRAPH_DATA_DIR and HUBGRAPH_LOG_DIR to folders of your own.",
            ) from None

    def password(self) -> SecretStr:
        """Read the password.

        Raises:
            ServerError: there are database files but no password for them.
        """
        try:
            return SecretStr(self.password_file.read_text("utf-8").strip())
        except FileNotFoundError:
            raise ServerError(
                f"The password of the database is gone: {self.password_file} does not exist.",
                f"Put it back, or move {self.data} away to begin with an empty database.",
            ) from None

    def generate_password(self) -> None:
        """Write a new random password, hexadecimal so that no shell or parser trips over it."""
        self.password_file.touch(mode=0o600)
        self.password_file.chmod(0o600)
        self.password_file.write_text(secrets.token_hex(24), "utf-8")

    def disk_bytes(self) -> int:
        """Space that the database files take up on disk."""
        return sum(_blocks(path) for path in self.data.rglob("*"))


def home_of(settings: Settings) -> Home:
    """The home folder that the settings name."""
    return Home(settings.data_dir / "server", settings.log_dir)


@contextmanager
def only_one(lock_file: Path, progress: Progress) -> Iterator[None]:
    """Hold `lock_file`; wait, and say so, while another process does. Ends with the process."""
    with lock_file.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.step("Waiting for another hubgraph that is starting or stopping Neo4j")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks * 512
    except FileNotFoundError:
        return 0
