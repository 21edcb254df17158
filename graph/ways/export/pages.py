"""Reading the graph for an export: in pages by the numbers of its nodes, each in bounded memory."""

from collections.abc import Callable, Iterator
from itertools import chain

from graph.schema import (
    BENCHMARK,
    CHANGE,
    CONCERNS,
    EVALUATED,
    EVALUATION,
    LINEAGE_PATTERN,
    MODEL,
    PUBLISHED,
    REFERENCES,
    NodeType,
    Type,
)
from graph.store.connection import LONG_S, Graph, Row
from graph.store.paging import by_number

_NODES = 5_000
"""Numbers of nodes that one query looks at."""

_MORE = (
    "aliases",
    "absent",
    "record_version",
    "relation",
    "base_count",
    "appeared_at",
    "gone_since",
    "away",
    "counts_seen_at",
    "observed_times",
    "observed_facts",
    "facts_then",
    "stated_before",
    "counted_at",
    "downloads_then",
    "likes_then",
)
"""Read of each node that has it, in addition to what records state."""


def described(graph: Graph, node: NodeType, advance: Callable[[float], object]) -> Iterator[Row]:
    """Every node of a kind that a record describes and that is not gone; of models the gone too.

    Returns:
        Rows `node` (its properties, times as texts); of kinds with references `former`, what they
        do not state any more; and of models `lineage`, with `other`, the other spellings in which
        models name a base that no record describes.
    """
    found = [f"node: {_properties(node)}"]
    if former := _former(node):
        found.append(f"former: {former}")
    if node.has_lineage:
        found.append(f"lineage: {_LINEAGE}")
    there = "" if node.has_history else " AND n.gone_since IS NULL"
    query = f"""MATCH (n:{node.label}) WHERE id(n) = number AND n.record_version IS NOT NULL{there}
RETURN collect({{{", ".join(found)}}}) AS found"""
    return chain.from_iterable(by_number(graph, node, query, _NODES, advance))


def changes(graph: Graph, advance: Callable[[float], object]) -> Iterator[Row]:
    """Every change but renames.

    Returns:
        Rows `model` (what it was called), `kind`, `before`, `after`, `compared`, `at`, and `of`,
        the id of the model that it concerns.
    """
    query = f"""MATCH (c:{CHANGE.label})-[:{CONCERNS.type}]->(m:{MODEL.label})
WHERE id(c) = number AND c.kind <> 'renamed'
RETURN collect(c {{
  .model, .kind, .before, .after, .compared, at: toString(c.at), of: m.id}}) AS found"""
    return chain.from_iterable(by_number(graph, CHANGE, query, _NODES, advance))


def evaluations(graph: Graph, advance: Callable[[float], object]) -> Iterator[Row]:
    """Every result on a benchmark, as a record states it."""
    stated = ", ".join(f".{name}" for name in EVALUATION.stated if EVALUATED.has(name))
    query = f"""MATCH (m:{MODEL.label})-[r:{EVALUATED.type}]->(b:{BENCHMARK.label})
WHERE id(b) = number
RETURN collect(r {{{stated}, id: m.id, benchmark: b.name, metric: b.metric,
  higher_is_better: b.higher_is_better, date: toString(r.date),
  observed_at: toString(r.seen_at)}}) AS found"""
    return chain.from_iterable(by_number(graph, BENCHMARK, query, _NODES, advance))


def renames(graph: Graph) -> list[Row]:
    """Every rename, in the order of time.

    Returns:
        Rows `model` (the former name), `before`, `after`, `compared`, `at`; `of`, `hub_id`,
        `aliases` and `version` of the model that it concerns; `taken`, `taken_hub_id` and
        `taken_version`, the id, `_id` and newest record's version of the model that has the former
        name now, and `taken_at`, when that was seen.
    """
    query = f"""MATCH (c:{CHANGE.label} {{kind: 'renamed'}})-[:{CONCERNS.type}]->(m:{MODEL.label})
OPTIONAL MATCH (t:{MODEL.label} {{id_folded: toLower(c.model)}})
  WHERE t.known AND t <> m AND t.hub_id <> m.hub_id
WITH c, m, t ORDER BY c.at, c.id
RETURN collect(c {{.model, .before, .after, .compared, at: toString(c.at), of: m.id,
  hub_id: m.hub_id, aliases: m.aliases, version: m.record_version, taken: t.id,
  taken_hub_id: t.hub_id, taken_version: t.record_version, taken_at: toString(head(COLLECT {{
    MATCH (x:{CHANGE.label} {{kind: 'taken_over'}})-[:{CONCERNS.type}]->(t)
    WHERE toLower(x.model) = toLower(c.model) AND x.at >= c.at
    RETURN x.at ORDER BY x.at DESC LIMIT 1 }}))}}) AS found"""
    found: list[Row] = graph.read(query, timeout_s=LONG_S).one()["found"]
    return found


def count_described(graph: Graph, node: NodeType) -> int:
    """How many nodes of a kind records describe."""
    query = f"MATCH (n:{node.label}) WHERE n.record_version IS NOT NULL RETURN count(n) AS found"
    return int(graph.read(query, timeout_s=LONG_S).one()["found"])


def _properties(node: NodeType) -> str:
    """A map of what is read of `n`; times as texts, which the driver reads ten times as fast."""
    parts = []
    more = [name for name in (str(node.fold), *_MORE) if node.has(name)]
    for name in (node.key, *more, *node.stated):
        kind = node.find(name).type
        if kind is Type.DATETIME:
            parts.append(f"{name}: toString(n.{name})")
        elif kind is Type.DATETIMES:
            parts.append(f"{name}: [t IN n.{name} | toString(t)]")
        else:
            parts.append(f".{name}")
    if node.has_history:
        parts.append(f"arrived: {_ARRIVED}")
    return f"n {{{', '.join(parts)}}}"


_ARRIVED = f"""n.created_at IS NULL AND EXISTS {{
  MATCH (n)<-[:{CONCERNS.type}]-(c:{CHANGE.label})
  WHERE c.kind IN ['appeared', 'returned'] AND c.at = n.appeared_at }}"""
"""Whether something else than a record says when a model appeared."""


_LINEAGE = f"""COLLECT {{
    MATCH (n)-[r:{LINEAGE_PATTERN}]->(b) WITH r, b ORDER BY b.id_folded, type(r)
    RETURN {{type: type(r), base: b.id, source: r.source, since: toString(r.since),
      gone: toString(r.gone_since), away: [t IN r.away | toString(t)],
      other: CASE WHEN NOT b.known THEN [a IN b.aliases WHERE NOT a CONTAINS '/' OR EXISTS {{
        MATCH (b)<-[:{PUBLISHED.type}]-(o)
        WHERE split(a, '/')[0] IN [o.name] + coalesce(o.aliases, [])
      }}] END}} }}"""


def _former(node: NodeType) -> str:
    own = [r for r in REFERENCES if r.start == node.label]
    if not own:
        return ""
    pattern = "|".join(dict.fromkeys(r.type for r in own))
    ends = sorted({r.end for r in own})
    return f"""COLLECT {{
    MATCH (n)-[r:{pattern}]->(m) WHERE r.gone_since IS NOT NULL
    RETURN [type(r), head([l IN labels(m) WHERE l IN {ends}]), coalesce(m.id, m.arxiv_id),
      toString(r.gone_since)] }}"""
