// title: Models by downloads, most first
// question: Which models follow a given one in the order of downloads?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter value (integer) = 9007199254740991: The last model's downloads.
// parameter id (string) = "~": The last model's id, for models that share its downloads.
// parameter author (string): Only this author's.
// parameter task (string): Only of this task.
// parameter license (string): Only under this licence.
// parameter library (string): Only of this library.
// parameter limit (integer, 1..10001) = 51: How many.
// column model (map): The model's facts and scores.
// column author_kind (string): What kind of account its author has.

// What a model lacks is found by reading all it has: whether it is gone is asked last.
CALL () {
  MATCH (model:Model)
  USING INDEX model:Model(downloads, id)
  WHERE model.downloads = $value AND model.id < $id
    AND CASE
      WHEN $author IS NOT NULL AND NOT coalesce(model.author = $author, false) THEN false
      WHEN $task IS NOT NULL AND NOT coalesce(model.task = $task, false) THEN false
      WHEN $license IS NOT NULL AND NOT coalesce(model.license = $license, false) THEN false
      WHEN $library IS NOT NULL AND NOT coalesce(model.library = $library, false) THEN false
      ELSE model.gone_since IS NULL
    END
  RETURN model ORDER BY model.downloads DESC, model.id DESC LIMIT $limit
  UNION ALL
  MATCH (model:Model)
  USING INDEX model:Model(downloads, id)
  WHERE model.downloads < $value AND model.id IS NOT NULL
    AND CASE
      WHEN $author IS NOT NULL AND NOT coalesce(model.author = $author, false) THEN false
      WHEN $task IS NOT NULL AND NOT coalesce(model.task = $task, false) THEN false
      WHEN $license IS NOT NULL AND NOT coalesce(model.license = $license, false) THEN false
      WHEN $library IS NOT NULL AND NOT coalesce(model.library = $library, false) THEN false
      ELSE model.gone_since IS NULL
    END
  RETURN model ORDER BY model.downloads DESC, model.id DESC LIMIT $limit
}
WITH model ORDER BY model.downloads DESC, model.id DESC LIMIT $limit
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  model {.id, .name, .author, .task, .library, .license, .parameters, .parameters_source,
    .created_at, .likes, .downloads, .gated, .relation,
    .known, .influence, .influence_rank, .effective_descendants, .descendants} AS model,
  author.kind AS author_kind
ORDER BY model.downloads DESC, model.id DESC;
