// title: Relation mix
// question: How are models made from others?
// tags: relation, lineage, overview
// draw: bar
// precomputed: yes
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now.
// column relation (string): How the child was made from its base.
// column links (integer, links): Links to a base from a child that is there.
// column share (float): Their share of all links, from 0 to 1.
// column models (integer, models): Distinct children.
// column bases (integer, models): Distinct bases.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE counts(r, child, $as_of)
WITH type(r) AS type, count(*) AS links, count(DISTINCT child) AS models,
     count(DISTINCT base) AS bases
WITH collect({type: type, links: links, models: models, bases: bases}) AS mix, sum(links) AS total
UNWIND mix AS row
RETURN CASE row.type WHEN 'QUANTIZE' THEN 'quantized' ELSE toLower(row.type) END AS relation,
       row.links AS links,
       toFloat(row.links) / total AS share,
       row.models AS models,
       row.bases AS bases
ORDER BY links DESC, relation;
