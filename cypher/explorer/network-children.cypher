:param bases => ["google/gemma-7b"];
:param types => ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"];
:param n => 100;
:param room => 2000;

// title: The most influential children of some models
// question: What was made from each of these models, the most influential first?
// tags: explorer, network
// draw: table
// listed: no
// parameter bases (list of strings): Ids of the models.
// parameter types (list of strings): Relationship types to follow.
// parameter n (integer, 0..2000): Most children per model.
// parameter room (integer, 1..20000): Most rows in all.
// column base (string): Id of the model.
// column child (string): Id of the child. Ordered by influence, then downloads, likes and id.

UNWIND $bases AS id
MATCH (parent:Model {id: id})
CALL (parent) {
  MATCH (parent)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(model:Model)
  WHERE r.gone_since IS NULL AND type(r) IN $types
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
