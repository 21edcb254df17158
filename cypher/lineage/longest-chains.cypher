// title: Longest chains
// question: Which chains of models made from models are the longest?
// tags: lineage, path, family
// draw: graph
// precomputed: yes
// parameter limit (integer, 1..50) = 10: Most roots shown, each with one chain.
// parameter as_of (datetime): The chains as they were then, such as 2025-05-01; default: as they
//   were when influence was last computed.
// column steps (integer, steps): Length of the chain: the fewest steps from its last model to the
//   root.
// column root (string): The model it starts from, which has no base.
// column last (string): The model it ends with, the farthest from the root.
// column models (list of strings): The models of the chain, from the last to the root.
// column relations (list of strings): How each was made from the next.
// column chain (path): The chain, for drawing.

CALL () {
  WITH $as_of AS then WHERE then IS NULL
  MATCH (root:Model)
  WHERE root.descendants >= 1
    AND NOT EXISTS {
      (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(:Model)
      WHERE r.gone_since IS NULL AND r.cut IS NULL
    }
  WITH root
  ORDER BY root.descendants_depth DESC, root.descendants DESC, root.id
  LIMIT $limit
  // The base of the last model has derivatives, so the search leaves out all models without any.
  CALL (root) {
    MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL
      AND r.cut IS NULL AND startNode(r).descendants >= 1]-{0,99}(base:Model)
    WITH root, base, min(length(p)) AS steps
    WHERE steps = root.descendants_depth - 1
    MATCH (base)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(last:Model)
    WHERE r.gone_since IS NULL AND r.cut IS NULL
    WITH DISTINCT root, last
    MATCH chain = SHORTEST 1 (last)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL
      AND r.cut IS NULL]->{1,100}(root)
    RETURN chain, last
    ORDER BY length(chain) DESC, last.id
    LIMIT 1
  }
  RETURN root, last, chain
  UNION ALL
  WITH $as_of AS then WHERE then IS NOT NULL
  CALL (then) {
    MATCH (base)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
    WHERE was(r, r.since, then) AND r.cut IS NULL
    RETURN DISTINCT base AS root
  }
  WITH root, then
  WHERE NOT EXISTS {
    (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
    WHERE was(r, r.since, then) AND r.cut IS NULL
  }
  CALL (root, then) {
    MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
      WHERE was(r, r.since, then) AND r.cut IS NULL]-{1,100}(made:Model)
    WITH root, made, min(length(p)) AS steps
    WHERE made <> root
    RETURN max(steps) AS depth, count(made) AS descendants
  }
  WITH root, then, depth, descendants
  WHERE descendants > 0
  ORDER BY depth DESC, descendants DESC, root.id
  LIMIT $limit
  CALL (root, then, depth) {
    MATCH p = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
      WHERE was(r, r.since, then) AND r.cut IS NULL]-{1,100}(made:Model)
    WITH root, depth, then, made, min(length(p)) AS steps
    WHERE steps = depth
    ORDER BY made.id
    LIMIT 1
    MATCH chain = SHORTEST 1 (made)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
      WHERE was(r, r.since, then) AND r.cut IS NULL]->{1,100}(root)
    RETURN chain, made AS last
  }
  RETURN root, last, chain
}
RETURN length(chain) AS steps,
       root.id AS root,
       last.id AS last,
       [n IN nodes(chain) | n.id] AS models,
       [r IN relationships(chain) |
         relation_of(r)] AS relations,
       chain
ORDER BY steps DESC, root;
