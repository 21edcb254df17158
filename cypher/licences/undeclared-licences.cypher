// title: Undeclared below known terms
// question: Which models declare no licence although one above them asks for something?
// tags: license, lineage, hygiene
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most models shown, the most downloaded first.
// column model (string): A model whose card was read and declares no licence.
// column terms (list of strings): What licences of its ancestors ask.
// column base (string): One of its bases, the first by id.
// column base_license (string): The base's licence: all of several, `other` by its name or link.
// column downloads (integer, count): The model's downloads of the last 30 days.

MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE live(r, m) AND size(m.inherited_terms) > 0 AND m.license IS NULL
  AND 'license' IN coalesce(m.absent, [])
WITH m, base
ORDER BY base.id
WITH m, collect(base)[0] AS base
ORDER BY coalesce(m.downloads, 0) DESC, m.id
LIMIT $limit
RETURN m.id AS model,
       m.inherited_terms AS terms,
       base.id AS base,
       licence_of(base) AS base_license,
       m.downloads AS downloads;
