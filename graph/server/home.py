"""The server's own folder: its files and the password."""

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from graph.errors import ServerError
from graph.server import folders
from graph.server.files import FULL, full_disk, lead_to, replace_text
from graph.settings import Settings

ROUNDS = 1024
"""How often Neo4j's tool hashes a first password."""

LOG_LINK = "log-folder"
"""In the home, the link to the folder of logs."""


class _Below:
    """A path below one of a home's folders."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder = folder
        self._name = name

    def __get__(self, home: "Home", owner: type | None = None) -> Path:
        return Path(getattr(home, self._folder), self._name)


@dataclass(frozen=True)
class Home:
    """The places of one local server; its locks are explained in `graph.server.claims`."""

    root: Path  # Neo4j's home folder, readable by its owner only
    logs: Path  # where Neo4j and the Java process write what happened
    folder: str | None = None  # name of the data folder; None for the one in service at each moment
    conf_folder: str = "conf"

    lock = _Below("root", "lock")
    replacement_lock = _Below("root", "replacement.lock")
    writers_lock = _Below("root", "writers.lock")
    imports = _Below("root", "import")  # empty, the only folder Cypher could ever read files from
    state = _Below("root", "server.json")  # ports and process of the server
    password_file = _Below("root", "password")  # mode 0600
    output = _Below("logs", "neo4j-output.log")  # what the Java process printed since its start
    neo4j_log = _Below("logs", "neo4j.log")
    version_marker = _Below("data", "neo4j-version")  # the version that last opened the database

    @property
    def data(self) -> Path:
        """The database files (`server.directories.data`)."""
        return self.root / (self.folder or folders.in_service(self.root))

    def at(self, folder: str, conf_folder: str = "conf") -> Self:
        """The same home with a data folder of this name, in service or not."""
        return replace(self, folder=folder, conf_folder=conf_folder)

    @property
    def conf(self) -> Path:
        """The folder of `neo4j.conf`."""
        return self.root / self.conf_folder

    @property
    def is_fresh(self) -> bool:
        """Whether no server ever ran on these database files."""
        return not (self.data / "databases" / "system").exists()

    def prepare(self) -> None:
        """Create what is missing."""
        try:
            self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            for folder in (self.data, self.conf, self.imports):
                folder.mkdir(parents=True, exist_ok=True)
            lead_to(self.root / LOG_LINK, self.logs)
        except OSError as error:
            if error.errno in FULL:
                raise full_disk(self.root) from None
            raise ServerError(
                f"{error.filename or self.root} cannot be written: {error.strerror}.",
                "Set HUBGRAPH_DATA_DIR and HUBGRAPH_LOG_DIR to folders of your own.",
            ) from None

    def password(self) -> SecretStr:
        """Read the password."""
        try:
            password = self.password_file.read_text("utf-8").strip()
        except FileNotFoundError:
            raise ServerError(
                f"The password of the database is gone: {self.password_file} does not exist.",
                self._other_password,
            ) from None
        except (OSError, ValueError) as error:
            raise ServerError(
                f"The password of the database cannot be read from {self.password_file}: {error}.",
                self._other_password,
            ) from None
        if not password:
            raise ServerError(f"{self.password_file} holds no password.", self._other_password)
        return SecretStr(password)

    def wrong_password(self) -> ServerError:
        """Error for a password that the database of this home refused."""
        return ServerError(
            f"The password in {self.password_file} is not that of the database.",
            self._other_password,
        )

    @property
    def _other_password(self) -> str:
        return (
            "Put the right one back. If it is lost, keep the graph like this: `hubgraph down`, "
            f"`hubgraph backup FILE`, move {self.root} away, `hubgraph restore FILE`."
        )

    def generate_password(self) -> None:
        """Write a new random password, hexadecimal so that no shell or parser trips over it."""
        replace_text(self.password_file, secrets.token_hex(24))

    def hand_over_password(self, user: str) -> None:
        """Leave the password, hashed, where Neo4j takes that of a fresh database from.

        `neo4j-admin dbms set-initial-password` writes the same file, and starts a Java for it.
        """
        salt = secrets.token_bytes(32)
        found = salt + self.password().get_secret_value().encode()
        for _ in range(ROUNDS):
            found = sha256(found).digest()
        file = self.data / "dbms" / "auth.ini"
        file.parent.mkdir(exist_ok=True)
        replace_text(file, f"{user}:SHA-256,{found.hex()},{salt.hex()},{ROUNDS}:\n")

    def disk_bytes(self) -> int:
        """Space that the database files take up on disk."""
        return sum(_blocks(path) for path in self.data.rglob("*"))


def home_of(settings: Settings) -> Home:
    """The home folder that the settings name."""
    return Home(settings.data_dir / "server", settings.log_dir)


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks * 512
    except FileNotFoundError:
        return 0
