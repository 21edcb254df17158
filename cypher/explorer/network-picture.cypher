// title: A network for Neo4j Browser
// question: What do these models come from, and what came of them?
// tags: explorer, network
// draw: graph
// listed: no
// parameter ids (list of strings) = ["google/gemma-7b"]: Ids of the models.
// parameter n (integer, 0..1000) = 100: Most children per model.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column path (path): One line of descent.
// column model (string): Id of the model at its lower end.
// column base (string): Id of the model at its upper end.

UNWIND $ids AS id
MATCH (start:Model {id: id})
CALL (start) {
  MATCH path = (start)-[links:FINETUNE|ADAPTER|MERGE|QUANTIZE*1..3]->(:Model)
  WHERE all(link IN links WHERE held(link, $as_of))
  RETURN path
  LIMIT $n
  UNION
  MATCH path = (start)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child:Model)
  WHERE held(link, $as_of)
  WITH path, child
  ORDER BY coalesce(child.influence, 0.0) DESC, coalesce(child.downloads, 0) DESC, child.id
  LIMIT $n
  RETURN path
}
RETURN path, startNode(head(relationships(path))).id AS model,
  endNode(last(relationships(path))).id AS base;
