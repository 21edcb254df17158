// title: Links from models to their bases
// question: What was each of these models made from?
// tags: explorer, network
// draw: table
// listed: no
// parameter ids (list of strings) = ["GianlucaMondillo/BioTakuya"]: Ids of the models.
// parameter types (list of strings) = ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"]: Relationship types to follow.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column child (string): Id of the model.
// column type (string): Relationship type.
// column base (string): Id of the base.
// column cut (string): Why scores leave this link out: it is a loop, a duplicate or closes a
//   cycle. Empty when they count it.

UNWIND $ids AS id
MATCH (child:Model {id: id})-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
WHERE type(r) IN $types
  AND held(r, $as_of)
RETURN child.id AS child, type(r) AS type, base.id AS base, r.cut AS cut;
