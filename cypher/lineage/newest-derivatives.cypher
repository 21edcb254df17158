// title: Newest derivatives
// question: What was made from this model most recently?
// tags: lineage, model, time
// draw: table
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter relation (string, finetune | adapter | merge | quantized): Only this relation.
// parameter limit (integer, 1..1000) = 50: Most derivatives shown.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column created_at (datetime): When the derivative was created.
// column model (string): The derivative, made directly from the model.
// column relation (string): How it was made.
// column author (string): Who published it.
// column downloads (integer, count): Its downloads of the last 30 days.
// column likes (integer, count): Its likes.

MATCH (:Model {id_folded: toLower($model)})
  <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]-(child:Model)
WHERE counts(r, child, $as_of)
  AND in_layers(r, $layers)
  AND child.created_at IS NOT NULL
WITH child, collect(r) AS links
UNWIND told_once(links) AS r
WITH child, relation_of(r) AS relation
WHERE $relation IS NULL OR relation = $relation
RETURN child.created_at AS created_at,
       child.id AS model,
       relation,
       child.author AS author,
       child.downloads AS downloads,
       child.likes AS likes
ORDER BY created_at DESC, model
LIMIT $limit;
