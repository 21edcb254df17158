// title: Lineage up to the roots
// question: What was this model made from, step by step?
// tags: lineage, model, ancestors
// draw: tree
// parameter model (string) = "GianlucaMondillo/BioTakuya": The model's id; case does not matter.
// parameter limit (integer, 1..5000) = 500: Most links shown, the nearest first.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column depth (integer, steps): Steps from the model to the base.
// column model (string): The child of this link.
// column relation (string): How the child was made from the base.
// column base (string): The base of this link.
// column base_license (string): The base's licence from its card.
// column base_known (boolean): Whether a record describes the base.
// column effective_descendants (float, models): The base's influence: what its descendants count,
//   damped by distance.
// column link (path): The link, for drawing.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND held(r, $as_of)]->{0,40}(child:Model)
  RETURN child, min(length(p)) AS above
}
MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
WHERE in_layers(r, $layers) AND held(r, $as_of)
WITH child, above, base, collect(r) AS links
UNWIND told_once(links) AS r
MATCH link = (child)-[shown]->(base)
WHERE shown = r
RETURN above + 1 AS depth,
       child.id AS model,
       relation_of(r) AS relation,
       base.id AS base,
       base.license AS base_license,
       base.known AS base_known,
       base.effective_descendants AS effective_descendants,
       link
ORDER BY depth, model, base, relation
LIMIT $limit;
