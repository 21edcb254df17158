// title: One model
// question: What is known of a model, and how many models were made from it?
// tags: explorer, model
// draw: table
// listed: no
// parameter folded (string) = "google/gemma-7b": The model's id in lower case.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; nothing: as it is
//   now. Facts and scores are those of now in either case.
// column model (map): Everything stated, loaded and computed about it.
// column author (map): Its author.
// column direct (integer, models): Models made directly from it.
// column finetune (integer, models): Its fine-tunes.
// column adapter (integer, models): Its adapters.
// column merge (integer, models): Merges that it is part of.
// column quantized (integer, models): Its quantizations.

MATCH (model:Model {id_folded: $folded})
OPTIONAL MATCH (model)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child)
WHERE held(link, $as_of)
WITH model, child, type(link) AS kind
WITH
  model,
  count(DISTINCT child) AS direct,
  count(CASE kind WHEN "FINETUNE" THEN 1 END) AS finetune,
  count(CASE kind WHEN "ADAPTER" THEN 1 END) AS adapter,
  count(CASE kind WHEN "MERGE" THEN 1 END) AS merge,
  count(CASE kind WHEN "QUANTIZE" THEN 1 END) AS quantized
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  properties(model) AS model,
  author {.name, .kind, .full_name, .organization_type} AS author,
  direct, finetune, adapter, merge, quantized;
