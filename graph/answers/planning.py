"""What the graph knows of the things that a crawl would visit."""

from graph import schema
from graph.answers.coverage import NUMBERS
from graph.answers.query import Query

_LINEAGE = schema.LINEAGE_PATTERN
_COUNTED = " + ".join(f"coalesce(start.children_{name}, 0)" for name in schema.RELATIONS)

_FAMILY = f"""
UNWIND $models AS name
WITH DISTINCT toLower(name) AS folded
MATCH (start:Model {{id_folded: folded}})
WITH collect(start) AS starts
CALL (starts) {{
  UNWIND starts AS start
  MATCH (start)-[r:{_LINEAGE} WHERE r.gone_since IS NULL]->{{1,40}}(base)
  WHERE NOT base IN starts
  RETURN count(DISTINCT base) AS bases
}}
CALL (starts) {{
  UNWIND starts AS start
  MATCH path = (start)<-[r:{_LINEAGE} WHERE r.gone_since IS NULL]-{{0,40}}(made)
  WITH made, min(length(path)) AS step
  WHERE step <= $depth
  WITH made, step,
       CASE WHEN step < $depth THEN COUNT {{ (made)<-[:{_LINEAGE}]-() }} / 1000 ELSE 0 END AS pages
  RETURN count(CASE WHEN step > 0 THEN 1 END) AS found,
         count(CASE WHEN step < $depth THEN 1 END) AS asked,
         sum(pages) AS more_pages
}}
CALL (starts) {{
  UNWIND starts AS start
  RETURN sum({_COUNTED}) AS announced,
         sum(COUNT {{ (start)<-[r:{_LINEAGE}]-() WHERE r.gone_since IS NULL }}) AS direct
}}
RETURN size(starts) AS starts, bases, found, asked, more_pages, announced, direct
"""
FAMILY = Query("crawl-family", "What a crawl of a tree would visit", _FAMILY)
"""Models above (`bases`) and within `depth` steps below (`found`) the starts; of how many of them
the derivatives are asked for (`asked`), on how many further pages of 1,000; derivatives of the
starts as the Hub counts them (`announced`) and as the graph holds them (`direct`)."""
_PART = """
CALL () { MATCH (model:Model {author: $author}) RETURN count(*) AS author }
CALL () { MATCH (model:Model {task: $task}) RETURN count(*) AS task }
CALL () { MATCH (model:Model {library: $library}) RETURN count(*) AS library }
CALL () { MATCH (dataset:Dataset {author: $author}) RETURN count(*) AS datasets }
CALL () { MATCH (space:Space {author: $author}) RETURN count(*) AS spaces }
RETURN author, task, library, datasets, spaces
"""
PART = Query(
    "crawl-part",
    "How much of a part is known",
    _PART,
    {"author": None, "task": None, "library": None},
)
QUERIES = {query.name: query for query in (FAMILY, PART, NUMBERS)}
"""What a plan may ask, by name."""
