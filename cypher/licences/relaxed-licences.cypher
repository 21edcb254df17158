// title: Derivatives with looser terms
// question: Which derivatives declare looser terms than the model they were made from?
// tags: license, lineage
// draw: table
// precomputed: yes
// parameter base_license (string): Only bases under this licence, such as gemma.
// parameter limit (integer, 1..1000) = 100: Most links shown, the most downloaded children first.
// column model (string): The child.
// column license (string): Its licence from its card: all of several, `other` by its name or link.
// column relation (string): How it was made from the base.
// column base (string): The base.
// column base_license (string): The base's licence, likewise.
// column rules (list of strings): In which respects it is looser (R-…), stricter (M-…) or not to
//   be compared (U-…); O1: both are by one author, who may license own work again.
// column downloads (integer, count): The child's downloads of the last 30 days.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE live(r, child) AND r.licence_verdict = 'relaxed'
WITH child, r, base, licence_of(base) AS base_license
WHERE $base_license IS NULL OR $base_license IN [base.license, base_license]
WITH child, r, base, base_license
ORDER BY coalesce(child.downloads, 0) DESC, child.id, base.id
LIMIT $limit
RETURN child.id AS model,
       licence_of(child) AS license,
       relation_of(r) AS relation,
       base.id AS base,
       base_license,
       r.licence_rules AS rules,
       child.downloads AS downloads;
