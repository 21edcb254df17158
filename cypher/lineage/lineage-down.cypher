// title: Lineage down by depth
// question: What was made from this model, directly and indirectly?
// tags: lineage, model, descendants
// draw: tree
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter depth (integer, 1..40) = 40: Most steps down.
// parameter limit (integer, 1..1000) = 100: Most descendants shown: the nearest first, and among
//   those the most influential, then the most downloaded.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column depth (integer, steps): Fewest steps from the model to the child.
// column model (string): The child of this link.
// column relation (string): How the child was made from the base.
// column base (string): The base of this link: the model or another descendant shown.
// column author (string): The child's author.
// column task (string): The child's task.
// column downloads (integer, count): The child's downloads of the last 30 days.
// column effective_descendants (float, models): The child's influence: what its descendants count,
//   damped by distance; empty without any, or before it is computed.
// column link (path): The link, for drawing.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND held(r, $as_of)]-{1,40}(child:Model)
  RETURN child, min(length(p)) AS depth
}
WITH start, child, depth
WHERE depth <= $depth AND child <> start
ORDER BY depth, coalesce(child.effective_descendants, 0.0) DESC,
  coalesce(child.downloads, 0) DESC, child.id
LIMIT $limit
// A descendant's base one step nearer sorts before it, so every child shown finds one here.
WITH start, collect({model: child, depth: depth}) AS shown
WITH shown, [start] + [item IN shown | item.model] AS family
UNWIND shown AS item
WITH item.model AS child, item.depth AS depth, family
MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
WHERE base IN family
  AND in_layers(r, $layers) AND held(r, $as_of)
WITH child, depth, base, collect(r) AS links
UNWIND told_once(links) AS r
MATCH link = (child)-[shown]->(base)
WHERE shown = r
RETURN depth,
       child.id AS model,
       relation_of(r) AS relation,
       base.id AS base,
       child.author AS author,
       child.task AS task,
       child.downloads AS downloads,
       child.effective_descendants AS effective_descendants,
       link
ORDER BY depth, coalesce(child.effective_descendants, 0.0) DESC,
  coalesce(downloads, 0) DESC, model, base;
