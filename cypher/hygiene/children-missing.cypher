// title: Missing derivatives
// question: For which models does the Hub count more derivatives than the graph holds?
// tags: hygiene, coverage, crawl
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most models shown.
// column base (string): The model that others were made from.
// column missing (integer, models): Derivatives that the Hub counts and the graph does not hold.
// column announced (integer, models): Derivatives of it as the Hub counts them.
// column share (float): Share of them that the graph holds, from 0 to 1.
// column finetune (integer, models): Fine-tunes among the missing.
// column adapter (integer, models): Adapters among the missing.
// column merge (integer, models): Merges among the missing.
// column quantized (integer, models): Quantizations among the missing.
// column counted_at (datetime): Start of the newest run that saw the model.

CALL () {
  MATCH (:Gone)-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base) RETURN base AS left
  UNION
  MATCH ()-[r:FINETUNE]->(base) WHERE r.gone_since IS NOT NULL RETURN base AS left
  UNION
  MATCH ()-[r:ADAPTER]->(base) WHERE r.gone_since IS NOT NULL RETURN base AS left
  UNION
  MATCH ()-[r:MERGE]->(base) WHERE r.gone_since IS NOT NULL RETURN base AS left
  UNION
  MATCH ()-[r:QUANTIZE]->(base) WHERE r.gone_since IS NOT NULL RETURN base AS left
}
WITH collect(left) AS left_by
CALL () {
  MATCH (base:Model) WHERE base.children_finetune > 0 RETURN base
  UNION
  MATCH (base:Model) WHERE base.children_adapter > 0 RETURN base
  UNION
  MATCH (base:Model) WHERE base.children_merge > 0 RETURN base
  UNION
  MATCH (base:Model) WHERE base.children_quantized > 0 RETURN base
}
WITH base, base IN left_by AS is_left,  // only there need links be looked at one by one
     coalesce(base.children_finetune, 0) AS finetunes,
     coalesce(base.children_adapter, 0) AS adapters,
     coalesce(base.children_merge, 0) AS merges,
     coalesce(base.children_quantized, 0) AS quantizations
WHERE base.gone_since IS NULL
WITH base, finetunes + adapters + merges + quantizations AS announced,
     finetunes - CASE WHEN is_left
       THEN COUNT { (base)<-[r:FINETUNE]-(child) WHERE live(r, child) }
       ELSE COUNT { (base)<-[:FINETUNE]-() } END AS finetune,
     adapters - CASE WHEN is_left
       THEN COUNT { (base)<-[r:ADAPTER]-(child) WHERE live(r, child) }
       ELSE COUNT { (base)<-[:ADAPTER]-() } END AS adapter,
     merges - CASE WHEN is_left
       THEN COUNT { (base)<-[r:MERGE]-(child) WHERE live(r, child) }
       ELSE COUNT { (base)<-[:MERGE]-() } END AS merge,
     quantizations - CASE WHEN is_left
       THEN COUNT { (base)<-[r:QUANTIZE]-(child) WHERE live(r, child) }
       ELSE COUNT { (base)<-[:QUANTIZE]-() } END AS quantized
WITH base, announced,
     CASE WHEN finetune > 0 THEN finetune ELSE 0 END AS finetune,
     CASE WHEN adapter > 0 THEN adapter ELSE 0 END AS adapter,
     CASE WHEN merge > 0 THEN merge ELSE 0 END AS merge,
     CASE WHEN quantized > 0 THEN quantized ELSE 0 END AS quantized
WITH base, announced, finetune, adapter, merge, quantized,
     finetune + adapter + merge + quantized AS missing
WHERE missing > 0
ORDER BY missing DESC, base.id
LIMIT $limit
RETURN base.id AS base,
       missing,
       announced,
       1 - toFloat(missing) / announced AS share,
       finetune, adapter, merge, quantized,
       base.last_seen AS counted_at
ORDER BY missing DESC, base;
