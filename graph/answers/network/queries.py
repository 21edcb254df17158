"""The queries of a network."""

from graph.answers.query import Query
from graph.schema import LINEAGE, LINEAGE_PATTERN

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
RETURN child.id AS child, type(r) AS type, base.id AS base, r.cut AS cut
"""
BASES = Query("network-bases", "Links from models to their bases", _BASES)
_BEST = """coalesce(model.effective_descendants, 0.0) DESC, coalesce(model.downloads, 0) DESC,
  coalesce(model.likes, 0) DESC, model.id"""
_CHILDREN = f"""
UNWIND $bases AS id
MATCH (parent:Model {{id: id}})
CALL (parent) {{
  MATCH (parent)<-[r:{LINEAGE_PATTERN}]-(model:Model)
  WHERE type(r) IN $types
    AND held(r, $as_of)
  WITH DISTINCT model
  RETURN model
  ORDER BY {_BEST}
  LIMIT $n
}}
RETURN parent.id AS base, model.id AS child
ORDER BY {_BEST}, base
LIMIT $room
"""
CHILDREN = Query("network-children", "The most influential children of some models", _CHILDREN)
_CHILDREN_BY_RELATION = ",\n".join(
    f"""  COUNT {{ (model)<-[r:{link.type}]-(:Model)
    WHERE held(r, $as_of) }} AS {link.relation}"""
    for link in LINEAGE
)
_FACTS = f"""
UNWIND $ids AS id
MATCH (model:Model {{id: id}})
RETURN model.id AS id, model.task AS task, model.license AS license,
  model.parameters AS parameters, model.created_at AS created_at,
  model.downloads AS downloads, model.likes AS likes,
  model.known AS known, model.gone_since AS gone_since,
  model.suspected_since AS suspected_since,
  model.influence_rank AS influence_rank,
  model.effective_descendants AS effective_descendants, model.descendants AS descendants,
{_CHILDREN_BY_RELATION}
"""
FACTS = Query("network-facts", "What the network shows of each model", _FACTS)
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
