:param as_of => null;
:param limit => 50;

// title: Most derivatives
// question: From which models were the most others made directly, now or at a time in the past?
// tags: history, lineage, leaderboard, time
// draw: bar
// kept: yes
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; nothing: as it is
//   now.
// parameter limit (integer, 1..1000): Most models shown.
// column model (string): The model.
// column derivatives (integer, models): Distinct models made directly from it.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL
  ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)
    AND size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 0 END
  AND child <> base
WITH base,
     count(DISTINCT child) AS derivatives,
     count(CASE type(r) WHEN 'FINETUNE' THEN 1 END) AS finetune,
     count(CASE type(r) WHEN 'ADAPTER' THEN 1 END) AS adapter,
     count(CASE type(r) WHEN 'MERGE' THEN 1 END) AS merge,
     count(CASE type(r) WHEN 'QUANTIZE' THEN 1 END) AS quantized
ORDER BY derivatives DESC, base.id
LIMIT $limit
RETURN base.id AS model, derivatives, finetune, adapter, merge, quantized
ORDER BY derivatives DESC, model;
