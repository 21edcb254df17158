"""What the records of a model stated at each time that the graph remembers, as records again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graph.observe.hub.rules import Raw
from graph.resolve.describing import stated_before
from graph.resolve.facts import stated_facts
from graph.resolve.past import COUNTS, FACTS, IDENTITY, LINEAGE, UNKNOWN, UNSEEN, first_of
from graph.times import iso
from graph.ways.export.described import OLDEST, lineage

Edge = Mapping[str, Any]
"""A relationship to a base: type, base, source, and the texts since, gone and away."""
Spelled = Callable[[Edge], str]
"""How a record names the base of a relationship."""


class Span(NamedTuple):
    """When something was there: from a time to its end, but for the times when it was away."""

    since: str
    gone: str | None
    away: list[tuple[str, str]]

    def holds(self, time: str) -> bool:
        """Whether it was there then."""
        if time < self.since or (self.gone is not None and time >= self.gone):
            return False
        return not any(start <= time < end for start, end in self.away)


def span(since: str, gone: str | None, away: Sequence[str] | None) -> Span:
    """A span from the texts of a node or relationship."""
    times = list(map(iso, away or ()))
    pairs = list(zip(times[::2], times[1::2], strict=True))
    return Span(since, iso(gone) if gone else None, pairs)


def points(values: Mapping[str, Any]) -> Iterator[tuple[str, Raw]]:
    """The points of the series of counts."""
    columns = (values.get(name) or () for name in ("counted_at", "downloads_then", "likes_then"))
    for at, *counts in zip(*columns, strict=True):
        downloads, likes = (None if count < 0 else count for count in counts)
        yield iso(at), {"downloads": downloads, "likes": likes}


@dataclass(frozen=True)
class Remembered:
    """The records of a model."""

    values: Mapping[str, Any]  # its properties, times as text
    edges: Sequence[Edge]  # all that its lineage ever was
    spelled: Spelled

    def lineage(self, edges: Sequence[Edge]) -> Raw:
        """What a record says of bases."""
        return lineage(edges, self.values.get("relation"), list(map(self.spelled, edges)))

    @cached_property
    def facts(self) -> dict[str, int]:
        """Time → what was stated; empty where only the newest record is remembered."""
        return _facts(self.values)

    def newest(self, record: Raw) -> Raw:
        """The newest record with the counts and the lineage of its time."""
        if not self.facts:
            live = [edge for edge in self.edges if edge["gone"] is None]
            counts = {n: self.values[n] for n in COUNTS if self.values.get(n) is not None}
            knows = self.values.get("base_count") is not None
            return record | counts | (self.lineage(live) if knows else {})
        modified, seen, _ = str(self.values["record_version"]).split(" ")
        older = {name for names in stated_before(self.values).values() for name in names}
        stated = self._at(seen or modified or UNKNOWN)
        left = {name: value for name, value in stated.items() if name not in older}
        return left | {name: value for name, value in record.items() if name not in COUNTS}

    def counted(self, record: Raw, at: str) -> Raw:
        """A record with the counts of its time, where it states some."""
        if not self.facts:
            return record
        then = self._counts(at or UNKNOWN)
        return record | {name: then[name] for name in COUNTS if name in record}

    def has_seen(self, at: str) -> bool:
        """Whether a record or an arrival says that the model was there at a time."""
        modified, seen, _ = str(self.values["record_version"]).split(" ")
        return bool(at in (self.facts or {seen or modified}) or self.values.get("arrived"))

    def dated(self, may_say: Callable[[str], bool]) -> Iterator[tuple[str, Raw]]:
        """What was stated by those that were observed at a time that may be said."""
        for at, said in self.facts.items():
            if not said & UNSEEN and may_say(at):
                yield at, self._at(at)

    def undated(self) -> Iterator[Raw]:
        """Those that say when the model was last modified, or no time, but for the newest."""
        modified, seen, _ = str(self.values["record_version"]).split(" ")
        for at, said in self.facts.items():
            if said & UNSEEN and (seen or at != (modified or UNKNOWN)):
                time = {} if at == UNKNOWN else {"last_modified": at}
                yield {**time, **self._at(at), "digest": OLDEST}

    def _at(self, at: str) -> Raw:
        said = self.facts[at]
        found: Raw = {name: self._counts(at)[name] for name, bit in COUNTS.items() if said & bit}
        facts = {name: self._stated[name][at] for name, bit in FACTS.items() if said & bit}
        found |= facts
        if number := facts.get("parameters"):
            found["parameters"] = int(number)
        if said & IDENTITY:
            found["hub_id"] = self.values["hub_id"]
        if said & LINEAGE:
            found |= self.lineage([edge for edge in self.edges if self._holds(edge, at)])
        return found

    def _counts(self, at: str) -> Raw:
        then: Raw = {name: self.values.get(name) for name in COUNTS}
        for number, (time, counts) in enumerate(points(self.values)):
            if number == 0 or time <= at:
                then = counts
        return then

    @cached_property
    def _stated(self) -> Mapping[str, Mapping[str, str | None]]:
        """What was stated of licence, access and number of parameters, by time."""
        return stated_facts(self.values, self.facts)

    @cached_property
    def _first(self) -> str:
        """Since when those relationships hold that were stated first."""
        return first_of(iso(self.values["appeared_at"]), self.facts)

    def _holds(self, edge: Edge, at: str) -> bool:
        since = iso(edge["since"]) if edge["since"] else self._first
        began = "" if since == self._first else since
        return span(began, edge["gone"], edge["away"]).holds(at)


def _facts(values: Mapping[str, Any]) -> dict[str, int]:
    times = map(iso, values.get("observed_times") or ())
    return dict(zip(times, values.get("observed_facts") or (), strict=True))
