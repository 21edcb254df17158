// title: Sizes of families
// question: How many descendants does each of these models have, now or at a past date?
// tags: history, family, lineage, time
// draw: bar
// parameter models (list of strings) = ["google/gemma-7b"]: Ids of models; case does not matter.
// parameter as_of (datetime): The families as they were then, such as 2025-05-01; default: as they
//   are now.
// column model (string): The model.
// column descendants (integer, models): Distinct models made from it, direct or indirect; those
//   that were gone from the Hub among them.
// column there (integer, models): Those that were on the Hub.
// column direct (integer, models): Those made directly from it.
// column finetune (integer, models): Fine-tunes among the descendants.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column depth (integer, steps): Steps to the farthest of them.

UNWIND $models AS name
WITH DISTINCT toLower(name) AS folded
MATCH (root:Model {id_folded: folded})
CALL (root) {
  MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
    WHERE held(r, $as_of) AND r.cut IS NULL]-{1,100}(made:Model)
  WITH root, made, min(length(p)) AS depth
  WHERE made <> root
  MATCH (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
  WHERE held(r, $as_of) AND r.cut IS NULL
  WITH made, depth, collect(DISTINCT type(r)) AS kinds
  RETURN count(made) AS descendants,
         count(CASE WHEN existed(made, $as_of)
           THEN 1 END) AS there,
         count(CASE depth WHEN 1 THEN 1 END) AS direct,
         models_by_relation(kinds),
         max(depth) AS depth
}
RETURN root.id AS model, descendants, there, direct, finetune, adapter, merge, quantized, depth
ORDER BY descendants DESC, model;
