"""The lock: every jar the local server needs, with its checksum, size and folder.

The lock is `jgo.lock.toml`, written by `graph.server.refresh` from `jgo.toml`. It stays readable
by jgo; `size` and `folder` are this project's additions.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

SPEC_PATH = Path(__file__).with_name("jgo.toml")
LOCK_PATH = Path(__file__).with_name("jgo.lock.toml")


@dataclass(frozen=True)
class Jar:
    """One locked file of the Maven repository."""

    group: str
    artifact: str
    version: str
    classifier: str | None
    sha256: str
    size: int  # bytes
    folder: Literal["lib", "plugins"]  # `plugins`: Graph Data Science and what only it needs

    @property
    def filename(self) -> str:
        """The file's name, as the repository has it."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{suffix}.jar"

    @property
    def remote_path(self) -> str:
        """Where the file is below a Maven repository's base address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.filename}"

    @property
    def local_path(self) -> str:
        """Where the file is below the server's own folder of jars."""
        return f"{self.folder}/{self.filename}"


@dataclass(frozen=True)
class Lock:
    """All jars of one server."""

    jars: tuple[Jar, ...]

    @property
    def neo4j_version(self) -> str:
        """As in `2026.08.1`."""
        return self._version("org.neo4j", "neo4j")

    @property
    def gds_version(self) -> str:
        """Version of Graph Data Science."""
        return self._version("org.neo4j.gds", "proc")

    @property
    def browser_version(self) -> str:
        """Version of Neo4j Browser."""
        return self._version("org.neo4j.client", "neo4j-browser")

    @cached_property
    def folder_name(self) -> str:
        """A folder name that is different for every different set of jars."""
        text = "\n".join(sorted(f"{jar.local_path} {jar.sha256}" for jar in self.jars))
        return f"neo4j-{self.neo4j_version}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def _version(self, group: str, artifact: str) -> str:
        return next(j.version for j in self.jars if (j.group, j.artifact) == (group, artifact))


@cache
def read_lock(path: Path = LOCK_PATH) -> Lock:
    """Read the committed lock, once in a process."""
    entries = tomllib.loads(path.read_text("utf-8"))["dependencies"]
    return Lock(tuple(Jar(*map(entry.get, _KEYS)) for entry in entries))


_KEYS = ("groupId", "artifactId", "version", "classifier", "sha256", "size", "folder")
"""Of one entry, in the order of the fields of `Jar`."""
