// title: Derivatives with another licence
// question: Which derivatives have a different licence from the model they were made from?
// tags: license, lineage
// draw: table
// precomputed: yes
// parameter base_license (string): Only bases under this licence, such as gemma.
// parameter limit (integer, 1..1000) = 100: Most links shown, the most downloaded children first.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all.
// column model (string): The child.
// column license (string): Its licence from its card: all of several, `other` by its name or link.
// column relation (string): How it was made from the base.
// column base (string): The base.
// column base_license (string): The base's licence, likewise.
// column downloads (integer, count): The child's downloads of the last 30 days.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base)
WHERE live(r, child) AND in_layers(r, $layers)
  AND (child.license <> base.license OR child.license = 'other'
    OR child.licenses IS NOT NULL OR base.licenses IS NOT NULL)
WITH child, r, base, licence_of(child) AS license, licence_of(base) AS base_license
WHERE relicensed(child, base)
  AND ($base_license IS NULL OR $base_license IN [base.license, base_license])
WITH child, base, license, base_license, collect(r) AS links
UNWIND told_once(links) AS r
WITH child, license, r, base, base_license
ORDER BY coalesce(child.downloads, 0) DESC, child.id, base.id
LIMIT $limit
RETURN child.id AS model,
       license,
       relation_of(r) AS relation,
       base.id AS base,
       base_license,
       child.downloads AS downloads;
