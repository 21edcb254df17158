// title: Everything a model was made from
// question: Which models and links lie between a model and its roots?
// tags: explorer, model, lineage
// draw: graph
// listed: no
// parameter id (string) = "google/gemma-7b-it": The model's id.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; nothing: as it is
//   now. Facts and scores are those of now in either case.
// column model (string): A model that was made from another.
// column relation (string): How.
// column cut (string): Why scores leave the link out; empty when they count it.
// column base (string): What it was made from.
// column known (boolean): Whether a record describes the base.
// column author_kind (string): What kind of account the base's author has.
// column influence (float): The base's influence.

MATCH (start:Model {id: $id})
MATCH (start)-[links:FINETUNE|ADAPTER|MERGE|QUANTIZE*0..40]->(member:Model)
WHERE all(link IN links WHERE held(link, $as_of))
WITH DISTINCT member
LIMIT 300
MATCH (member)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
WHERE held(link, $as_of)
OPTIONAL MATCH (base)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  member.id AS model,
  relation_of(link) AS relation,
  link.cut AS cut,
  base.id AS base,
  base.known AS known,
  author.kind AS author_kind,
  base.influence AS influence
ORDER BY model, base, relation
LIMIT 1000;
