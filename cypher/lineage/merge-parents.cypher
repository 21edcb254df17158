// title: Merges with the most parents
// question: Which merges were made from the most models?
// tags: lineage, merge
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most merges shown.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// column model (string): The merge.
// column parents (integer, models): How many models it was merged from.
// column author (string): Who published it.
// column downloads (integer, count): Its downloads of the last 30 days.
// column bases (list of strings): The models it was merged from.

MATCH (child)-[r:MERGE]->(base)
WHERE counts(r, child, $as_of)
WITH child, collect(DISTINCT base) AS parents
ORDER BY size(parents) DESC, coalesce(child.downloads, 0) DESC, child.id
LIMIT $limit
UNWIND parents AS base
WITH child, base ORDER BY base.id
WITH child, collect(base.id) AS bases
RETURN child.id AS model,
       size(bases) AS parents,
       child.author AS author,
       child.downloads AS downloads,
       bases
ORDER BY parents DESC, coalesce(downloads, 0) DESC, model;
