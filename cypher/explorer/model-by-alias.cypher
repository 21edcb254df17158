// title: What a model is called now
// question: Which model once had this name?
// tags: explorer, search
// draw: table
// listed: no
// parameter name (string) = "google/gemma-7b": The old name in lower case.
// parameter phrase (string) = "\"google/gemma-7b\"": The same as a phrase for the full-text index.
// column id (string): What it is called now.

CALL db.index.fulltext.queryNodes("model_text", $phrase, {limit: 100}) YIELD node AS model
WHERE any(alias IN model.aliases WHERE toLower(alias) = $name)
RETURN model.id AS id
ORDER BY model.influence_rank, id
LIMIT 1;
