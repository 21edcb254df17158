:param ids => ["GianlucaMondillo/BioTakuya"];
:param types => ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"];

// title: Links from models to their bases
// question: What was each of these models made from?
// tags: explorer, network
// draw: table
// listed: no
// parameter ids (list of strings): Ids of the models.
// parameter types (list of strings): Relationship types to follow.
// column child (string): Id of the model.
// column type (string): Relationship type.
// column base (string): Id of the base.
// column cut (string): Why scores leave this link out: it is a loop, a duplicate or closes a
//   cycle. Empty when they count it.

UNWIND $ids AS id
MATCH (child:Model {id: id})-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
WHERE r.gone_since IS NULL AND type(r) IN $types
RETURN child.id AS child, type(r) AS type, base.id AS base, r.cut AS cut;
