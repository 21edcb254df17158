// title: Derivatives with another licence
// question: Which derivatives have a different licence from the model they were made from?
// tags: license, lineage
// draw: table
// precomputed: yes
// parameter base_license (string): Only bases under this licence, such as gemma.
// parameter limit (integer, 1..1000) = 100: Most links shown, the most downloaded children first.
// column model (string): The child.
// column license (string): Its licence from its card.
// column relation (string): How it was made from the base.
// column base (string): The base.
// column base_license (string): The base's licence from its card.
// column downloads (integer, count): The child's downloads of the last 30 days.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE r.gone_since IS NULL
  AND child.license <> base.license
  AND ($base_license IS NULL OR base.license = $base_license)
WITH child, r, base
ORDER BY coalesce(child.downloads, 0) DESC, child.id, base.id
LIMIT $limit
RETURN child.id AS model,
       child.license AS license,
       relation_of(r) AS relation,
       base.id AS base,
       base.license AS base_license,
       child.downloads AS downloads;
