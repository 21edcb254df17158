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
// column steps (integer, steps): Length of the path.
// column models (list of strings): The models on the path, from the descendant to the ancestor.
// column relations (list of strings): How each was made from the next.
// column path (path): The path, for drawing.

// Both searches climb to the bases: the end, if it were named outright, would be searched from, too,
// and a base may have 30,000 children.
MATCH (one:Model {id_folded: toLower($model)})
MATCH (other:Model {id_folded: toLower($base)})
WHERE one <> other
CALL (one, other) {
  MATCH path = SHORTEST 20 (one)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
    WHERE held(r, $as_of)]->{1,40}(end WHERE end = other)
  RETURN path
  UNION
  MATCH path = SHORTEST 20 (other)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
    WHERE held(r, $as_of)]->{1,40}(end WHERE end = one)
  RETURN path
}
WITH path
WHERE all(n IN nodes(path) WHERE single(other IN nodes(path) WHERE other = n))
WITH path,
     [n IN nodes(path) | n.id] AS models,
     [r IN relationships(path) |
       relation_of(r)] AS relations
RETURN length(path) AS steps, models, relations, path
ORDER BY steps, models, relations
LIMIT $limit;
