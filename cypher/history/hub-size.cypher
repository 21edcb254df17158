// title: Size of the Hub
// question: How large is the Hub in models and links, now or at a past date?
// tags: history, overview, time
// draw: table
// precomputed: yes
// parameter as_of (datetime): As it was then, such as 2025-05-01; default: as it is now.
// column models (integer, models): Models that a record describes and that were there.
// column undated (integer, models): Models that were first seen later and may have been there:
//   nothing says since when they are. `models` is what there was at least.
// column with_base (integer, models): Models there with a link to what they were made from.
// column bases (integer, models): Models that these were made from.
// column finetune (integer, links): Links from fine-tune to base.
// column adapter (integer, links): Links from adapter to base.
// column merge (integer, links): Links from merge to base.
// column quantized (integer, links): Links from quantization to base.

WITH coalesce($as_of, datetime()) AS then
CALL () { MATCH (model:Model) RETURN count(*) AS nodes }
CALL () { MATCH (model:Model {known: false}) RETURN count(*) AS unknown }
CALL (then) {  // nearly all known models have a date, and an index on it
  MATCH (model:Model)
  USING INDEX model:Model(created_at, id)
  WHERE model.created_at IS NOT NULL AND model.id IS NOT NULL
  RETURN count(*) AS dated, count(CASE WHEN model.created_at <= then THEN 1 END) AS created
}
CALL (then, nodes, unknown, dated) {
  WITH then WHERE nodes - unknown > dated
  CALL (then) {
    MATCH (model:Model {known: true})
    WHERE model.created_at IS NULL
    RETURN count(CASE WHEN model.appeared_at <= then THEN 1 END) AS counted,
           count(CASE WHEN undated(model, then) THEN 1 END) AS later
  }
  RETURN sum(counted) AS seen, sum(later) AS undated
}
CALL (then) {
  MATCH (model:Model)
  USING INDEX model:Model(gone_since)
  WHERE model.gone_since <= then
  RETURN count(CASE WHEN model.known AND model.appeared_at <= then THEN 1 END) AS gone
}
CALL (then) {  // what was away at a time had been found to be gone
  MATCH (change:Change {kind: 'gone'})-[:CONCERNS]->(model:Model)
  WHERE change.at <= then AND model.away IS NOT NULL
  WITH DISTINCT model
  WHERE model.known AND model.appeared_at <= then AND coalesce(model.gone_since > then, true)
    AND away(model, then)
  RETURN count(*) AS away
}
WITH created + seen - gone - away AS models, undated
CALL () {
  MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
  WHERE counts(r, child, $as_of)
  RETURN count(DISTINCT child) AS with_base,
         count(DISTINCT base) AS bases,
         links_by_relation(r)
}
WITH models, undated, with_base, bases, finetune, adapter, merge, quantized
WHERE models > 0 OR with_base > 0
RETURN models, undated, with_base, bases, finetune, adapter, merge, quantized;
