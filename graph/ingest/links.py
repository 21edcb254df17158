"""The loader's write statements for relationships, generated from the schema.

Their rows name nodes that exist. `$moved` holds, for names that a model once had, its present one:
both in lower case.
"""

from graph import schema
from graph.ingest.fragments import PLAN, find, fold, folded
from graph.ingest.statements import mention
from graph.schema import AUTHOR, LINEAGE_PATTERN, MODEL, NODE_OF_LABEL, NodeType, RelationshipType


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


_APPLIES = "WHERE n.record_version = row.version OR n.base_count IS NULL"
"""The record is the node's newest, or no record stated a lineage before."""


def lineage(relationship: schema.RelationshipType) -> str:
    """Relationships of one type from models to the bases they state; all of them exist.

    Rows: id, version, bases (lower case).
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "n", "toLower(row.id)")} {_APPLIES}
UNWIND row.bases AS base
{find(MODEL, "b", "base")}
MERGE (n)-[r:{relationship.type}]->(b)
ON CREATE SET r.first_seen = $now, r.last_seen = $now
ON MATCH SET r.last_seen = $now, r.gone_since = null"""


def settle_lineage() -> str:
    """After `lineage`: what each model's lineage now is, and what of it is history.

    Rows: id, version, relation, type, bases (lower case).
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "n", "toLower(row.id)")} {_APPLIES}
SET n.relation = row.relation, n.base_count = size(row.bases)
WITH n, row
MATCH (n)-[r:{LINEAGE_PATTERN}]->(b)
WHERE r.gone_since IS NULL
  AND NOT (type(r) = coalesce(row.type, '') AND b.{fold(MODEL)} IN row.bases)
SET r.gone_since = $now"""


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
SET r.gone_since = $now"""


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
