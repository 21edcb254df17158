// title: Self-published share of lineage
// question: How often do authors build on their own models?
// tags: relation, lineage, author
// draw: table
// precomputed: yes
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now.
// column relation (string): How the child was made from its base.
// column links (integer, links): Links whose two authors are known.
// column self_published (integer, links): Links within one author's models.
// column share (float): Their share of the links, from 0 to 1.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE counts(r, child, $as_of)
  AND child.author IS NOT NULL AND base.author IS NOT NULL
WITH type(r) AS type,
     count(*) AS links,
     sum(CASE WHEN toLower(child.author) = toLower(base.author) THEN 1 ELSE 0 END) AS self_published
RETURN CASE type WHEN 'QUANTIZE' THEN 'quantized' ELSE toLower(type) END AS relation,
       links,
       self_published,
       toFloat(self_published) / links AS share
ORDER BY links DESC, relation;
