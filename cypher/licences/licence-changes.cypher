// title: Licence changes
// question: Which licences do derivatives replace, and with which?
// tags: license, lineage, overview
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most pairs shown.
// column base_license (string): The base's licence from its card.
// column license (string): The child's licence from its card.
// column links (integer, links): Links from such a child to such a base.
// column share (float): Their share of all links from bases under that licence to children that
//   state one, from 0 to 1.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE r.gone_since IS NULL AND child.license IS NOT NULL AND base.license IS NOT NULL
WITH base.license AS base_license, child.license AS license, count(*) AS links
WITH base_license, sum(links) AS total, collect({license: license, links: links}) AS children
UNWIND children AS item
WITH base_license, total, item
WHERE item.license <> base_license
RETURN base_license,
       item.license AS license,
       item.links AS links,
       toFloat(item.links) / total AS share
ORDER BY links DESC, base_license, license
LIMIT $limit;
