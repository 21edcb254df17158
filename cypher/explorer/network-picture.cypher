:param ids => ["google/gemma-7b"];
:param n => 100;

// title: A network for Neo4j Browser
// question: What do these models come from, and what came of them?
// tags: explorer, network
// draw: graph
// listed: no
// parameter ids (list of strings): Ids of the models.
// parameter n (integer, 0..1000): Most children per model.
// column path (path): One line of descent.
// column model (string): Id of the model at its lower end.
// column base (string): Id of the model at its upper end.

UNWIND $ids AS id
MATCH (start:Model {id: id})
CALL (start) {
  MATCH path = (start)-[links:FINETUNE|ADAPTER|MERGE|QUANTIZE*1..3]->(:Model)
  WHERE all(link IN links WHERE link.gone_since IS NULL)
  RETURN path
  LIMIT $n
  UNION
  MATCH path = (start)<-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(child:Model)
  WHERE link.gone_since IS NULL
  WITH path, child
  ORDER BY coalesce(child.influence, 0.0) DESC, coalesce(child.downloads, 0) DESC, child.id
  LIMIT $n
  RETURN path
}
RETURN path, startNode(head(relationships(path))).id AS model,
  endNode(last(relationships(path))).id AS base;
