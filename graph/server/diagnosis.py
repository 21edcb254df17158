"""Why a server did not start, in one line, from what it printed and logged."""

import re
from pathlib import Path

from graph.errors import ServerError
from graph.server.files import MORE_DISK, full_disk, is_full
from graph.server.home import Home

LESS_MEMORY = "Close other programs, or set HUBGRAPH_HEAP_MB and HUBGRAPH_PAGECACHE_MB lower."
OTHER_DATA = "Set HUBGRAPH_DATA_DIR to another folder, or move {data} away."

KNOWN = (
    (r"No declared setting with name: ([\w.]+\w)", "It does not know the setting {0}.", ""),
    (
        r"store_lock|Lock file has been locked by another process|FileLockException",
        "Another process uses the database in {data}.",
        "End it (a Java process), or set HUBGRAPH_DATA_DIR to another folder.",
    ),
    (
        r"Could not reserve enough space|insufficient memory|Cannot allocate memory"
        r"|Terminating due to java\.lang\.OutOfMemoryError|Invalid maximum heap size"
        r"|exceeds physical memory|OutOfMemoryError",
        "There is not enough memory for it.",
        LESS_MEMORY,
    ),
    (
        r"Address already in use|BindException",
        "Another program took its port just now.",
        "Run `hubgraph up` again: it takes a free one.",
    ),
    (r"No space left on device", "The disk is full.", MORE_DISK),
    (
        r"UpgradeNotAllowed|newer version of Neo4j|Unable to read store with version"
        r"|unknown store version|StoreVersion\w*Exception|Unknown kernel version",
        "The database in {data} was written by another version of Neo4j.",
        OTHER_DATA,
    ),
)


def start_error(home: Home, log_start: int, exit_status: int | None) -> ServerError:
    """Error for a server that ended during its start, which Neo4j logged from byte `log_start`."""
    text = f"{read_from(home.output)}\n{read_from(home.neo4j_log, log_start)}"
    for pattern, message, hint in KNOWN:
        if found := re.search(pattern, text):
            return ServerError(
                f"Neo4j did not start: {message.format(*found.groups(), data=home.data)}",
                f"{hint.format(data=home.data)} The log is in {home.logs}.".strip(),
            )
    if is_full(home.root):  # it could not even log that
        return full_disk(home.root)
    if exit_status == -9:
        return ServerError(
            "Neo4j did not start: it was killed, most likely because memory ran out.", LESS_MEMORY
        )
    return ServerError(
        f"Neo4j did not start: {telling_line(text) or f'exit status {exit_status}'}",
        f"The log is in {home.logs}.",
    )


def telling_line(text: str) -> str:
    """The last line that says what is wrong, else the last line at all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not re.match(r"at |\.\.\. \d+ more|WARNING", line)]
    telling = [line for line in lines if re.search(r"ERROR|Error|Exception|Caused by", line)]
    return (telling or lines or [""])[-1][:300]


def read_from(path: Path, start: int = 0) -> str:
    """The end of a log, from byte `start` on, at most 200 kB."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start if start <= size else 0, size - 200_000))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
