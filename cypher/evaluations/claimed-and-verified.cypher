// title: Claimed and verified results
// question: Where do results of a model on one benchmark differ, and is the one that counts verified?
// tags: evaluation, benchmark, hygiene
// draw: table
// parameter points (float, 0..1000) = 2.0: Least difference.
// parameter limit (integer, 1..1000) = 100: Most models shown, the largest difference first.
// column model (string): The model.
// column benchmark (string): The benchmark and its metric.
// column difference (float): By how much the result that counts is lower than the other.
// column counted (float): The result that counts.
// column counted_source (string): Who reports it.
// column verified (boolean): Whether the Hub has verified it.
// column other (float): The other result.
// column other_source (string): Who reports that.
// column variant (string): How the other was measured.

MATCH (m:Model)-[own:EVALUATED {counts: true}]->(b:Benchmark)
MATCH (m)-[other:EVALUATED]->(b)
WHERE other.counts IS NULL AND abs(other.value - own.value) > $points
  AND (other.source <> own.source OR other.community
    OR coalesce(other.verified, false) <> coalesce(own.verified, false))
RETURN m.id AS model,
       b.id AS benchmark,
       other.value - own.value AS difference,
       own.value AS counted,
       own.source AS counted_source,
       coalesce(own.verified, false) AS verified,
       other.value AS other,
       other.source AS other_source,
       other.variant AS variant
ORDER BY abs(difference) DESC, model, benchmark
LIMIT $limit;
