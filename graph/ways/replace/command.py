"""The command line of `neo4j-admin database import`, and how far it is."""

import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from graph.ways.replace.files import ImportFile

HEAP_MB = 1_024
"""Enough for any size here: what grows with the graph lies outside of the heap."""

_STAGES = ("Node import", "Relationship import", "Relationship linking", "Post processing")
_WEIGHTS = (0.68, 0.14, 0.10, 0.08)
"""Shares of the time, measured with three million models."""
_PERCENT = re.compile(r"\s(\d{1,3})% ")
_STAGE = re.compile(r"^\((\d)/4\)")


def arguments(files: Iterable[ImportFile], folder: Path | str | None = None) -> list[str]:
    """What follows `neo4j-admin`, without any path that the server's settings give.

    Nodes are numbered one after the other, so that a number can be the place in the store itself
    (`--id-type=actual`) and no relationship has to look for its ends.

    `folder` is where the files lie for the tool, if not where they are. It finds no file by its
    bare name: the present folder is `"."`.
    """
    words = ["database", "import", "full", "neo4j", "--input-type=parquet", "--id-type=actual"]
    words += ["--overwrite-destination=true", "--skip-bad-relationships=false"]
    for file in files:
        kind = "nodes" if file.is_nodes else "relationships"
        path = f"{folder}/{file.path.name}" if folder else file.path
        words.append(f"--{kind}={file.name}={path}")
    return words


def threads() -> str:
    """The option that lets the tool use the whole of this machine.

    By default it has as many workers as processors, and those wait for its reader and its writer:
    with twice as many, three million models took 54 s instead of 68.
    """
    return f"--threads={2 * (os.cpu_count() or 1)}"


def script(files: Iterable[ImportFile]) -> str:
    """A shell script that imports the files on a server elsewhere, and then the schema.

    It is run in the folder of the files, where `neo4j-admin` is that of the stopped server.
    """
    words = ["neo4j-admin", *arguments(files, ".")]
    command = " \\\n  ".join(map(shlex.quote, words))
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
