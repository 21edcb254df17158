// title: Largest families
// question: Which roots on the Hub have the most descendants there?
// tags: family, lineage, leaderboard
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most families shown.
// parameter as_of (datetime): The families as they were then, such as 2025-05-01, counted anew;
//   default: as they were when influence was last computed.
// parameter layers (string, all | resolved | declared) = "all": Which links show that a model is no
//   root: those that the Hub resolved, those that cards and tags only declare, or all. Chains and
//   counts are of what the Hub resolved.
// column root (string): A model that has derivatives and no base.
// column descendants (integer, models): Distinct models on the Hub made from it, direct or indirect.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column depth (integer, steps): Steps to the farthest of them.
// column gone (integer, models): Distinct models made from it that are gone from the Hub.
// column effective_descendants (float, models): Their influence, damped by distance; empty for a
//   time in the past.
// column rank (integer): The root's rank by influence among all models; likewise empty.
// column known (boolean): Whether a record describes the root.

CALL () {
  WITH $as_of AS then WHERE then IS NULL
  MATCH (root:Model)
  WHERE root.descendants >= 1 AND is_root(root, then, $layers)
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
         root.descendants_gone AS gone,
         root.effective_descendants AS effective_descendants,
         root.influence_rank AS rank
  UNION ALL
  WITH $as_of AS then WHERE then IS NOT NULL
  CALL (then) {
    MATCH (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
    WHERE kept(r, then)
    WITH DISTINCT root, then
    WHERE is_root(root, then, $layers)
    RETURN root
  }
  CALL (root, then) {
    MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE kept(r, then)]-{1,100}(made:Model)
    WITH then, made, min(length(p)) AS steps
    MATCH (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
    WHERE kept(r, then)
    WITH then, made, steps, r ORDER BY r.since DESC, precedence(r)
    WITH then, made, steps, collect(type(r))[0] AS kind
    WITH coalesce(existed(made, then), false) AS there, steps, kind
    WITH there, CASE WHEN there THEN steps END AS steps, CASE WHEN there THEN kind END AS kind
    RETURN count(kind) AS descendants,
           models_by_relation(kind),
           max(steps) AS depth,
           count(CASE WHEN NOT there THEN 1 END) AS gone
  }
  WITH root, descendants, finetune, adapter, merge, quantized, depth, gone
  WHERE descendants > 0
  ORDER BY descendants DESC, root.id
  LIMIT $limit
  RETURN root, descendants, finetune, adapter, merge, quantized, depth, gone,
         null AS effective_descendants, null AS rank
}
RETURN root.id AS root,
       descendants,
       finetune,
       adapter,
       merge,
       quantized,
       depth,
       gone,
       effective_descendants,
       rank,
       root.known AS known
ORDER BY descendants DESC, root;
