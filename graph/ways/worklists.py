"""What the graph lacks or should be asked about again: the worklists of crawls. Reads only.

Each list is capped and comes in the order in which it is worth asking. The queries are made for a
graph of the whole Hub: three million models, a million authors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.resolve.presence import APART
from graph.schema import LINEAGE_PATTERN
from graph.store.connection import LONG_S, Graph, Row
from graph.store.plans import rows_one_by_one
from graph.store.runs import Scope
from graph.times import iso


@dataclass(frozen=True)
class Worklist:
    """What is to be asked about."""

    rows: list[Row]  # the most urgent first
    waiting: int  # things that wait in all, those in `rows` among them


_AUTHORS_LACKING = """
MATCH (a:Author)
WITH a, coalesce(a.absent, []) AS absent
WHERE (a.kind IS NULL AND NOT 'kind' IN absent)
  OR (a.kind = 'organization' AND a.organization_type IS NULL
    AND NOT 'organization_type' IN absent)
  OR a.record_version IS NULL OR split(a.record_version, ' ')[1] < $before
"""

_AUTHORS = f"""{_AUTHORS_LACKING}
WITH a, a.influence_rank AS rank, COUNT {{ (a)-[:PUBLISHED]->() }} AS held
ORDER BY rank, held DESC, a.name_folded
LIMIT $most
RETURN a.name AS name, a.kind AS kind, a.organization_type AS type
"""

_AVATARS = """
MATCH (a:Author)
WHERE a.avatar_url STARTS WITH $below AND size(a.avatar_url) < 1000
WITH a ORDER BY a.influence_rank, coalesce(a.followers, 0) DESC, a.name_folded
RETURN a.name AS name, a.avatar_url AS url
"""

_DOUBTED = "coalesce(m.suspected_since > datetime() - $apart, false)"
"""Missed so lately that another look would prove nothing."""

_BASES_LACKING = f"""
MATCH (m:Model {{known: false}})
WHERE m.gone_since IS NULL AND NOT {_DOUBTED}
"""

_BASES = f"""{_BASES_LACKING}
WITH m, COUNT {{ (m)<-[:{LINEAGE_PATTERN}]-() }} AS references
WHERE references > 0
ORDER BY references DESC, m.id_folded
LIMIT $most
RETURN m.id AS id, references
"""

_UNCHECKED = f"""
MATCH (m:Model)<-[:{LINEAGE_PATTERN}]-()
WITH DISTINCT m
WHERE m.known AND m.gone_since IS NULL AND NOT {_DOUBTED}
WITH m ORDER BY m.last_seen, coalesce(m.influence, 0.0) DESC, m.id_folded
LIMIT $most
RETURN m.id AS id
"""

_PUBLIC = tuple(
    f"""MATCH (m:Model) WHERE {which} AND m.known AND m.gone_since IS NULL
  AND m.suspected_since IS NULL
RETURN m.id AS id ORDER BY {order} LIMIT $most"""
    for which, order in (
        ("m.influence > 0", "m.influence DESC"),
        ("m.downloads >= 0", "m.downloads DESC"),
        ("m.known", "m.id_folded"),
    )
)
"""Models that should be there: the most influential, then the most downloaded, then any."""

_OTHER_NAMES = """
UNWIND keys($names) AS hub_id
MATCH (m:Model {hub_id: hub_id})
WHERE m.known AND m.gone_since IS NULL AND m.id_folded <> toLower($names[hub_id])
RETURN m.id AS id ORDER BY id
"""

_UP_TO = """
MATCH (r:Run {scope: $scope, status: 'complete'})
RETURN max(CASE WHEN r.observed_to < r.started_at THEN r.observed_to ELSE r.started_at END) AS at
"""


def authors(graph: Graph, before: datetime, most: int) -> Worklist:
    """Accounts of which the kind, or the kind of organization, is not known or last seen `before`.

    Returns:
        Rows `name`, `kind` and `type` (of an organization; both None where they are not known),
        the most influential first, then those with the most models.
    """
    count = f"{_AUTHORS_LACKING} RETURN count(a) AS waiting"
    return _list(graph, _AUTHORS, count, most, before=iso(before))


def avatars(graph: Graph, server: str, most: int, has: Callable[[str], bool]) -> Worklist:
    """Accounts with a picture at the address `server`, but for those that `has` says are done.

    Returns:
        Rows `name` and `url`, the most influential first, then those with the most followers.
    """
    rows: list[Row] = []
    waiting = 0
    with rows_one_by_one(graph, _AVATARS, {"below": f"{server}/"}, LONG_S) as (_, found):
        for row in found:  # perhaps a million: only what is asked for is kept
            if not has(row["name"]):
                waiting += 1
                if len(rows) < most:
                    rows.append(row)
    return Worklist(rows, waiting)


def bases(graph: Graph, most: int) -> Worklist:
    """Bases that models name and no record describes, unless they were found to be gone.

    Returns:
        Rows `id` and `references`, how many models name it; the most referenced first.
    """
    named = f"EXISTS {{ (m)<-[:{LINEAGE_PATTERN}]-() }}"
    count = f"{_BASES_LACKING} AND {named} RETURN count(m) AS waiting"
    return _list(graph, _BASES, count, most, apart=APART)


def public(graph: Graph, most: int) -> list[str]:
    """Ids of models that are known to be public, the best known first."""
    found: dict[str, None] = {}
    for query in _PUBLIC:
        if len(found) < most:
            rows = graph.read(query, {"most": most}, timeout_s=LONG_S, row_limit=most).rows
            found.update(dict.fromkeys(row["id"] for row in rows))
    return list(found)[:most]


def unchecked(graph: Graph, most: int) -> list[str]:
    """Ids of models that others were made from and that should still be there.

    Those that were not seen for the longest time come first, the most influential of them first.
    """
    given = {"most": most, "apart": APART}
    rows = graph.read(_UNCHECKED, given, timeout_s=LONG_S, row_limit=most).rows
    return [row["id"] for row in rows]


def other_names(graph: Graph, names: Mapping[str, str]) -> list[str]:
    """Ids under which the graph knows models that now have another name.

    `names` are `_id` → name, as the Hub has them now; at most some thousand.
    """
    given = {"names": dict(names)}
    rows = graph.read(_OTHER_NAMES, given, timeout_s=LONG_S, row_limit=10 * len(names) + 1).rows
    return [row["id"] for row in rows]


def up_to(graph: Graph, scope: Scope, hub_url: str) -> datetime | None:
    """Since when changes of a scope are not in the graph yet; None when it never held them all.

    This is the start of the newest crawl that brought it up to date; of a dump that did, when it
    was taken.
    """
    given = {"scope": f"{scope} of {hub_url}"}
    at = graph.read(_UP_TO, given, timeout_s=LONG_S).one()["at"]
    return at if isinstance(at, datetime) else None


def _list(graph: Graph, query: str, count: str, most: int, **given: object) -> Worklist:
    rows = graph.read(query, {**given, "most": most}, timeout_s=LONG_S, row_limit=most).rows
    if len(rows) < most:
        return Worklist(rows, len(rows))
    waiting = graph.read(count, given, timeout_s=LONG_S).one()["waiting"]
    return Worklist(rows, int(waiting))
