// title: The most influential children of some models
// question: What was made from each of these models, the most influential first?
// tags: explorer, network
// draw: table
// listed: no
// parameter bases (list of strings) = ["google/gemma-7b"]: Ids of the models.
// parameter types (list of strings) = ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"]: Relationship types to follow.
// parameter n (integer, 0..2000) = 100: Most children per model.
// parameter room (integer, 1..20000) = 2000: Most rows in all.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column base (string): Id of the model.
// column child (string): Id of the child. Ordered by influence, then downloads, likes and id.

UNWIND $bases AS id
MATCH (parent:Model {id: id})
CALL (parent) {
  MATCH (parent)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(model:Model)
  WHERE type(r) IN $types
    AND held(r, $as_of)
  WITH DISTINCT model
  RETURN model
  ORDER BY coalesce(model.influence, 0.0) DESC, coalesce(model.downloads, 0) DESC,
    coalesce(model.likes, 0) DESC, model.id
  LIMIT $n
}
RETURN parent.id AS base, model.id AS child
ORDER BY coalesce(model.influence, 0.0) DESC, coalesce(model.downloads, 0) DESC,
  coalesce(model.likes, 0) DESC, model.id, base
LIMIT $room;
