// title: Models with a name that comes near
// question: Which models may a mistyped id have meant?
// tags: explorer, search
// draw: table
// listed: no
// parameter fulltext (string) = "id:gema~1 OR id:7b~1": The words for the full-text index, each with room for a slip.
// parameter limit (integer, 1..200) = 60: How many.
// column id (string): The model's id.
// column influence (float): Its influence, 0 without derivatives.

CALL db.index.fulltext.queryNodes("model_text", $fulltext, {limit: $limit})
YIELD node AS model, score
WHERE model.gone_since IS NULL
RETURN model.id AS id, coalesce(model.influence, 0.0) AS influence
ORDER BY score DESC, influence DESC, id;
