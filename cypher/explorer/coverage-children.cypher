// title: Derivatives held of those announced
// question: How many of the derivatives that the Hub counts does the graph hold?
// tags: explorer, coverage
// draw: table
// listed: no
// precomputed: yes
// column parents (integer, models): Models of which the Hub counts derivatives.
// column full (integer, models): Those of which the graph holds them all.
// column most (integer, models): Those of which it holds half of them or more, not all.
// column few (integer, models): Those of which it holds some, less than half.
// column none (integer, models): Those of which it holds none.
// column announced (integer, models): Derivatives that the Hub counts, summed over the parents.
// column missing (integer, models): Those among them that the graph does not hold.

CALL () {
  MATCH (base:Model)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
  WHERE r.gone_since IS NOT NULL
  RETURN collect(DISTINCT base) AS left_by
}
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
       THEN COUNT { (base)<-[r:FINETUNE]-() WHERE r.gone_since IS NULL }
       ELSE COUNT { (base)<-[:FINETUNE]-() } END AS finetune,
     adapters - CASE WHEN is_left
       THEN COUNT { (base)<-[r:ADAPTER]-() WHERE r.gone_since IS NULL }
       ELSE COUNT { (base)<-[:ADAPTER]-() } END AS adapter,
     merges - CASE WHEN is_left
       THEN COUNT { (base)<-[r:MERGE]-() WHERE r.gone_since IS NULL }
       ELSE COUNT { (base)<-[:MERGE]-() } END AS merge,
     quantizations - CASE WHEN is_left
       THEN COUNT { (base)<-[r:QUANTIZE]-() WHERE r.gone_since IS NULL }
       ELSE COUNT { (base)<-[:QUANTIZE]-() } END AS quantized
WITH announced,
     CASE WHEN finetune > 0 THEN finetune ELSE 0 END
     + CASE WHEN adapter > 0 THEN adapter ELSE 0 END
     + CASE WHEN merge > 0 THEN merge ELSE 0 END
     + CASE WHEN quantized > 0 THEN quantized ELSE 0 END AS missing
RETURN
  count(*) AS parents,
  count(CASE WHEN missing = 0 THEN 1 END) AS full,
  count(CASE WHEN missing > 0 AND 2 * missing <= announced THEN 1 END) AS most,
  count(CASE WHEN 2 * missing > announced AND missing < announced THEN 1 END) AS few,
  count(CASE WHEN missing = announced THEN 1 END) AS none,
  sum(announced) AS announced,
  sum(missing) AS missing;
