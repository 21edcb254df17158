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
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from graph.errors import ConfigurationError, CrawlError

Json = dict[str, object]

_PATIENCE_S = 0.5
"""Checking whether a crawl is running holds its lock for a moment."""

VERSION = 1
"""Of what the lines say; the first one names it."""


@dataclass(frozen=True)
class Ask:
    """One address to visit.

    Attributes:
        url: the address.
        parse: name of the spider's method for its answer.
        about: what that method needs to know; plain data.
    """

    url: str
    parse: str
    about: Json = field(default_factory=dict)


class Journal:
    """The journal of one crawl; reads what is there and goes on. One process has it at a time.

    Args:
        path: its file.
        head: what the crawl is (run, spider, options); kept from the first start.
        fresh: forget what is there.

    Attributes:
        head: as the first start wrote it.
        pending: number → ask, of those not done, oldest first.
        facts: name → sum or last value of what was reported with the asks that are done; numbers
            within objects are summed up too.
        seen: what was reported as seen, such as ids: what it holds need not be written again.
        begun: whether all that comes first has been asked.

    Raises:
        ConfigurationError: the file cannot be read or written, is damaged or of another version.
        CrawlError: another process has it.
    """

    def __init__(self, path: Path, head: Json, *, fresh: bool = False) -> None:
        self.path = path
        self.head = head
        self.pending: dict[int, Ask] = {}
        self.facts: dict[str, object] = {}
        self.seen: set[str] = set()
        self.begun = False
        self._asked: set[bytes] = set()
        self._next = 0
        self._lock = threading.Lock()  # the crawl asks in one thread, the writer is done in another
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
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
        """Note what is to be asked, leaving out what was asked before.

        Returns:
            The new ones with their numbers.
        """
        new = []
        with self._lock:
            for ask in asks:
                if self.knows(ask):
                    continue
                number = self._take(ask)
                self._add({"ask": asdict(ask), "number": number})
                new.append((number, ask))
            self._file.flush()
        return new

    def knows(self, ask: Ask) -> bool:
        """Whether this was asked before, done or not."""
        return _digest(ask) in self._asked

    @property
    def is_over(self) -> bool:
        """Whether all that was asked is done, and nothing but the end was missing."""
        return self.begun and not self.pending

    @property
    def count(self) -> int:
        """How many asks there have been."""
        return self._next

    def done(
        self, number: int, facts: Mapping[str, object] | None = None, seen: Iterable[str] = ()
    ) -> None:
        """Note that the records of an answer are written, or that it had none.

        Args:
            number: of the ask.
            facts: what to sum up (numbers, objects of them) or to keep (anything else).
            seen: what to add to `seen`.
        """
        self.all_done([number], facts or {}, seen)

    def all_done(
        self, numbers: Sequence[int], facts: Mapping[str, object], seen: Iterable[str] = ()
    ) -> None:
        """Note at once what was written at once, so that all of it is known of, or nothing.

        Args:
            numbers: of the asks.
            facts: of all of them together, as for `done`.
            seen: what to add to `seen`.
        """
        entry: Json = {"done": list(numbers), "facts": facts}
        if found := list(seen):
            entry["seen"] = found
        with self._lock:
            self._take_in(entry)
            self._add(entry)
            self._file.flush()

    def begin(self) -> None:
        """Note that all that comes first has been asked."""
        with self._lock:
            self.begun = True
            self._add({"begun": True})
            self._file.flush()

    def note(self, facts: Mapping[str, object]) -> None:
        """Note facts that belong to no ask."""
        with self._lock:
            self._take_in({"facts": facts})
            self._add({"facts": facts})
            self._file.flush()

    def close(self, *, finished: bool) -> None:
        """Close the file; a finished crawl leaves none."""
        if finished:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _take(self, ask: Ask) -> int:
        number = self._next
        self._next += 1
        self._asked.add(_digest(ask))
        self.pending[number] = ask
        return number

    def _take_in(self, entry: Json) -> None:
        for number in entry.get("done", ()):  # type: ignore[attr-defined]
            self.pending.pop(number, None)
        self.facts = summed(self.facts, entry["facts"])  # type: ignore[arg-type]
        self.seen.update(entry.get("seen", ()))  # type: ignore[arg-type]

    def _add(self, entry: Json) -> None:
        self._file.write(json.dumps(entry).encode("ascii") + b"\n")

    def _replay(self) -> bool:
        """Read what is there; a last line that was cut off is taken away.

        Raises:
            ConfigurationError: it is damaged or of another version.
        """
        kept = 0
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
                self._begin_with(entry) if number == 1 else self._apply(entry)
            except (ValueError, KeyError, TypeError, AttributeError):
                what = (
                    "is damaged"
                    if number > 1
                    else "is not one, or is from another version of hubgraph"
                )
                raise ConfigurationError(
                    f"The crawl's journal {self.path} {what} (line {number}).",
                    "To start over, add --fresh.",
                ) from None
            kept += len(line)
        self._file.truncate(kept)
        return kept > 0

    def _begin_with(self, entry: Json) -> None:
        if entry["journal"] != VERSION:
            raise ValueError(entry["journal"])
        self.head = dict(entry["head"])  # type: ignore[call-overload]

    def _apply(self, entry: Json) -> None:
        if "ask" in entry:
            self._next = int(entry["number"])  # type: ignore[call-overload]
            self._take(Ask(**entry["ask"]))  # type: ignore[arg-type]
        elif "begun" in entry:
            self.begun = True
        else:
            self._take_in(entry)


def _locked(path: Path) -> IO[bytes]:
    """A journal's file, to be read and added to, which no other process has.

    Raises:
        CrawlError: another process has it.
    """
    end = time.monotonic() + _PATIENCE_S
    while True:
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


def summed(before: Mapping[str, object], facts: Mapping[str, object]) -> dict[str, object]:
    """Facts with others added to them."""
    after = dict(before)
    for name, value in facts.items():
        old = before.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping | None):
            after[name] = summed(old or {}, value)
        elif isinstance(value, int | float) and isinstance(old, int | float):
            after[name] = old + value
        else:
            after[name] = value
    return after
