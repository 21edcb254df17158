// title: Most direct derivatives
// question: Which models have the most direct derivatives, now or at a past date?
// tags: history, lineage, leaderboard, time
// draw: bar
// precomputed: yes
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now.
// parameter limit (integer, 1..1000) = 50: Most models shown.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column model (string): The model.
// column derivatives (integer, models): Distinct models made directly from it.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column declared (integer, models): Those of which only cards and tags say so.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base)
WHERE in_layers(r, $layers) AND counts(r, child, $as_of)
  AND child <> base
WITH base,
     count(DISTINCT child) AS derivatives,
     count(DISTINCT CASE WHEN NOT declares(r) THEN child END) AS resolved,
     links_by_relation(r)
ORDER BY derivatives DESC, base.id
LIMIT $limit
RETURN base.id AS model, derivatives, finetune, adapter, merge, quantized,
       derivatives - resolved AS declared
ORDER BY derivatives DESC, model;
