// title: Models by name, however it is spelled
// question: Which models of the graph do these names mean?
// tags: explorer, network
// draw: table
// listed: no
// parameter ids (list of strings) = ["google/gemma-7b"]: Ids in lower case.
// column id (string): The model's id as the Hub spells it.

UNWIND $ids AS id
MATCH (model:Model {id_folded: id})
RETURN model.id AS id;
