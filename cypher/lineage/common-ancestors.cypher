:param model => "GianlucaMondillo/BioTakuya";
:param other => "inceptionai/jais-adapted-7b-chat";
:param limit => 50;

// title: Common ancestors of two models
// question: Which models do both descend from?
// tags: lineage, ancestors, model
// draw: table
// parameter model (string): Id of one model; upper and lower case do not matter.
// parameter other (string): Id of the other.
// parameter limit (integer, 1..1000): Most ancestors shown, the nearest first.
// column ancestor (string): A model that both descend from, or one of the two when the other
//   descends from it.
// column depth_model (integer, steps): Fewest steps up from the one.
// column depth_other (integer, steps): Fewest steps up from the other.
// column root (boolean): Whether the ancestor itself has no base.
// column license (string): Its licence as stated on its card.
// column effective_descendants (float, models): Its influence: what its descendants count, damped
//   by distance.

MATCH (one:Model {id_folded: toLower($model)})
MATCH (two:Model {id_folded: toLower($other)})
WHERE one <> two
CALL (one) {
  MATCH p = (one)
    -[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL]->{0,40}(ancestor:Model)
  RETURN ancestor, min(length(p)) AS depth_model
}
WITH two, collect({ancestor: ancestor, depth: depth_model}) AS above
CALL (two) {
  MATCH p = (two)
    -[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL]->{0,40}(ancestor:Model)
  RETURN ancestor, min(length(p)) AS depth_other
}
UNWIND above AS item
WITH ancestor, depth_other, item
WHERE item.ancestor = ancestor
RETURN ancestor.id AS ancestor,
       item.depth AS depth_model,
       depth_other,
       NOT EXISTS {
         (ancestor)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(:Model) WHERE r.gone_since IS NULL
       } AS root,
       ancestor.license AS license,
       ancestor.effective_descendants AS effective_descendants
ORDER BY depth_model + depth_other, ancestor
LIMIT $limit;
