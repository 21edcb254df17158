// title: Where a network of the most influential models starts
// question: Which models are the most influential?
// tags: explorer, network
// draw: table
// listed: no
// parameter top (integer, 1..500) = 30: How many.
// column id (string): The model's id.

MATCH (model:Model)
WHERE model.influence_rank <= $top
RETURN model.id AS id
ORDER BY model.influence_rank, id
LIMIT $top;
