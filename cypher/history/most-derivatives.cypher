// title: Most direct derivatives
// question: Which models have the most direct derivatives, now or at a past date?
// tags: history, lineage, leaderboard, time
// draw: bar
// precomputed: yes
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now.
// parameter limit (integer, 1..1000) = 50: Most models shown.
// column model (string): The model.
// column derivatives (integer, models): Distinct models made directly from it.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE counts(r, child, $as_of)
  AND child <> base
WITH base,
     count(DISTINCT child) AS derivatives,
     links_by_relation(r)
ORDER BY derivatives DESC, base.id
LIMIT $limit
RETURN base.id AS model, derivatives, finetune, adapter, merge, quantized
ORDER BY derivatives DESC, model;
