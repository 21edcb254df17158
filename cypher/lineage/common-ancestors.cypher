// title: Common ancestors of two models
// question: Which models do these two both descend from?
// tags: lineage, ancestors, model
// draw: table
// parameter model (string) = "GianlucaMondillo/BioTakuya": Id of one model; case does not matter.
// parameter other (string) = "inceptionai/jais-adapted-7b-chat": Id of the other.
// parameter limit (integer, 1..1000) = 50: Most ancestors shown, the nearest first.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column ancestor (string): A model that both descend from, or one of the two when the other
//   descends from it.
// column depth_model (integer, steps): Fewest steps up from the one.
// column depth_other (integer, steps): Fewest steps up from the other.
// column root (boolean): Whether the ancestor itself has no base.
// column license (string): Its licence from its card.
// column effective_descendants (float, models): Its influence: what its descendants count, damped
//   by distance.

MATCH (one:Model {id_folded: toLower($model)})
MATCH (two:Model {id_folded: toLower($other)})
WHERE one <> two
CALL (one) {
  MATCH p = (one)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND held(r, $as_of)]->{0,40}(ancestor:Model)
  RETURN ancestor, min(length(p)) AS depth_model
}
WITH two, collect({ancestor: ancestor, depth: depth_model}) AS above
CALL (two) {
  MATCH p = (two)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND held(r, $as_of)]->{0,40}(ancestor:Model)
  RETURN ancestor, min(length(p)) AS depth_other
}
UNWIND above AS item
WITH ancestor, depth_other, item
WHERE item.ancestor = ancestor
RETURN ancestor.id AS ancestor,
       item.depth AS depth_model,
       depth_other,
       NOT EXISTS {
         (ancestor)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(:Model)
         WHERE in_layers(r, $layers) AND held(r, $as_of)
       } AS root,
       ancestor.license AS license,
       ancestor.effective_descendants AS effective_descendants
ORDER BY depth_model + depth_other, ancestor
LIMIT $limit;
