"""A graph in memory that deltas are applied to: the rules of loading without a database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.observe.normalise import Normaliser
from graph.resolve.batch import resolve
from graph.resolve.delta import Delta, Tally
from graph.resolve.former_names import FormerName, FormerNames
from graph.resolve.held import Held, LinkKey, NodeKey, Values
from graph.resolve.missing import resolve_missing, resolve_undone
from graph.resolve.wanted import Wanted, wanted, wanted_missing
from graph.schema import CONCERNS, LINEAGE, NodeType

NOW = "2025-06-01T00:00:00.000Z"
"""Start of the first run; each later one starts a minute later."""


Raw = dict[str, object]
Edge = tuple[str, str, str]

OLD, MIDDLE, NEW = (f"2025-0{month}-01T00:00:00.000Z" for month in (1, 2, 3))
SEEN = frozenset({"first_seen", "last_seen", "appeared_at", "since"})
"""What a load writes from its own time, where records have none."""


def day(number: int) -> str:
    """A day of January 2025."""
    return f"2025-01-{number:02d}T00:00:00.000Z"


def model(name: str = "acme/base", /, **fields: object) -> Raw:
    return {"record": "model/1", "id": name, **fields}


def author(name: str = "acme", **fields: object) -> Raw:
    return {"record": "author/1", "name": name, **fields}


def dataset(name: str, **fields: object) -> Raw:
    return {"record": "dataset/1", "id": name, **fields}


def space(name: str, **fields: object) -> Raw:
    return {"record": "space/1", "id": name, **fields}


def change(name: str, kind: str, **fields: object) -> Raw:
    return {"record": "change/1", "id": name, "kind": kind, "observed_at": NEW, **fields}


@dataclass
class Loaded:
    """What a load did: counts by label, and issues by outcome."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    issues: Counter[str] = field(default_factory=Counter)


