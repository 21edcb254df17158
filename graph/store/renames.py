"""Renamed models: one model under its present name, found by every name it ever had."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from graph import schema
from graph.observe import Record
from graph.schema import LINEAGE, MODEL, PUBLISHED, RelationshipType
from graph.store import changes, counts, presence
from graph.store.connection import Graph, Statement
from graph.store.fragments import PLAN, find

Row = dict[str, object]

FORMER_NAMES = """
MATCH (m:Model) WHERE m.renamed_at IS NOT NULL
UNWIND m.aliases AS alias
WITH m, toLower(alias) AS former WHERE former <> m.id_folded
RETURN former, m.id AS id, m.hub_id AS hub_id, m.renamed_at AS at"""
"""Every name that a model once had, and the model."""

_MOST_STEPS = 20
"""Renames in a row that are followed."""


@dataclass(frozen=True)
class _Now:
    """What a former name leads to, and since when."""

    id: str
    hub_id: str | None
    at: datetime


class FormerNames:
    """The names that models once had, for one load.

    Another process that writes to the same graph may find renames meanwhile; what then appears
    under a former name is a placeholder, which the next look at unknown bases joins.

    Args:
        graph: where the models are.
    """

    def __init__(self, graph: Graph) -> None:
        rows = graph.read(FORMER_NAMES, timeout_s=600, row_limit=10_000_000).rows
        self._now = {row["former"]: _Now(row["id"], row["hub_id"], row["at"]) for row in rows}
        self._unidentified: dict[str, list[str]] = {}
        for row in rows:
            if row["hub_id"] is None:
                self._unidentified.setdefault(row["id"].lower(), []).append(row["former"])

    def among(self, names: Iterable[str]) -> dict[str, str]:
        """Of some names those that have changed: former → present, both in lower case."""
        found = ((name.lower(), self._find(name)) for name in names)
        return {name: now.id.lower() for name, now in found if now}

    def place(self, record: Record) -> Record | None:
        """Put the record of a model under its present name.

        Returns:
            None, or the change that the record shows: that the model has its former name again, or
            that someone else has taken the name over.
        """
        hub_id = record.properties.get("hub_id")
        if hub_id is not None:
            self._identify(record.key, str(hub_id))
        now = self._find(record.spelling)
        if now is None:
            return None
        if hub_id is not None and now.hub_id is not None and hub_id != now.hub_id:
            self.forget(record.spelling)  # what follows under the name is no other change
            return _change("taken_over", now, record)
        seen = datetime.fromisoformat(record.observed_at) if record.observed_at else None
        if hub_id is not None and hub_id == now.hub_id and seen and seen > now.at:
            return _change("renamed", now, record)
        record.spelling, record.key = now.id, now.id.lower()
        return None

    def add(self, former: str, present: str, hub_id: str | None, at: datetime) -> None:
        """Take in that a model has another name now."""
        self._now.pop(present.lower(), None)
        if former.lower() != present.lower():
            self._now[former.lower()] = _Now(present, hub_id, at)
            if hub_id is None:
                self._unidentified.setdefault(present.lower(), []).append(former.lower())

    def forget(self, former: str) -> None:
        """Take in that a name leads nowhere else any more."""
        self._now.pop(former.lower(), None)

    def _identify(self, present: str, hub_id: str) -> None:
        """Take in the `_id` of a model that was renamed before anything told it."""
        for former in self._unidentified.pop(present, ()):
            if former in self._now:
                self._now[former] = replace(self._now[former], hub_id=hub_id)

    def _find(self, name: str) -> _Now | None:
        now = None
        for _ in range(_MOST_STEPS):
            following = self._now.get((now.id if now else name).lower())
            if following is None:
                break
            now = following
        return now


def join(graph: Graph, records: Sequence[Record], names: FormerNames | None = None) -> None:
    """Join each renamed model with what the graph holds under its present name.

    Args:
        graph: where both of them are.
        records: changes of kind `renamed`.
        names: learns of them.

    Raises:
        ServerError: the database went away; the same records may be given again.
    """
    renamed = sorted(records, key=lambda record: record.version)
    for rows in _apart([_row(record) for record in renamed if _is_another_name(record)]):
        steps = [Statement(text, {"rows": rows}) for text in _JOIN]
        for found in graph.write(*steps):
            if names is not None:
                names.add(found["former"], found["present"], found["hub_id"], found["at"])


def release(graph: Graph, records: Sequence[Record], names: FormerNames) -> None:
    """Let go of former names that someone else has taken over.

    Args:
        graph: where the models are that once had the names.
        records: changes of kind `taken_over`.
        names: learns of them.
    """
    rows = [{"former": r.spelling, "holder": r.properties["holder"]} for r in records]
    if rows:
        graph.write(Statement(_RELEASE, {"rows": rows}))
    for record in records:
        names.forget(record.spelling)


def _change(kind: str, now: _Now, record: Record) -> Record:
    """What a record shows that bears a former name of another model, or of its own."""
    if kind == "renamed":
        told: Row = {"kind": kind, "before": now.id, "after": record.spelling}
        return Record(schema.CHANGE, now.id, record.version, told, None, record.observed_at)
    told = {"kind": kind, "before": now.hub_id, "after": record.properties["hub_id"]}
    told["holder"] = now.id
    return Record(schema.CHANGE, record.spelling, record.version, told, None, record.observed_at)


def _is_another_name(record: Record) -> bool:
    return record.key != str(record.properties["after"]).lower()


def _row(record: Record) -> Row:
    """Names and time; and what `changes.told` and `presence.settle` take."""
    after = str(record.properties["after"])
    return {
        "former": record.spelling,
        "present": after,
        "at": record.observed_at,
        "model": after,
        "called": record.spelling,
        "kind": "renamed",
        "before": record.spelling,
        "after": after,
        "appeared": None,
        "seen": [],
    }


def _apart(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in their order, in steps in which no name comes twice."""
    step: list[Row] = []
    met: set[str] = set()
    for row in rows:
        own = {str(row["former"]).lower(), str(row["present"]).lower()}
        if own & met:
            yield step
            step, met = [], set()
        step.append(row)
        met |= own
    if step:
        yield step


