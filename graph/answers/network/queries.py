"""The queries of a network."""

from functools import cache

from graph.answers.query import Query
from graph.schema import LINEAGE_PATTERN, MODEL, TYPE_OF_RELATION

_FIND = """
UNWIND $ids AS id
MATCH (model:Model {id_folded: id})
RETURN model.id AS id
"""
FIND = Query("network-find", "Models by name, however it is spelled", _FIND)
_TOP = """
MATCH (model:Model)
WHERE model.influence_rank >= 1 AND model.gone_since IS NULL
RETURN model.id AS id
ORDER BY model.influence_rank, id
LIMIT $top
"""
TOP = Query("network-top", "Where a network of the most influential models starts", _TOP)
_BASES = f"""
UNWIND $ids AS id
MATCH (child:Model {{id: id}})-[r:{LINEAGE_PATTERN}]->(base:Model)
WHERE type(r) IN $types
  AND held(r, $as_of)
RETURN collect(child.id) AS child, collect(type(r)) AS type, collect(base.id) AS base,
  collect(coalesce(r.cut, '')) AS cut, collect(coalesce(r.licence_verdict, '')) AS verdict
"""
BASES = Query("network-bases", "Links from models to their bases", _BASES)
_BEST = """coalesce(model.effective_descendants, 0.0) DESC, coalesce(model.downloads, 0) DESC,
  coalesce(model.likes, 0) DESC, model.id"""
_INFLUENTIAL = f"(model:{MODEL.scored_label} AND model.effective_descendants > 0)"
_CHILDREN = f"""
// A label is seen without reading any property: where enough children have influence, the others,
// who may be 30,000, are not read.
UNWIND $bases AS id
MATCH (parent:Model {{id: id}})
CALL (parent) {{
  MATCH (parent)<-[r:{LINEAGE_PATTERN}]-(model)
  WHERE {_INFLUENTIAL} AND type(r) IN $types
    AND held(r, $as_of)
  WITH DISTINCT model ORDER BY {_BEST}
  LIMIT $n
  RETURN collect(model) AS first
}}
CALL (parent, first) {{
  WITH * WHERE size(first) < $n
  MATCH (parent)<-[r:{LINEAGE_PATTERN}]-(model:Model)
  WHERE NOT coalesce({_INFLUENTIAL}, false) AND type(r) IN $types
    AND held(r, $as_of)
  WITH DISTINCT model ORDER BY {_BEST}
  LIMIT $n
  RETURN collect(model) AS rest
}}
UNWIND (first + rest)[..$n] AS model
WITH parent, model
ORDER BY {_BEST}, parent.id
LIMIT $room
RETURN collect(parent.id) AS base, collect(model.id) AS child
"""
CHILDREN = Query("network-children", "The most influential children of some models", _CHILDREN)
SHOWN = {
    "id": "model.id",
    "task": "model.task",
    "license": "model.license",
    "parameters": "model.parameters",
    "created_at": "toString(date(model.created_at))",
    "downloads": "model.downloads",
    "likes": "model.likes",
    "known": "model.known",
    "gone": "model.gone_since IS NOT NULL",
    "suspected": "model.suspected_since IS NOT NULL",
    "influence_rank": "model.influence_rank",
    "effective_descendants": "model.effective_descendants",
    "descendants": "model.descendants",
}
"""What is shown of a model: name and expression. Columns arrive several times as fast as rows."""
_COLUMNS = ",\n".join(
    [f"  [model IN models | {what}] AS {name}" for name, what in SHOWN.items()]
    + [
        f"  [model IN models | COUNT {{ (model)<-[:{type_}]-() }}] AS {relation}"
        for relation, type_ in TYPE_OF_RELATION.items()
    ]
)
_FACTS = f"""
// Links that there are or ever were are counted without reading any of them.
UNWIND $ids AS id
MATCH (model:Model {{id: id}})
WITH collect(model) AS models
RETURN
{_COLUMNS}
"""
FACTS = Query("network-facts", "What the network shows of each model", _FACTS)
_GONE = f"""
MATCH (base:Model)<-[r:{LINEAGE_PATTERN}]-(:Model)
WHERE r.gone_since IS NOT NULL
WITH base, type(r) AS type, count(*) AS links
RETURN collect(base.id) AS base, collect(type) AS type, collect(links) AS links
"""
GONE = Query("network-gone", "Links of all models that are gone", _GONE)
"""Few are, and they are the same for every network."""
_MADE = f"""
UNWIND $ids AS id
MATCH (base:Model {{id: id}})<-[r:{LINEAGE_PATTERN}]-(:Model)
WHERE held(r, $as_of)
WITH base, type(r) AS type, count(*) AS links
RETURN collect(base.id) AS base, collect(type) AS type, collect(links) AS links
"""
MADE = Query("network-made", "How many models were made from each", _MADE)
_PICTURE = f"""
UNWIND $ids AS id
MATCH (start:Model {{id: id}})
CALL (start) {{
  MATCH path = (start)-[links:{LINEAGE_PATTERN}*1..3]->(:Model)
  WHERE all(link IN links WHERE held(link, $as_of))
  RETURN path
  LIMIT $n
  UNION
  MATCH path = (start)<-[link:{LINEAGE_PATTERN}]-(child:Model)
  WHERE held(link, $as_of)
  WITH path, child
  ORDER BY coalesce(child.effective_descendants, 0.0) DESC, coalesce(child.downloads, 0) DESC,
    child.id
  LIMIT $n
  RETURN path
}}
RETURN path
"""
PICTURE = Query("network-picture", "The same neighbourhood, drawn by Neo4j Browser", _PICTURE)

_ACCOUNTS = """
UNWIND $names AS name
MATCH (author:Author {name: name})
RETURN author.name AS name, author.kind AS kind, author.influence_rank AS influence_rank
"""
ACCOUNTS = Query("network-accounts", "Who the authors are", _ACCOUNTS)


@cache
def family(up: int, down: int) -> Query:
    """What was made from some models within so many steps, and from what they were made."""
    followed = "WHERE all(link IN links WHERE type(link) IN $types AND held(link, $as_of))"
    text = f"""
MATCH (start:Model) WHERE start.id IN $ids
CALL (start) {{
  MATCH (start)<-[links:{LINEAGE_PATTERN}*0..{down}]-(model:Model)
  {followed}
  RETURN DISTINCT model
  UNION
  MATCH (start)-[links:{LINEAGE_PATTERN}*0..{up}]->(model:Model)
  {followed}
  RETURN DISTINCT model
}}
WITH collect(DISTINCT model) AS family
CALL (family) {{
  UNWIND family AS model
  RETURN collect(id(model)) AS number, collect(model.id) AS id,
    collect(coalesce(model.author, '')) AS author
}}
CALL (family) {{
  UNWIND family AS model
  MATCH (model)-[r:{LINEAGE_PATTERN}]->(base:Model)
  WHERE type(r) IN $types AND held(r, $as_of)
  WITH type(r) AS type, collect(id(model)) AS children, collect(id(base)) AS bases,
    collect(coalesce(r.cut, '')) AS cuts, collect(coalesce(r.licence_verdict, '')) AS verdicts
  RETURN collect([type, children, bases, cuts, verdicts]) AS links
}}
RETURN number, id, author, links"""
    return Query("network-family", "The whole family, once", text)
