// title: Sizes of families
// question: How many descendants does each of these models have, now or at a past date?
// tags: history, family, lineage, time
// draw: bar
// parameter models (list of strings) = ["google/gemma-7b"]: Ids of models; case does not matter.
// parameter as_of (datetime): The families as they were then, such as 2025-05-01; default: as they
//   are now.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column model (string): The model.
// column descendants (integer, models): Distinct models on the Hub made from it, direct or indirect.
// column gone (integer, models): Distinct models made from it that are gone from the Hub.
// column direct (integer, models): Descendants made directly from it.
// column finetune (integer, models): Fine-tunes among the descendants.
// column adapter (integer, models): Adapters among them.
// column merge (integer, models): Merges among them.
// column quantized (integer, models): Quantizations among them.
// column declared (integer, models): Those of which only cards and tags say how they were made.
// column depth (integer, steps): Steps to the farthest of them.

UNWIND $models AS name
WITH DISTINCT toLower(name) AS folded
MATCH (root:Model {id_folded: folded})
CALL (root) {
  MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND kept(r, $as_of)]-{1,100}(made:Model)
  WITH root, made, min(length(p)) AS steps
  WHERE made <> root
  MATCH (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->()
  WHERE in_layers(r, $layers) AND kept(r, $as_of)
  WITH made, steps, r ORDER BY declares(r), r.since DESC, precedence(r)
  WITH made, steps, collect(type(r))[0] AS kind
  WITH coalesce(existed(made, $as_of), false) AS there, steps, kind
  WITH there, CASE WHEN there THEN steps END AS steps, CASE WHEN there THEN kind END AS kind
  RETURN count(kind) AS descendants,
         count(CASE WHEN NOT there THEN 1 END) AS gone,
         count(CASE steps WHEN 1 THEN 1 END) AS direct,
         models_by_relation(kind),
         count(CASE WHEN kind ENDS WITH '_NAMES' THEN 1 END) AS declared,
         max(steps) AS depth
}
RETURN root.id AS model, descendants, gone, direct, finetune, adapter, merge, quantized, declared,
       depth
ORDER BY descendants DESC, model;
