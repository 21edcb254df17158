// title: What quantizing costs
// question: How do quantizations with a result of their own compare with their bases?
// tags: evaluation, benchmark, quantization
// draw: table
// parameter limit (integer, 1..1000) = 100: Most results shown, the largest loss first.
// column model (string): The quantization.
// column base (string): Its base.
// column benchmark (string): The benchmark and its metric.
// column change (float): Its result less that of its base; for errors the other way round.
// column value (float): Its result.
// column base_value (float): The result of its base.
// column quantization (string): How it was quantized.
// column source (string): Who reports both results.

MATCH (child:Model)-[own:EVALUATED {counts: true}]->(b:Benchmark)
WITH child, own, b
MATCH (child)-[r:QUANTIZE]->(base:Model)
WHERE live(r, child)
MATCH (base)-[other:EVALUATED {counts: true, source: own.source}]->(b)
RETURN child.id AS model,
       base.id AS base,
       b.id AS benchmark,
       CASE WHEN b.higher_is_better THEN 1 ELSE -1 END * (own.value - other.value) AS change,
       own.value AS value,
       other.value AS base_value,
       child.quantization AS quantization,
       own.source AS source
ORDER BY change, model, benchmark
LIMIT $limit;
