// title: Longest chains
// question: Which chains of models made from models are the longest?
// tags: lineage, path, family
// draw: graph
// precomputed: yes
// parameter limit (integer, 1..50) = 10: Most roots shown, each with one chain.
// parameter as_of (datetime): The chains as they were then, such as 2025-05-01; default: as they are
//   now.
// parameter layers (string, all | resolved | declared) = "all": Which links show that a model is no
//   root: those that the Hub resolved, those that cards and tags only declare, or all. Chains and
//   counts are of what the Hub resolved.
// column steps (integer, steps): Length of the longest chain from the root to a model that is there.
//   Models on the way may be gone. A family that goes in a circle which no computation of influence
//   has cut yet is left out.
// column root (string): The model it starts from, which has no base.
// column last (string): The model it ends with.
// column models (list of strings): The models of the chain, from the last to the root.
// column relations (list of strings): How each was made from the next.
// column chain (path): The chain, for drawing.

CALL () {
  MATCH (base)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
  WHERE kept(r, $as_of)
  WITH DISTINCT base
  WHERE is_root(base, $as_of, $layers)
  RETURN base AS root
}
// Level by level, each model once a level: a merge of merges has more ways than can be walked.
WITH root, reduce(levels = [[root]], step IN range(1, 100) |
  CASE levels[-1] WHEN [] THEN levels ELSE levels + [COLLECT {
    UNWIND levels[-1] AS base
    MATCH (base)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(made:Model)
    WHERE kept(r, $as_of)
    RETURN DISTINCT made
  }] END) AS levels
WHERE levels[-1] = []
WITH root, levels, [steps IN range(1, size(levels) - 2)
  WHERE any(made IN levels[steps] WHERE existed(made, $as_of))][-1] AS steps
WHERE steps IS NOT NULL
ORDER BY steps DESC, root.id
LIMIT $limit
WITH root, steps, levels, COLLECT {
  UNWIND levels[steps] AS made
  WITH made WHERE existed(made, $as_of)
  RETURN made ORDER BY made.id LIMIT 1
}[0] AS last
WITH root, steps, last, reduce(
  way = {at: last, links: []}, level IN reverse(levels[..steps]) | COLLECT {
    WITH way.at AS made
    MATCH (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
    WHERE kept(r, $as_of) AND base IN level
    RETURN {at: base, links: way.links + [r]}
    ORDER BY base.id, type(r) LIMIT 1
  }[0]).links AS links
MATCH chain = (last)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r IN links]->{1,100}(end WHERE end = root)
RETURN size(links) AS steps,
       root.id AS root,
       last.id AS last,
       [n IN nodes(chain) | n.id] AS models,
       [r IN links | relation_of(r)] AS relations,
       chain
ORDER BY steps DESC, root;
