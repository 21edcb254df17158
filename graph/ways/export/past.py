"""The past of a node as records: older ones, from which its history comes back.

Each says little: what was there at some time, of lineage, counts and references. Loaded in the
order of time, before the record that describes the node, they leave the relationships, points and
times that the node has. They state no `last_modified`, so that record is newer than each of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from graph.observe.hub.rules import Raw
from graph.schema import REFERENCES, NodeType, Type
from graph.times import iso, read_time
from graph.ways.export.described import begun, lineage

Edge = Mapping[str, Any]
"""A relationship to a base: type, base, source, and the texts since, gone and away."""
Spelled = Callable[[Edge], str]
Reference = Sequence[str]
"""A former one: its type, the label and the key of its end, and since when."""


def older_records(
    node: NodeType,
    values: Mapping[str, Any],
    edges: Sequence[Edge] = (),
    references: Sequence[Reference] = (),
    *,
    known_by: Mapping[str, object] | None = None,
    spelled: Spelled = lambda edge: str(edge["base"]),
) -> Iterator[Raw]:
    """The records of a node's past, the oldest first.

    Args:
        node: its kind.
        values: its properties, times as text.
        edges: all that its lineage ever was.
        references: what it does not state any more.
        known_by: what each of them must state to be taken for this node.
        spelled: how a record names the base of a relationship.
    """
    when = _When(values)
    said: dict[str, Raw] = {}

    def say(at: str, more: Mapping[str, object]) -> None:
        if when.may_say(at):
            said.setdefault(at, {}).update(more)

    if node.has_history:
        for at, more in _counts(values):
            say(at, more)
        for at, then in _lineages(values, edges, when):
            if when.may_say(at):
                names = [spelled(edge) for edge in then]
                say(at, lineage(then, values.get("relation"), names))
        if when.appeared and values.get("created_at") is None:
            say(when.appeared, {})
    for at, more in _references(node, values, references, when):
        say(at, more)
    for at in sorted(said):
        yield begun(node, values[node.key], **(known_by or {}), **said[at], observed_at=at)


class _When:
    """When a node was there and when it was seen; times as records state them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        modified, self.seen, _ = str(values["record_version"]).split(" ")
        appeared, gone = values.get("appeared_at"), values.get("gone_since")
        self.appeared = iso(appeared) if appeared else None
        self._always_older = bool(modified)
        self._gone = iso(gone) if gone else None
        away = [iso(at) for at in values.get("away") or ()]
        self._away = list(zip(away[::2], away[1::2], strict=True))

    def may_say(self, at: str) -> bool:
        """Whether a record of that time is older than the one that describes the node.

        Nor must it be from a time at which the node was gone, for it would bring it back.
        """
        if at == self.seen or not (self._always_older or at < self.seen):
            return False
        if self._gone is not None and at >= self._gone:
            return False
        return not any(start <= at < end for start, end in self._away)

    def before(self, at: str) -> str:
        """A time before another one, at which the node was there if possible."""
        if self.appeared is not None and self.appeared < at:
            return self.appeared
        return iso(read_time(at) - timedelta(milliseconds=1))


class _Held(NamedTuple):
    """When a relationship to a base held."""

    since: str
    gone: str | None
    away: list[tuple[str, str]]

    def at(self, time: str) -> bool:
        if time < self.since or (self.gone is not None and time >= self.gone):
            return False
        return not any(start <= time < end for start, end in self.away)


def _counts(values: Mapping[str, Any]) -> Iterator[tuple[str, Raw]]:
    """The points of the series of counts."""
    points = (values.get(name) or () for name in ("counted_at", "downloads_then", "likes_then"))
    for at, downloads, likes in zip(*points, strict=True):
        yield (
            iso(at),
            {
                "downloads": None if downloads < 0 else downloads,
                "likes": None if likes < 0 else likes,
            },
        )


def _lineages(
    values: Mapping[str, Any], edges: Sequence[Edge], when: _When
) -> Iterator[tuple[str, list[Edge]]]:
    """Each lineage before the present one."""
    if values.get("base_count") is None or when.appeared is None:
        return
    appeared = when.appeared
    held = [_held(edge, appeared) for edge in edges]
    steps = {time for one in held for time in _steps(one)} - {appeared}
    for at in (appeared, *sorted(steps)) if steps else ():
        yield at, [edge for edge, one in zip(edges, held, strict=True) if one.at(at)]


def _held(edge: Edge, appeared: str) -> _Held:
    away = [iso(at) for at in edge["away"] or ()]
    since = max(iso(edge["since"]), appeared) if edge["since"] else appeared
    gone = iso(edge["gone"]) if edge["gone"] else None
    return _Held(since, gone, list(zip(away[::2], away[1::2], strict=True)))


def _steps(held: _Held) -> Iterator[str]:
    yield held.since
    if held.gone is not None:
        yield held.gone
    for start, end in held.away:
        yield start
        yield end


def _references(
    node: NodeType, values: Mapping[str, Any], references: Sequence[Reference], when: _When
) -> Iterator[tuple[str, Raw]]:
    """References to other nodes, until they ended."""
    former: dict[str, list[tuple[str, str]]] = {}
    for type_, end, key, gone in references:
        for reference in REFERENCES:
            if (reference.start, reference.type, reference.end) == (node.label, type_, end):
                former.setdefault(str(reference.stated_by), []).append((iso(gone), key))
    for name, ended in former.items():
        ended.sort()
        present = values.get(name)
        listed = node.find(name).type is Type.STRINGS
        for at in (when.before(ended[0][0]), *sorted({gone for gone, _ in ended})):
            left = [key for gone, key in ended if gone > at]
            if listed:
                yield at, {name: [*(present or ()), *left] or None}
            else:
                yield at, {name: left[0] if left else present}
