"""A cache of Neo4j's classes, by which a server starts in half the time (Java's "AOT cache").

The servers of a parallel run share one, which is made while the first tests run without a server.
Run as `python -m tests.warm_java FILE`, it starts a server and stops it, and so makes the cache.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from graph.server.local import LocalServer
from graph.settings import load_settings

QUICK = "-XX:TieredStopAtLevel=1"
"""Compile quickly rather than well: servers of tests live for a minute."""


def use(file: Path) -> None:
    """Every Java that is started from now on uses the cache, once it is there."""
    os.environ["JAVA_TOOL_OPTIONS"] = f"{QUICK} -XX:AOTCache={file} -Xlog:aot*=off"


def make(file: Path) -> "subprocess.Popen[bytes]":
    """Begin to make the cache, in another process."""
    return subprocess.Popen([sys.executable, "-m", __name__, str(file)], start_new_session=True)


def _make(file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as place:
        made = Path(place) / "made.aot"
        os.environ["JAVA_TOOL_OPTIONS"] = f"{QUICK} -XX:AOTCacheOutput={made} -Xlog:aot*=off"
        settings = load_settings(
            data_dir=Path(place), log_dir=Path(place) / "logs", bolt_port=0, http_port=0
        )
        server = LocalServer(settings)
        try:
            server.up()
        finally:
            server.down()
        made.rename(file)  # whole or not at all


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the tests were ended early
    _make(Path(sys.argv[1]))
