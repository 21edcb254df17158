// title: Progress of a family
// question: When did a model of this family beat all earlier ones on a benchmark?
// tags: evaluation, benchmark, family, time
// draw: line
// parameter model (string) = "mistralai/Mistral-7B-v0.1": The model that the family begins with.
// parameter benchmark (string) = "Open LLM Leaderboard v2 average": The benchmark and its metric.
// column at (datetime): When the model was created, else when it was measured.
// column value (float): Its result, better than all before.
// column model (string): The model.
// column generation (integer, steps): Fewest steps from the first model.
// column relation (string): How it was made; empty for the first model.
// column source (string): Who reports the result.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE r.gone_since IS NULL]-*(member:Model)
  RETURN member, min(length(p)) AS generation
}
MATCH (member)-[own:EVALUATED {counts: true}]->(b:Benchmark {id: $benchmark})
WITH member, generation, own, coalesce(member.created_at, own.date, own.seen_at) AS at,
     CASE WHEN b.higher_is_better THEN 1 ELSE -1 END * own.value AS rated
WITH collect({member: member, generation: generation, own: own, at: at, rated: rated}) AS found
UNWIND found AS each
WITH each, found
WHERE none(other IN found WHERE other.own.source = each.own.source
  AND (other.at < each.at AND other.rated >= each.rated
    OR other.at = each.at AND other.rated > each.rated))
RETURN each.at AS at,
       each.own.value AS value,
       each.member.id AS model,
       each.generation AS generation,
       CASE WHEN each.generation > 0 THEN each.member.relation END AS relation,
       each.own.source AS source
ORDER BY at, model;
