"""What a crawl has asked for and what of it is written, so that it goes on after any interruption.

A file of JSON lines that is only ever added to: the head, then asks, then what was done. An ask
counts as done once every record of its answer is written; until then the next start asks again.
"""

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from hubgraph.errors import ConfigurationError

Json = dict[str, object]


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
    """The journal of one crawl; reads what is there and goes on.

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
        ConfigurationError: the file cannot be read or written.
    """

    def __init__(self, path: Path, head: Json, *, fresh: bool = False) -> None:
        self.path = path
        self.head = head
        self.pending: dict[int, Ask] = {}
        self.facts: dict[str, object] = {}
        self.seen: set[str] = set()
        self.begun = False
        self._asked: set[str] = set()
        self._next = 0
        self._lock = threading.Lock()  # the crawl asks in one thread, the writer is done in another
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if fresh:
                path.unlink(missing_ok=True)
            self.resumed = self._replay()
            self._file: IO[str] = path.open("a", encoding="ascii")
        except OSError as error:
            raise ConfigurationError(
                f"The crawl's journal {path} cannot be used: {error.strerror or error}.",
                "Set HUBGRAPH_CRAWL_DIR to a directory that can be written.",
            ) from error
        if not self.resumed:
            self._add({"head": head})

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
        return f"{ask.parse} {ask.url}" in self._asked

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
        entry: Json = {"done": number, "facts": facts or {}}
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
        self._file.close()
        if finished:
            self.path.unlink(missing_ok=True)

    def _take(self, ask: Ask) -> int:
        number = self._next
        self._next += 1
        self._asked.add(f"{ask.parse} {ask.url}")
        self.pending[number] = ask
        return number

    def _take_in(self, entry: Json) -> None:
        if "done" in entry:
            self.pending.pop(int(str(entry["done"])), None)
        self.facts = _summed(self.facts, entry["facts"])  # type: ignore[arg-type]
        self.seen.update(entry.get("seen", ()))  # type: ignore[arg-type]

    def _add(self, entry: Json) -> None:
        self._file.write(json.dumps(entry) + "\n")

    def _replay(self) -> bool:
        """Read what is there; a last line that was cut off is taken away."""
        if not self.path.exists():
            return False
        kept = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                try:
                    self._apply(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    break
                kept += len(line)
        os.truncate(self.path, kept)
        return kept > 0

    def _apply(self, entry: Json) -> None:
        if "head" in entry:
            self.head = dict(entry["head"])  # type: ignore[call-overload]
        elif "ask" in entry:
            self._next = int(entry["number"])  # type: ignore[call-overload]
            self._take(Ask(**entry["ask"]))  # type: ignore[arg-type]
        elif "begun" in entry:
            self.begun = True
        else:
            self._take_in(entry)


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
