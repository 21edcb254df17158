"""The command line of `neo4j-admin database import`, and how far it is."""

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from graph.bulk.files import File

HEAP_MB = 1_024
"""Enough for any size here: what grows with the graph lies outside of the heap."""

_STAGES = ("Node import", "Relationship import", "Relationship linking", "Post processing")
_WEIGHTS = (0.68, 0.14, 0.10, 0.08)
"""Shares of the time, measured with three million models."""
_PERCENT = re.compile(r"\s(\d{1,3})% ")
_STAGE = re.compile(r"^\((\d)/4\)")


def arguments(files: Iterable[File], off_heap_mb: int | None = None) -> list[str]:
    """What follows `neo4j-admin`, without any path that the server's settings give.

    Args:
        files: what is imported; their paths are used as they are.
        off_heap_mb: memory outside of the heap; None: what Neo4j chooses.
    """
    words = ["database", "import", "full", "neo4j", "--input-type=parquet", "--id-type=integer"]
    words += ["--overwrite-destination=true", "--skip-bad-relationships=false"]
    if off_heap_mb:
        words.append(f"--max-off-heap-memory={off_heap_mb}m")
    for file in files:
        kind = "nodes" if file.is_nodes else "relationships"
        words.append(f"--{kind}={file.name}={file.path}")
    return words


def script(files: Iterable[File]) -> str:
    """A shell script that imports the files on a server elsewhere, and then the schema.

    It is run in the folder of the files, where `neo4j-admin` is that of the stopped server.
    """
    here = [File(Path(file.path.name), file.name, file.is_nodes, file.rows) for file in files]
    command = " \\\n  ".join(shlex.quote(word) for word in ["neo4j-admin", *arguments(here)])
    return f"""#!/bin/sh
# Stop the server, run this here, start the server, and run schema.cypher with cypher-shell:
#   cypher-shell -d neo4j -f schema.cypher
set -eu
cd "$(dirname "$0")"
{command}
"""


class Percent:
    """Reads from the tool's output how far it is."""

    def __init__(self) -> None:
        self._stage = 0
        self.share = 0.0

    def read(self, line: str) -> float:
        """Take a line of the output; returns the share that is done, 0 to 1."""
        if stage := _STAGE.match(line):
            self._stage = int(stage[1]) - 1
        elif any(line.startswith(f"{name} COMPLETED") for name in _STAGES):
            self._stage += 1
            self._set(0.0)
        elif percent := _PERCENT.search(line):
            self._set(int(percent[1]) / 100)
        return self.share

    def _set(self, part: float) -> None:
        stage = min(self._stage, len(_STAGES) - 1)
        done = sum(_WEIGHTS[:stage]) + part * _WEIGHTS[stage]
        self.share = max(self.share, min(1.0, done))
