// title: Models that beat their bases
// question: Which models score above every base of theirs, and how many do not?
// tags: evaluation, benchmark, lineage
// draw: table
// parameter benchmark (string) = "Open LLM Leaderboard v2 average": The benchmark and its metric.
// parameter relation (string, finetune | adapter | merge | quantized): Only this relation.
// parameter limit (integer, 1..1000) = 100: Most models shown, the largest gain first.
// column model (string): A model with a result, and a base with a result of the same source.
// column gain (float): Its result less that of its best base; for errors the other way round.
// column value (float): Its result.
// column base_value (float): The result of its best base.
// column bases (list of strings): Its bases with a result.
// column relation (string): How it was made from one of them.
// column parameters (integer, count): Its parameters.
// column license (string): Its licence.
// column source (string): Who reports both results.
// column compared (integer, models): All models that can be compared like this.
// column better (integer, models): How many of them are better than every base of theirs.
// column median_gain (float): The median gain of all of them.

MATCH (child:Model)-[own:EVALUATED {counts: true}]->(b:Benchmark {id: $benchmark})
MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
MATCH (base)-[other:EVALUATED {counts: true, source: own.source}]->(b)
WHERE live(r, child) AND base <> child
WITH child, own, r, base, other, relation_of(r) AS relation,
     CASE WHEN b.higher_is_better THEN 1 ELSE -1 END AS sign
WHERE $relation IS NULL OR relation = $relation
WITH child, own, sign, max(sign * other.value) AS best, collect(DISTINCT base.id) AS bases,
     min(relation) AS relation
WITH collect({model: child, own: own, bases: bases, relation: relation, base_value: sign * best,
  gain: sign * own.value - best}) AS found
UNWIND found AS each
WITH found, percentileCont(each.gain, 0.5) AS median_gain,
     count(CASE WHEN each.gain > 0 THEN 1 END) AS better
UNWIND found AS each
WITH each, each.model AS model, each.own AS own, size(found) AS compared, better, median_gain
RETURN model.id AS model,
       each.gain AS gain,
       own.value AS value,
       each.base_value AS base_value,
       each.bases AS bases,
       each.relation AS relation,
       model.parameters AS parameters,
       model.license AS license,
       own.source AS source,
       compared, better, median_gain
ORDER BY gain DESC, model
LIMIT $limit;
