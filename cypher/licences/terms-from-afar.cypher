// title: Bound from farther above
// question: Which models agree with their bases while an ancestor farther above asks for more?
// tags: license, lineage
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most models shown, the most downloaded first.
// column model (string): A model whose declared terms are not looser than those of any of its bases.
// column license (string): Its licence from its card: all of several, `other` by its name or link.
// column inherited_terms (list of strings): What licences above ask and its own does not.
// column ancestor (string): The nearest ancestor whose terms a model below it loosened.
// column ancestor_license (string): The licence of that ancestor, likewise.
// column steps (integer, steps): Steps to it.
// column downloads (integer, count): The model's downloads of the last 30 days.

MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
WHERE live(r, m) AND size(m.inherited_terms) > 0
WITH m, collect(r.licence_verdict) AS verdicts
WHERE all(v IN verdicts WHERE v IN ['same', 'compatible', 'more_restrictive'])
WITH m
ORDER BY coalesce(m.downloads, 0) DESC, m.id
LIMIT $limit
CALL (m) {
  OPTIONAL MATCH way = (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL]->{1,40}(x:Model)
  WITH x, min(length(way)) AS steps
  OPTIONAL MATCH (x)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(above)
  WHERE r.gone_since IS NULL AND r.licence_verdict = 'relaxed'
  WITH above, steps + 1 AS steps
  WHERE above IS NOT NULL
  RETURN above, steps
  ORDER BY steps, above.id
  LIMIT 1
}
RETURN m.id AS model,
       licence_of(m) AS license,
       m.inherited_terms AS inherited_terms,
       above.id AS ancestor,
       licence_of(above) AS ancestor_license,
       steps,
       m.downloads AS downloads
ORDER BY coalesce(downloads, 0) DESC, model;
