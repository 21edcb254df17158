"""The journal of a crawl: what was requested and what of it is written, so that it can resume.

A file of JSON lines that is only ever added to: the head, then asks, then what was done. An ask
counts as done once every record of its answer is written; until then the next start asks again.
"""

import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import reduce
from pathlib import Path
from typing import IO, Any

from graph.errors import ConfigurationError, CrawlError

Json = dict[str, object]

_PATIENCE_S = 0.5
"""Checking whether a crawl is running holds its lock for a moment."""

VERSION = 1
"""Of what the lines say; the first one names it."""


@dataclass(frozen=True)
class Ask:
    """One address to visit."""

    url: str
    parse: str  # name of the spider's method for its answer
    about: dict[str, Any] = field(default_factory=dict)  # what it takes by name; plain data


@dataclass(repr=False)
class Page:
    """What one answer gave."""

    records: list[Json] = field(default_factory=list)  # in the form of record files
    follow: list[Ask] = field(default_factory=list)  # what to ask next
    facts: dict[str, object] = field(default_factory=dict)
    """What the run sums up (numbers, objects of them) or keeps (anything else), by name."""
    seen: list[str] = field(default_factory=list)
    """What the journal keeps as seen once the records are written."""
    held: list[Json] = field(default_factory=list)
    """Records that are written only if the crawl as a whole can be believed."""
    number: int = -1  # of the ask that it answers

    def add(self, facts: Mapping[str, object]) -> None:
        """Add numbers, and objects of them, to the facts."""
        self.facts = _summed(self.facts, facts)

    def __repr__(self) -> str:
        return f"Page {self.number}: {len(self.records):,} records, {len(self.follow):,} to follow"


class Journal:
    """The journal of one crawl; reads what is there, unless `fresh`, and goes on.

    One process has it at a time. Its head says what the crawl is (run, spider, options) and stays
    as the first start wrote it.

    Raises:
        ConfigurationError: the file cannot be read or written, is damaged or of another version.
        CrawlError: another process has it, or later on it cannot be written, as on a full disk.
    """

    def __init__(self, path: Path, head: Json, *, fresh: bool = False) -> None:
        self.path = path
        self.head = head
        self.pending: dict[int, Ask] = {}  # by number: those not done, oldest first
        self.facts: dict[str, object] = {}  # of the pages that are written, summed up
        self.seen: set[str] = set()  # such as ids: what it holds need not be written again
        self.held: list[Json] = []  # records that wait for the end of the crawl
        self.begun = False  # whether all that comes first has been asked
        self._asked: set[bytes] = set()
        self._next = 0
        self._lock = threading.Lock()  # the crawl asks in one thread, the writer is done in another
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = _locked(path)
        except OSError as error:
            raise ConfigurationError(
                f"The crawl's journal {path} cannot be used: {error.strerror or error}.",
                "Set HUBGRAPH_CRAWL_DIR to a directory that can be written.",
            ) from error
        try:
            if fresh:
                self._file.truncate(0)
            self.resumed = self._replay()
        except BaseException:
            self._file.close()
            raise
        if not self.resumed:
            self._add({"journal": VERSION, "head": head})

    def ask(self, asks: Iterable[Ask]) -> list[tuple[int, Ask]]:
        """Note what is to be asked and was not asked before; this is returned with numbers."""
        new = []
        with self._writing():
            for ask in asks:
                if not self.knows(ask):
                    number = self._take(ask)
                    self._add({"ask": asdict(ask), "number": number})
                    new.append((number, ask))
        return new

    def knows(self, ask: Ask) -> bool:
        """Whether this was asked before, done or not."""
        return _digest(ask) in self._asked

    def done(self, pages: Sequence[Page], facts: Mapping[str, object] | None = None) -> None:
        """Note at once what was written at once, so that all of it is known of, or nothing.

        Facts are about the writing of all the pages together.
        """
        entry: Json = {"done": [page.number for page in pages]}
        entry["facts"] = reduce(_summed, (page.facts for page in pages), facts or {})
        if seen := [name for page in pages for name in page.seen]:
            entry["seen"] = seen
        if held := [record for page in pages for record in page.held]:
            entry["held"] = held
        self._enter(entry)

    def begin(self) -> None:
        """Note that all that comes first has been asked."""
        self._enter({"begun": True})

    def note(self, facts: Mapping[str, object]) -> None:
        """Note facts that belong to no ask."""
        self._enter({"facts": facts})

    def close(self, *, finished: bool) -> None:
        """Close the file; a finished crawl leaves none."""
        if finished:
            self.path.unlink(missing_ok=True)
        with suppress(OSError):  # a line that is cut off is taken away when it is read
            self._file.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """What is added within is in the file afterwards; CrawlError if it cannot be written."""
        with self._lock:
            try:
                yield
                self._file.flush()
            except OSError as error:
                raise CrawlError(
                    f"The crawl's journal {self.path} cannot be written: {error.strerror or error}."
                ) from error

    def _take(self, ask: Ask) -> int:
        number = self._next
        self._next += 1
        self._asked.add(_digest(ask))
        self.pending[number] = ask
        return number

    def _enter(self, entry: dict[str, Any]) -> None:
        with self._writing():
            self._apply(entry)
            self._add(entry)

    def _add(self, entry: Json) -> None:
        self._file.write(json.dumps(entry).encode("ascii") + b"\n")

    def _replay(self) -> bool:
        """Read what is there; a last line that was cut off is taken away."""
        kept = 0
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
                self._begin_with(entry) if number == 1 else self._apply(entry)
            except (ValueError, KeyError, TypeError, AttributeError):
                other = "is not one, or is from another version of hubgraph"
                what = "is damaged" if number > 1 else other
                raise ConfigurationError(
                    f"The crawl's journal {self.path} {what} (line {number}).",
                    "To start over, add --fresh.",
                ) from None
            kept += len(line)
        self._file.truncate(kept)
        return kept > 0

    def _begin_with(self, entry: dict[str, Any]) -> None:
        if entry["journal"] != VERSION:
            raise ValueError(entry["journal"])
        self.head = dict(entry["head"])

    def _apply(self, entry: dict[str, Any]) -> None:
        if "ask" in entry:
            self._next = int(entry["number"])
            self._take(Ask(**entry["ask"]))
        elif "begun" in entry:
            self.begun = True
        else:
            for number in entry.get("done", ()):
                self.pending.pop(number, None)
            self.facts = _summed(self.facts, entry["facts"])
            self.seen.update(entry.get("seen", ()))
            self.held += entry.get("held", ())


def _locked(path: Path) -> IO[bytes]:
    """A journal's file, locked; CrawlError when another process has it."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        path.touch(mode=0o600)
        file = path.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            if time.monotonic() < end:
                time.sleep(_PATIENCE_S / 10)
                continue
            raise CrawlError(
                "This crawl is already running, in another process.",
                "Wait for it, or end it: the same command then resumes the crawl.",
            ) from None
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        file.close()  # the crawl that had it was finished meanwhile and took it away


def _digest(ask: Ask) -> bytes:
    """Stands for an ask in little memory."""
    text = f"{ask.parse} {ask.url}"
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _summed(before: Mapping[str, object], facts: Mapping[str, object]) -> dict[str, object]:
    """Facts with others added to them."""
    after = dict(before)
    for name, value in facts.items():
        old = before.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping | None):
            after[name] = _summed(old or {}, value)
        elif isinstance(value, int | float) and isinstance(old, int | float):
            after[name] = old + value
        else:
            after[name] = value
    return after