_BOTH = f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "old", "toLower(row.former)")}
{find(MODEL, "new", "toLower(row.present)")}"""

_TAKE_OVER = f"""{_BOTH}
WITH old, new, row, properties(old) AS facts, {presence.joined("old", "new")} AS appeared,
  CASE WHEN old.known AND new.known
    THEN {counts.series(counts.held("new"), counts.held("old"), newer=False)}
    ELSE {{}} END AS counts
SET new += CASE WHEN old.known AND NOT new.known THEN facts {{.*,
  id: new.id, id_folded: new.id_folded, name: new.name, author: new.author,
  aliases: new.aliases, gone_since: null}} ELSE counts END
SET new.appeared_at = appeared"""
"""Where only the former name is described, what describes it goes with it."""

_TOOK_OVER = "coalesce(new.record_version = old.record_version, false)"

_KEPT = """
  s.first_seen = CASE WHEN r.first_seen < s.first_seen THEN r.first_seen ELSE s.first_seen END,
  s.last_seen = CASE WHEN r.last_seen > s.last_seen THEN r.last_seen ELSE s.last_seen END"""


def _come_in(relationship: RelationshipType) -> str:
    """Relationships to the former name lead to the model."""
    ended = "s.gone_since = CASE WHEN r.gone_since IS NULL THEN null ELSE s.gone_since END"
    if relationship in LINEAGE:
        ended = f"s += {presence.either('r', 'r.gone_since')}"
    return f"""{_BOTH}
MATCH (x:{relationship.start})-[r:{relationship.type}]->(old)
MERGE (x)-[s:{relationship.type}]->(new)
ON CREATE SET s = properties(r)
ON MATCH SET {ended},{_KEPT}
DELETE r"""


def _go_out(relationship: RelationshipType) -> str:
    """Relationships from the former name are the model's; history where it states its own."""
    ended = ""
    if relationship in LINEAGE:
        ended = f" s += {presence.either('r', 'coalesce(r.gone_since, s.gone_since)')},"
    return f"""{_BOTH}
MATCH (old)-[r:{relationship.type}]->(x)
MERGE (new)-[s:{relationship.type}]->(x)
ON CREATE SET s = properties(r), s.gone_since = CASE WHEN {_TOOK_OVER}
  THEN r.gone_since ELSE coalesce(r.gone_since, datetime(row.at)) END
ON MATCH SET{ended}{_KEPT}
DELETE r"""


_PUBLISHED = f"""{_BOTH}
MATCH (a:{PUBLISHED.start})-[r:{PUBLISHED.type}]->(old)
MERGE (a)-[s:{PUBLISHED.type}]->(new)
ON CREATE SET s = properties(r), s.gone_since = CASE WHEN a.name_folded = toLower(new.author)
  THEN r.gone_since ELSE coalesce(r.gone_since, datetime(row.at)) END
ON MATCH SET{_KEPT}
DELETE r"""

_END = f"""{_BOTH}
SET new.aliases = COLLECT {{
    UNWIND coalesce(new.aliases, []) + coalesce(old.aliases, []) + [old.id] AS alias
    WITH DISTINCT alias WHERE alias <> new.id
    RETURN alias ORDER BY alias
  }},
  new.renamed_at = CASE WHEN new.renamed_at > datetime(row.at)
    THEN new.renamed_at ELSE datetime(row.at) END,
  new.first_seen = CASE WHEN old.first_seen < new.first_seen
    THEN old.first_seen ELSE new.first_seen END
DETACH DELETE old
RETURN row.former AS former, new.id AS present, new.hub_id AS hub_id, new.renamed_at AS at"""

_RELEASE = f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "m", "toLower(row.holder)")}
SET m.aliases = [alias IN m.aliases WHERE toLower(alias) <> toLower(row.former)]"""

_OWN = [r for r in schema.RELATIONSHIPS if r not in schema.OWNERSHIP]
_JOIN = (
    _TAKE_OVER,
    *(_come_in(r) for r in _OWN if r.end == MODEL.label),
    *(_go_out(r) for r in _OWN if r.start == MODEL.label),
    _PUBLISHED,
    changes.told(),
    presence.settle(),
    _END,
)
