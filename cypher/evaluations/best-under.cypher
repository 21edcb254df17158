// title: Best models of a size
// question: Which model is best on a benchmark among those that are small and free enough?
// tags: evaluation, benchmark, size
// draw: table
// parameter benchmark (string) = "Open LLM Leaderboard v2 average": The benchmark and its metric.
// parameter parameters (integer, 1..1000000000000000): Most parameters; models of unknown size are
//   then left out.
// parameter license (string): Only this licence.
// parameter kind (string, user | organization): Only models of such accounts.
// parameter open (boolean) = false: Only models that nobody must ask for.
// parameter base (string): Only what was made from this model, directly or over others.
// parameter limit (integer, 1..1000) = 100: Most models shown, the best first.
// column model (string): The model.
// column value (float): Its result.
// column parameters (integer, count): Its parameters.
// column front (boolean): Whether no model among these of its size or less is better.
// column license (string): Its licence.
// column author (string): Its author.
// column gated (string): Whether access must be asked for.
// column source (string): Who reports the result.

MATCH (m:Model)-[own:EVALUATED {counts: true}]->(b:Benchmark {id: $benchmark})
WHERE here(m)
  AND ($parameters IS NULL OR m.parameters <= $parameters)
  AND ($license IS NULL OR m.license = toLower($license))
  AND (NOT $open OR m.gated = 'no')
  AND ($kind IS NULL OR EXISTS { (:Author {kind: $kind})-[:PUBLISHED]->(m) })
  AND ($base IS NULL OR EXISTS {
    MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
      WHERE r.gone_since IS NULL]->{1,40}(:Model {id_folded: toLower($base)}) })
WITH m, own, CASE WHEN b.higher_is_better THEN 1 ELSE -1 END * own.value AS rated
WITH collect({model: m, own: own, rated: rated}) AS found
CALL (found) {
  UNWIND found AS each
  WITH each.model.parameters AS size, max(each.rated) AS best WHERE size IS NOT NULL
  RETURN collect({size: size, best: best}) AS sizes
}
UNWIND found AS each
WITH each.model AS model, each.own AS own, each.rated AS rated, sizes
RETURN model.id AS model,
       own.value AS value,
       model.parameters AS parameters,
       none(s IN sizes WHERE s.size <= model.parameters AND s.best > rated)
         AND model.parameters IS NOT NULL AS front,
       model.license AS license,
       model.author AS author,
       model.gated AS gated,
       own.source AS source
ORDER BY rated DESC, parameters, model
LIMIT $limit;
