"""The journals that crawls left: which crawls can be resumed, and which are running."""

import fcntl
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Left:
    """What the journal of a crawl says that is running or was broken off."""

    path: Path
    run: str  # of a crawl into a file no run is in the graph
    spider: str
    given: dict[str, str]
    hub_url: str
    target: str | None  # the record file that it writes, None for a graph
    is_running: bool  # whether a process has it just now
    touched_at: datetime  # when something was last noted in it
    asked: int  # requests known of up to now, made or not
    done: int  # those of them whose records are written
    requests: int  # answered and written
    records: int  # written

    @property
    def source(self) -> str:
        """What is crawled, in words, as the run has it."""
        options = "".join(f" {name}={value}" for name, value in sorted(self.given.items()))
        return f"{self.spider}{options} of {self.hub_url}"


def left_in(folder: Path) -> list[Left]:
    """The journals in a folder, the newest first; files that are none are passed over.

    Nothing is changed: they may belong to a crawl that is running.
    """
    found = [left for path in folder.glob("*.jsonl") for left in _read(path)]
    return sorted(found, key=lambda left: left.touched_at, reverse=True)


def _read(path: Path) -> Iterator[Left]:
    """The journal of one file, if it is one."""
    with suppress(OSError, ValueError, KeyError, TypeError), path.open("rb") as file:
        head = json.loads(file.readline())["head"]
        spider, given, hub_url, where = json.loads(head["what"])
        yield Left(
            path=path,
            run=str(head["run"]),
            spider=str(spider),
            given={str(name): str(value) for name, value in given.items()},
            hub_url=str(hub_url),
            target=str(where) if Path(where).is_absolute() else None,
            is_running=_is_locked(path),
            touched_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
            **_summed(file),
        )


def _summed(lines: Iterator[bytes]) -> dict[str, int]:
    """What was asked and done; a last line that is not whole yet ends it."""
    sums = Counter(asked=0, done=0, requests=0, records=0)
    for line in lines:
        if not line.endswith(b"\n"):
            break
        if line.startswith(b'{"ask"'):  # by far the most and longest lines
            sums["asked"] += 1
            continue
        entry = json.loads(line)
        sums["done"] += len(entry.get("done", ()))
        for name in ("requests", "records"):
            sums[name] += int(entry.get("facts", {}).get(name, 0))
    return sums


def _is_locked(path: Path) -> bool:
    """Whether a crawl has it: each locks its journal for as long as it runs."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
