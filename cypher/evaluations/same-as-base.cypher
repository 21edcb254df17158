// title: Results equal to the base's
// question: Which models score exactly like a base of theirs, as a copy would?
// tags: evaluation, benchmark, hygiene, copy
// draw: table
// parameter least (integer, 1..100) = 3: Least number of equal results.
// parameter limit (integer, 1..1000) = 100: Most pairs shown.
// column model (string): The model.
// column base (string): Its base.
// column relation (string): How it was made from it.
// column equal (integer, results): Results that are the same.
// column compared (integer, results): Results of the same source that both have.
// column author (string): The model's author.

MATCH (child:Model)-[own:EVALUATED {counts: true}]->(b:Benchmark)
WITH child, collect({result: own, benchmark: b}) AS results
MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
WHERE live(r, child) AND base <> child AND EXISTS { (base)-[:EVALUATED]->() }
WITH child, base, results, collect(r) AS links
CALL (base, results) {
  UNWIND results AS each
  WITH each.result AS own, each.benchmark AS b, base
  MATCH (base)-[other:EVALUATED {counts: true, source: own.source}]->(b)
  RETURN count(CASE WHEN own.value = other.value THEN 1 END) AS equal, count(*) AS compared
}
WITH child, base, links, equal, compared
WHERE equal >= $least
UNWIND told_once(links) AS r
RETURN child.id AS model,
       base.id AS base,
       relation_of(r) AS relation,
       equal, compared,
       child.author AS author
ORDER BY equal DESC, compared, model, base
LIMIT $limit;
