:param bases => ["google/gemma-7b"];
:param types => ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"];
:param n => 100;
:param room => 2000;
:param as_of => null;

// title: The most influential children of some models
// question: What was made from each of these models, the most influential first?
// tags: explorer, network
// draw: table
// listed: no
// parameter bases (list of strings): Ids of the models.
// parameter types (list of strings): Relationship types to follow.
// parameter n (integer, 0..2000): Most children per model.
// parameter room (integer, 1..20000): Most rows in all.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column base (string): Id of the model.
// column child (string): Id of the child. Ordered by influence, then downloads, likes and id.

UNWIND $bases AS id
MATCH (parent:Model {id: id})
CALL (parent) {
  MATCH (parent)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(model:Model)
  WHERE type(r) IN $types
    AND CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL
      ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)
        AND size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 0 END
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
