// title: Paths between two models
// question: How does one of these two models descend from the other?
// tags: lineage, path, model
// draw: graph
// parameter model (string) = "mradermacher/Gemma-7B-sft-SPIN-Gemma-2-27B-GGUF": Id of one model;
//   case does not matter.
// parameter base (string) = "google/gemma-7b": Id of the other; the order of the two does not
//   matter.
// parameter limit (integer, 1..20) = 5: Most paths shown, the shortest first.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column steps (integer, steps): Length of the path.
// column models (list of strings): The models on the path, from the descendant to the ancestor.
// column relations (list of strings): How each was made from the next.
// column path (path): The path, for drawing.

// Merges of merges have more paths than anyone could list, so none is enumerated. The ancestors of
// the lower model are found with their distance from it; then paths grow down from the upper one
// among them, a step at a time, and of each length only those stay that can end soonest.
MATCH (one:Model {id_folded: toLower($model)})
MATCH (other:Model {id_folded: toLower($base)})
WHERE one <> other
UNWIND [[one, other], [other, one]] AS ends
WITH ends[0] AS low, ends[1] AS high
CALL (low) {
  MATCH way = (low)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE in_layers(r, $layers) AND held(r, $as_of)]->{0,40}(model:Model)
  WITH model, min(length(way)) AS below
  ORDER BY below, model.id
  LIMIT 1000
  RETURN collect(model) AS models, collect(below) AS below
}
WITH low, high, models, below
WHERE high IN models
CALL (high, models) {
  UNWIND range(0, size(models) - 1) AS number
  WITH high, models, number, models[number] AS child
  MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
  WHERE child <> high AND in_layers(r, $layers) AND held(r, $as_of)
  WITH models, base, number, child, collect(r) AS links
  UNWIND told_once(links) AS r
  WITH models, base, number, r
  ORDER BY child.id, type(r)
  WITH models, base, collect({child: number, link: r}) AS links
  WITH links, [i IN range(0, size(models) - 1) WHERE models[i] = base][0] AS base
  WHERE base IS NOT NULL
  RETURN collect({base: base, links: links}) AS made
}
WITH low, high, models, below,
     [i IN range(0, size(models) - 1) |
       head([item IN made WHERE item.base = i | item.links])] AS made,
     [i IN range(0, size(models) - 1) WHERE models[i] = high][0] AS start
WITH low, high, models, reduce(
       state = {paths: [{at: start, links: []}], found: []}, step IN range(1, 40) |
       CASE WHEN size(state.found) >= $limit THEN state ELSE [grown IN [reduce(
           paths = [], path IN state.paths | paths + [item IN coalesce(made[path.at], [])
             WHERE step + below[item.child] <= 40
               AND none(past IN path.links WHERE past.child = item.child)
             | {at: item.child, links: [item] + path.links}]
         )] | {
           paths: reduce(best = [], steps IN range(1, 40 - step) |
             best + [path IN grown WHERE below[path.at] = steps])[..$limit],
           found: state.found + [path IN grown WHERE below[path.at] = 0 | path.links]
         }][0] END
     ).found AS found
UNWIND found AS links
WITH low, high, [item IN links | item.link] AS chain,
     [item IN links | models[item.child].id] + [high.id] AS ids
MATCH path = (low)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
  WHERE r IN chain]->{1,40}(end WHERE end = high)
RETURN size(chain) AS steps,
       ids AS models,
       [r IN chain | relation_of(r)] AS relations,
       path
ORDER BY steps, models, relations
LIMIT $limit;
