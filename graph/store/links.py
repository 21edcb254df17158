"""The loader's write statements for relationships, generated from the schema.

Their rows name nodes that exist. `$moved` holds, for names that a model once had, its present one:
both in lower case.
"""

from graph import schema
from graph.schema import AUTHOR, LINEAGE_PATTERN, MODEL, NODE_OF_LABEL, NodeType, RelationshipType
from graph.store import changes
from graph.store.fragments import PLAN, find, fold, folded
from graph.store.statements import mention


def publish(relationship: RelationshipType) -> str:
    """Relationships from authors to what they publish.

    Rows: ids that have an owner.
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(NODE_OF_LABEL[relationship.end], "n", "toLower(row)")}
{find(AUTHOR, "a", "toLower(split(row, '/')[0])")}
MERGE (a)-[p:{relationship.type}]->(n)
ON CREATE SET p.first_seen = $now, p.last_seen = $now
ON MATCH SET p.last_seen = $now, p.gone_since = null"""


def lineage(relationship: RelationshipType | None) -> str:
    """What models were made from: relationships of one type, or none at all; all bases exist.

    Where a lineage was stated before and another one is now, what it no longer holds becomes
    history and the changes are kept. A relationship holds since the model is there (`appeared_at`)
    if no lineage of the model was stated before, else since the observation of the record; one that
    is stated again was away meanwhile.

    Rows: id, version, bases (lower case, each once), count (how many the record names), relation,
    source, at (when it was observed, ISO text; null for now).
    """
    type_ = relationship.type if relationship else ""
    another = "true" if relationship else "count <> 0"
    before = "COLLECT { UNWIND live AS x RETURN DISTINCT endNode(x[0]).id AS id ORDER BY id }"
    after = f"""COLLECT {{
      UNWIND row.bases AS base
      {find(MODEL, "b", "base")}
      RETURN b.id AS id ORDER BY id }}"""
    state = f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "n", "toLower(row.id)")}
WITH n, row, n.base_count AS count
WHERE count IS NULL OR {another} AND n.record_version = row.version
WITH n, row, count IS NULL AS first, CASE WHEN count IS NULL THEN [] ELSE COLLECT {{
    MATCH (n)-[r:{LINEAGE_PATTERN}]->(b) WHERE r.gone_since IS NULL
    RETURN [r, type(r) = '{type_}' AND b.{fold(MODEL)} IN row.bases] }} END AS live,
  count <> row.count OR coalesce(n.relation, '') <> coalesce(row.relation, '') AS another
CALL (n, row, first, live, another) {{
  WITH n, row, first, live, another, [x IN live WHERE NOT x[1] | x[0]] AS ended
  WHERE NOT first AND (another OR ended <> [] OR size(live) <> size(row.bases))
  WITH n, row, live, ended, coalesce(datetime(row.at), $now) AS at
  FOREACH (r IN ended | SET r.gone_since = at)
  {changes.lineage("row.relation", before, after)}
}}
FOREACH (x IN CASE WHEN first OR another THEN [row] ELSE [] END |
  SET n.relation = x.relation, n.base_count = x.count)"""
    if relationship is None:
        return state
    return f"""{state}
WITH n, row, first
UNWIND row.bases AS base
{find(MODEL, "b", "base")}
MERGE (n)-[r:{type_}]->(b)
ON CREATE SET r.first_seen = $now, r.last_seen = $now, r.source = row.source,
  r.since = CASE WHEN first THEN n.appeared_at ELSE coalesce(datetime(row.at), $now) END
ON MATCH SET r.last_seen = $now, r += CASE
  WHEN r.gone_since IS NOT NULL THEN {{gone_since: null, source: row.source, away: {_AWAY}}}
  WHEN coalesce(r.source, '') <> coalesce(row.source, '') THEN {{source: row.source}}
  ELSE {{}} END"""


_AWAY = """CASE WHEN coalesce(datetime(row.at), $now) > r.gone_since
    THEN coalesce(r.away, []) + [r.gone_since, coalesce(datetime(row.at), $now)] ELSE r.away END"""


def mention_stated(relationship: RelationshipType) -> str:
    """The end nodes that start nodes state, as far as they are missing.

    Rows: ids of start nodes. `$guess` holds, for names of models in lower case, what they tell of
    the parameter count.
    """
    start, end = NODE_OF_LABEL[relationship.start], NODE_OF_LABEL[relationship.end]
    unmoved = "WHERE $moved[toLower(stated)] IS NULL" if end is MODEL else ""
    guess = ", guess: $guess[same]" if end is MODEL else ""
    rows = f"""UNWIND $rows AS start
{find(start, "n", "toLower(start)")}
UNWIND {_stated(relationship)} AS stated
WITH DISTINCT stated ORDER BY stated {unmoved}
WITH {folded(end, "stated")} AS same, collect(stated) AS spelled
WITH {{spelling: spelled[0], also: spelled[1..]{guess}}} AS row"""
    return mention(end, rows)


def refer(relationship: RelationshipType) -> str:
    """Relationships that start nodes state; all end nodes exist.

    Rows: ids of start nodes.
    """
    start, end = NODE_OF_LABEL[relationship.start], NODE_OF_LABEL[relationship.end]
    return f"""{PLAN}
UNWIND $rows AS start
{find(start, "n", "toLower(start)")}
UNWIND {_stated(relationship)} AS stated
{find(end, "m", _present(end, "stated"))}
MERGE (n)-[r:{relationship.type}]->(m)
ON CREATE SET r.first_seen = $now, r.last_seen = $now
ON MATCH SET r.last_seen = $now, r.gone_since = null"""


def settle_references(node: NodeType) -> str:
    """After `refer`: what a node does not state any more becomes history.

    Rows: ids of start nodes.
    """
    own = [r for r in schema.REFERENCES if r.start == node.label]
    pattern = "|".join(dict.fromkeys(r.type for r in own))
    return f"""{PLAN}
UNWIND $rows AS start
{find(node, "n", "toLower(start)")}
MATCH (n)-[r:{pattern}]->(m)
WHERE r.gone_since IS NULL AND NOT ({" OR ".join(map(_is_stated, own))})
SET r.gone_since = coalesce(datetime(nullIf(split(n.record_version, ' ')[1], '')), $now)"""


def _is_stated(relationship: RelationshipType) -> str:
    end = NODE_OF_LABEL[relationship.end]
    return (
        f"(type(r) = '{relationship.type}' AND m:{end.label} AND m.{fold(end)} IN"
        f" [x IN {_stated(relationship)} | {_present(end, 'x')}])"
    )


def _stated(relationship: RelationshipType) -> str:
    """What `n` states, as a list."""
    name = f"n.{relationship.stated_by}"
    stated = NODE_OF_LABEL[relationship.start].find(str(relationship.stated_by))
    if stated.type is schema.Type.STRINGS:
        return f"coalesce({name}, [])"
    return f"CASE WHEN {name} IS NULL THEN [] ELSE [{name}] END"


def _present(end: NodeType, value: str) -> str:
    """What finds an end node by what is stated; a former name finds the model of today."""
    if end is MODEL:
        return f"coalesce($moved[toLower({value})], toLower({value}))"
    return folded(end, value)
