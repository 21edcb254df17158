// title: What was made directly from a model
// question: Which derivatives does a model have, the most influential first?
// tags: explorer, model, lineage
// draw: table
// listed: no
// parameter id (string) = "google/gemma-7b": The model's id.
// parameter relation (string, finetune | adapter | merge | quantized): Only these.
// parameter influence (float) = 1e300: The last child's influence, 0 without one.
// parameter after (string) = "-": The last child's id.
// parameter limit (integer, 1..10001) = 51: How many.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; nothing: as it is
//   now. Facts and scores are those of now in either case.
// column model (map): The child's facts and scores.
// column author_kind (string): What kind of account its author has.
// column relations (list of strings): How it was made from this model.
// column influence (float): Its influence, 0 without derivatives of its own.

// A model that others were made from carries the label Base, which is seen without reading any
// property: of 30,000 children a thousand are read.
MATCH (base:Model {id: $id})
WITH base, CASE $relation WHEN "quantized" THEN "QUANTIZE" ELSE toUpper($relation) END AS kind
CALL (base, kind) {
  MATCH (base)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child:Base)
  WHERE held(link, $as_of)
    AND (kind IS NULL OR type(link) = kind)
  WITH DISTINCT child
  WHERE child.influence < $influence OR (child.influence = $influence AND child.id > $after)
  WITH child ORDER BY child.influence DESC, child.id LIMIT $limit
  RETURN collect(child) AS first
}
CALL (base, kind, first) {
  WITH * WHERE size(first) < $limit
  MATCH (base)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child:Model)
  WHERE NOT child:Base
    AND held(link, $as_of)
    AND (kind IS NULL OR type(link) = kind)
    AND ($influence > 0 OR child.id > $after)
  WITH DISTINCT child ORDER BY child.id LIMIT $limit
  RETURN collect(child) AS rest
}
UNWIND (first + rest)[..$limit] AS model
MATCH (model)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE held(link, $as_of)
WITH model, coalesce(model.influence, 0.0) AS influence,
  collect(relation_of(link))
    AS relations
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  model {.id, .name, .author, .task, .library, .license, .parameters, .parameters_source,
    .created_at, .likes, .downloads, .gated, .relation,
    .known, .influence, .influence_rank, .effective_descendants, .descendants} AS model,
  author.kind AS author_kind,
  relations,
  influence
ORDER BY influence DESC, model.id;
