// title: Models by words of their name
// question: Which models does a person mean who types these words?
// tags: explorer, search
// draw: table
// listed: no
// parameter words (list of strings) = ["gemma", "7b"]: The words in lower case.
// parameter exact (string) = "gemma 7b": The whole text in lower case.
// parameter fulltext (string) = "id:gemma* AND id:7b*": The same for the full-text index.
// parameter among (integer, 1..100000) = 5000: How many of the most influential models are looked at.
// parameter limit (integer, 1..200) = 50: How many are returned.
// column model (map): The model's facts and scores.
// column author_kind (string): What kind of account its author has.
// column match (integer): 0 the id, 1 its name begins so, 2 its author does, 3 words inside.
// column alias (string): The former name or other spelling that fits, when the id does not.

CALL () {
  MATCH (model:Model {id_folded: $exact}) RETURN model
  UNION
  MATCH (model:Model) WHERE model.id_folded STARTS WITH $exact
  RETURN model LIMIT 100
  UNION
  CALL db.index.fulltext.queryNodes("model_text", $fulltext, {limit: 200}) YIELD node AS model
  RETURN model
  UNION
  MATCH (model:Model) WHERE model.influence_rank <= $among
    AND all(word IN $words WHERE model.id_folded CONTAINS word)
  RETURN model ORDER BY model.influence_rank LIMIT 200
}
WITH model WHERE model.gone_since IS NULL
WITH model,
  CASE
    WHEN model.id_folded = $exact THEN 0
    WHEN toLower(model.name) STARTS WITH $exact THEN 1
    WHEN model.id_folded STARTS WITH $exact THEN 2
    ELSE 3
  END AS match,
  CASE WHEN NOT all(word IN $words WHERE model.id_folded CONTAINS word) THEN
    head([alias IN coalesce(model.aliases, [])
      WHERE all(word IN $words WHERE toLower(alias) CONTAINS word)])
  END AS alias
WITH model, match, alias
ORDER BY match, coalesce(model.influence, 0.0) DESC, coalesce(model.downloads, 0) DESC, model.id
LIMIT $limit
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
WITH model, match, alias, author.kind AS author_kind
ORDER BY match, coalesce(model.influence, 0.0) DESC, coalesce(model.downloads, 0) DESC, model.id
RETURN
  model {.id, .name, .author, .task, .library, .license, .parameters, .parameters_source,
    .created_at, .likes, .downloads, .gated, .relation,
    .known, .influence, .influence_rank, .effective_descendants, .descendants} AS model,
  author_kind, match, alias;
