// title: Largest families
// question: Which roots have the most descendants, also such as are gone since?
// tags: family, lineage, leaderboard
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most families shown.
// parameter as_of (datetime): The families as they were then, such as 2025-05-01, counted anew;
//   default: as they were when influence was last computed.
// column root (string): A model that has derivatives and no base.
// column descendants (integer, models): Distinct models made from it, direct or indirect.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column depth (integer, steps): Steps to the farthest of them.
// column effective_descendants (float, models): Their influence, damped by distance; empty for a
//   time in the past.
// column rank (integer): The root's rank by influence among all models; likewise empty.
// column known (boolean): Whether a record describes the root.

CALL () {
  WITH $as_of AS then WHERE then IS NULL
  MATCH (root:Model)
  WHERE root.descendants >= 1
    AND NOT EXISTS {
      (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(:Model)
      WHERE r.gone_since IS NULL AND r.cut IS NULL
    }
  WITH root
  ORDER BY root.descendants DESC, root.id
  LIMIT $limit
  RETURN root,
         root.descendants AS descendants,
         root.descendants_finetune AS finetune,
         root.descendants_adapter AS adapter,
         root.descendants_merge AS merge,
         root.descendants_quantized AS quantized,
         root.descendants_depth AS depth,
         root.effective_descendants AS effective_descendants,
         root.influence_rank AS rank
  UNION ALL
  WITH $as_of AS then WHERE then IS NOT NULL
  CALL (then) {
    MATCH (base)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
    WHERE was(r, r.since, then) AND r.cut IS NULL
    RETURN DISTINCT base AS root
  }
  WITH root, then
  WHERE NOT EXISTS {
    (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
    WHERE was(r, r.since, then) AND r.cut IS NULL
  }
  CALL (root, then) {
    MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
      WHERE was(r, r.since, then) AND r.cut IS NULL]-{1,100}(made:Model)
    WITH root, made, min(length(p)) AS steps
    WHERE made <> root
    RETURN count(made) AS descendants, max(steps) AS depth
  }
  WITH root, then, descendants, depth
  WHERE descendants > 0
  ORDER BY descendants DESC, root.id
  LIMIT $limit
  CALL (root, then) {
    MATCH (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
      WHERE was(r, r.since, then) AND r.cut IS NULL]-{1,100}(made:Model)
    WITH DISTINCT root, made, then
    WHERE made <> root
    MATCH (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
    WHERE was(r, r.since, then) AND r.cut IS NULL
    WITH made, collect(DISTINCT type(r)) AS kinds
    RETURN models_by_relation(kinds)
  }
  RETURN root, descendants, finetune, adapter, merge, quantized, depth,
         null AS effective_descendants, null AS rank
}
RETURN root.id AS root,
       descendants,
       finetune,
       adapter,
       merge,
       quantized,
       depth,
       effective_descendants,
       rank,
       root.known AS known
ORDER BY descendants DESC, root;
