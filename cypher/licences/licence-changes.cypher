// title: Licence changes
// question: Which licences do derivatives replace, and with which?
// tags: license, lineage, overview
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most pairs shown.
// column base_license (string): The base's licence from its card: all of several, `other` by its
//   name or link.
// column license (string): The child's licence, likewise.
// column links (integer, links): Links from such a child to such a base.
// column share (float): Their share of all links from bases under that licence to children that
//   state one, from 0 to 1.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE live(r, child) AND child.license IS NOT NULL AND base.license IS NOT NULL
WITH licence_of(base) AS base_license, licence_of(child) AS license,
     relicensed(child, base) AS differs, count(*) AS links
WITH base_license, sum(links) AS total,
     collect({license: license, differs: differs, links: links}) AS children
UNWIND children AS item
WITH base_license, total, item
WHERE item.differs
RETURN base_license,
       item.license AS license,
       item.links AS links,
       toFloat(item.links) / total AS share
ORDER BY links DESC, base_license, license
LIMIT $limit;
