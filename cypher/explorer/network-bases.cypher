:param ids => ["GianlucaMondillo/BioTakuya"];
:param types => ["FINETUNE", "ADAPTER", "MERGE", "QUANTIZE"];
:param as_of => null;

// title: Links from models to their bases
// question: What was each of these models made from?
// tags: explorer, network
// draw: table
// listed: no
// parameter ids (list of strings): Ids of the models.
// parameter types (list of strings): Relationship types to follow.
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
  AND CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL
    ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)
      AND size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 0 END
RETURN child.id AS child, type(r) AS type, base.id AS base, r.cut AS cut;
