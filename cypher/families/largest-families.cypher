:param limit => 50;

// title: Largest families
// question: Which roots have the most models made from them?
// tags: family, lineage, leaderboard
// draw: bar
// parameter limit (integer, 1..1000): Most families shown.
// column root (string): A model that has derivatives and no base.
// column descendants (integer, models): Distinct models made from it, directly or over others.
// column finetune (integer, models): Fine-tunes among them.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column depth (integer, steps): Steps to the farthest of them.
// column effective_descendants (float, models): What they count, damped by distance.
// column rank (integer): The root's rank by influence among all models.
// column known (boolean): Whether a record describes the root.

MATCH (root:Model)
WHERE root.descendants >= 1
  AND NOT EXISTS {
    (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(:Model)
    WHERE r.gone_since IS NULL AND r.cut IS NULL
  }
WITH root
ORDER BY root.descendants DESC, root.id
LIMIT $limit
RETURN root.id AS root,
       root.descendants AS descendants,
       root.descendants_finetune AS finetune,
       root.descendants_adapter AS adapter,
       root.descendants_merge AS merge,
       root.descendants_quantized AS quantized,
       root.descendants_depth AS depth,
       root.effective_descendants AS effective_descendants,
       root.influence_rank AS rank,
       root.known AS known;
