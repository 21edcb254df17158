:param ids => ["google/gemma-7b"];
:param n => 100;
:param as_of => null;

// title: A network for Neo4j Browser
// question: What do these models come from, and what came of them?
// tags: explorer, network
// draw: graph
// listed: no
// parameter ids (list of strings): Ids of the models.
// parameter n (integer, 0..1000): Most children per model.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column path (path): One line of descent.
// column model (string): Id of the model at its lower end.
// column base (string): Id of the model at its upper end.

UNWIND $ids AS id
MATCH (start:Model {id: id})
CALL (start) {
  MATCH path = (start)-[links:FINETUNE|ADAPTER|MERGE|QUANTIZE*1..3]->(:Model)
  WHERE all(link IN links WHERE CASE WHEN $as_of IS NULL THEN link.gone_since IS NULL
    ELSE link.since <= $as_of AND coalesce(link.gone_since > $as_of, true)
      AND size([t IN coalesce(link.away, []) WHERE t <= $as_of]) % 2 = 0 END)
  RETURN path
  LIMIT $n
  UNION
  MATCH path = (start)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child:Model)
  WHERE CASE WHEN $as_of IS NULL THEN link.gone_since IS NULL
    ELSE link.since <= $as_of AND coalesce(link.gone_since > $as_of, true)
      AND size([t IN coalesce(link.away, []) WHERE t <= $as_of]) % 2 = 0 END
  WITH path, child
  ORDER BY coalesce(child.influence, 0.0) DESC, coalesce(child.downloads, 0) DESC, child.id
  LIMIT $n
  RETURN path
}
RETURN path, startNode(head(relationships(path))).id AS model,
  endNode(last(relationships(path))).id AS base;