class GraphState:
    """What a graph holds, and how batches change it."""

    def __init__(self) -> None:
        self.nodes: dict[NodeKey, Values] = {}
        self.links: dict[LinkKey, Values] = {}
        self._ends: dict[NodeKey, dict[LinkKey, None]] = defaultdict(dict)
        self.after_snapshot = False
        self.snapshots: tuple[str, ...] = ()
        self._runs = 0
        self._normalise = Normaliser(datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self, *raws: Raw, batch_size: int = 5_000, now: str | None = None) -> Loaded:
        """Load records in a run of its own; those that cannot be used are left out."""
        now, names, loaded = now or self._begin(), self._former_names(), Loaded()
        records = []
        for raw in raws:
            record, issues = self._normalise(raw)
            loaded.issues.update(str(issue.outcome) for issue in issues)
            if record is not None:
                records.append(record)
        for first in range(0, len(records), batch_size):
            some = records[first : first + batch_size]
            held = self._held(wanted(some, names))
            delta = resolve(
                held,
                some,
                names,
                now,
                after_snapshot=self.after_snapshot,
                snapshots=self.snapshots,
            )
            self._apply(delta, now)
            for label, tally in delta.tallies.items():
                loaded.tallies[label] = loaded.tallies.get(label, Tally()) + tally
        return loaded

    def empty(self) -> None:
        self.nodes.clear()
        self.links.clear()
        self._ends.clear()

    def lose(
        self,
        node: NodeType,
        *keys: str,
        at: str,
        renamed: Mapping[str, str] | None = None,
        kind: str = "gone",
    ) -> int:
        now, twins = self._begin(), renamed or {}
        held = self._held(wanted_missing(node, keys, twins))
        delta = resolve_missing(held, node, keys, twins, at=at, now=now, kind=kind)
        self._apply(delta, now)
        return delta.gone

    def undo(self, node: NodeType, key: str, *changes: str) -> None:
        now, held = self._begin(), self._held(wanted_missing(node, [key], {}))
        self._apply(resolve_undone(held, node, [key], set(changes), now), now)

    def model(self, name: str) -> Values:
        return self._spelled("Model", name)

    def author(self, name: str) -> Values:
        return self._spelled("Author", name)

    def ids(self, label: str = "Model") -> set[str]:
        return {values["id"] for ref, values in self.nodes.items() if ref.label == label}

    def lineage(self) -> dict[tuple[str, str, str], Values]:
        """Child, type and base → the relationship's properties."""
        return self.linked(*(r.type for r in LINEAGE))

    def linked(self, *types: str) -> dict[tuple[str, str, str], Values]:
        """Start, type and end → the relationship's properties."""
        return {
            (self._spelling(ref.start), ref.type, self._spelling(ref.end)): values
            for ref, values in self.links.items()
            if ref.type in types
        }

    def edges(self, *types: str) -> set[Edge]:
        """Relationships that hold, default: lineage."""
        found = self.linked(*types) if types else self.lineage()
        return {edge for edge, values in found.items() if "gone_since" not in values}

    def history(self, *types: str) -> set[Edge]:
        """Relationships that ended, default: lineage."""
        found = self.linked(*types) if types else self.lineage()
        return {edge for edge, values in found.items() if "gone_since" in values}

    def changes(self) -> list[Values]:
        """Everything that happened, in the order of time."""
        found = [values for ref, values in self.nodes.items() if ref.label == "Change"]
        return sorted(found, key=lambda change: (change["at"], change["kind"]))

    def content(self, ignoring: Iterable[str] = ()) -> tuple[dict[Any, Any], dict[Any, Any]]:
        hidden = set(ignoring)

        def shown(found: Mapping[Any, Values]) -> dict[Any, Any]:
            return {
                ref: {name: value for name, value in values.items() if name not in hidden}
                for ref, values in found.items()
            }

        return shown(self.nodes), shown(self.links)

    def _begin(self) -> str:
        self._runs += 1
        return f"{NOW[:14]}{self._runs:02d}{NOW[16:]}" if self._runs < 60 else NOW

    def _former_names(self) -> FormerNames:
        return FormerNames(
            (alias.lower(), FormerName(values["id"], values.get("hub_id")))
            for ref, values in self.nodes.items()
            if values.get("renamed_at")
            for alias in values.get("aliases", ())
            if alias.lower() != ref.key
        )

    def _held(self, want: Wanted) -> Held:
        """What the store reads: no more than is wanted, so that a rule cannot count on more."""
        asked = (NodeKey(label, key) for label, keys in want.nodes.items() for key in keys)
        follow = {NodeKey(label, key) for label, keys in want.followed.items() for key in keys}
        held = Held({ref: _copy(self.nodes[ref]) for ref in asked if ref in self.nodes})
        for link in (link for end in follow | want.joined for link in self._ends.get(end, ())):
            if link.type == CONCERNS.type:
                if link.end in follow:
                    held.links[link] = _copy(self.links[link])
                    held.nodes[link.start] = _copy(self.nodes[link.start])
            elif (link.start in follow and link.type != "PUBLISHED") or (
                link.start in want.joined or link.end in want.joined
            ):
                held.links[link] = _copy(self.links[link])
                held.spellings[link.end] = self._spelling(link.end)
        return held

    def _spelled(self, label: str, name: str) -> Values:
        values = self.nodes[NodeKey(label, name.lower())]
        assert name in (values.get("id"), values.get("name"))
        return values

    def _spelling(self, ref: NodeKey) -> str:
        values = self.nodes[ref]
        return str(values.get("id") or values.get("name") or values.get("arxiv_id"))

    def _apply(self, delta: Delta, now: str) -> None:
        """What the statements of the store do."""
        for ref in delta.removed:
            del self.nodes[ref]
            for link in self._ends.pop(ref, {}):
                del self.links[link]
                for end in {link.start, link.end} - {ref}:
                    del self._ends[end][link]
        for ref, values, is_new in delta.nodes:
            if is_new:
                if ref not in self.nodes:
                    self.nodes[ref] = _set({}, values)
            else:
                _set(self.nodes[ref], values)
        for link, values in delta.links:
            if link.start in self.nodes and link.end in self.nodes:
                created: Values = {} if link.type == CONCERNS.type else {"first_seen": now}
                _set(self.links.setdefault(link, created), values)
                self._ends[link.start][link] = self._ends[link.end][link] = None


def _copy(values: Values) -> Values:
    """Apart from the graph, with its lists: what a rule alters is seen in the delta alone."""
    return {n: value.copy() if isinstance(value, list) else value for n, value in values.items()}


def _set(values: Values, changed: Values) -> Values:
    values.update(changed)
    for name in [name for name, value in values.items() if value is None]:
        del values[name]
    return values
