:param as_of => null;

// title: Size of the Hub
// question: How many models and links did the graph hold, now or at a time in the past?
// tags: history, overview, time
// draw: table
// parameter as_of (datetime): As it was then, such as 2025-05-01; nothing: as it is now.
// column models (integer, models): Models that a record describes and that were there.
// column with_base (integer, models): Models with a link to what they were made from.
// column bases (integer, models): Models that others were made from.
// column finetune (integer, links): Links from fine-tune to base.
// column adapter (integer, links): Links from adapter to base.
// column merge (integer, links): Links from merge to base.
// column quantized (integer, links): Links from quantization to base.

CALL () {
  MATCH (model:Model)
  WHERE model.known
    AND CASE WHEN $as_of IS NULL THEN model.gone_since IS NULL
      ELSE model.appeared_at <= $as_of AND coalesce(model.gone_since > $as_of, true)
        AND size([t IN coalesce(model.away, []) WHERE t <= $as_of]) % 2 = 0 END
  RETURN count(model) AS models
}
CALL () {
  MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
  WHERE CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL
    ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)
      AND size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 0 END
  RETURN count(DISTINCT child) AS with_base,
         count(DISTINCT base) AS bases,
         count(CASE type(r) WHEN 'FINETUNE' THEN 1 END) AS finetune,
         count(CASE type(r) WHEN 'ADAPTER' THEN 1 END) AS adapter,
         count(CASE type(r) WHEN 'MERGE' THEN 1 END) AS merge,
         count(CASE type(r) WHEN 'QUANTIZE' THEN 1 END) AS quantized
}
WITH models, with_base, bases, finetune, adapter, merge, quantized
WHERE models > 0 OR with_base > 0
RETURN models, with_base, bases, finetune, adapter, merge, quantized;
