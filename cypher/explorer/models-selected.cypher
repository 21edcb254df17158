// title: Models of a small selection, sorted
// question: Which models of one author, task, licence or library follow a given one?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter by (string) = "author": The filter, or the two, whose index finds the models: author, task,
//   license, library, task_license, task_library or license_library.
// parameter sort (string, influence | downloads | likes | descendants | created_at) = "influence": The order.
// parameter ascending (boolean) = false: Least first.
// parameter value (float) = 1e300: The last model's value; of a date its milliseconds since 1970.
// parameter id (string) = "~": The last model's id, for models that share its value.
// parameter author (string): Only this author's.
// parameter task (string): Only of this task.
// parameter license (string): Only under this licence.
// parameter library (string): Only of this library.
// parameter limit (integer, 1..10001) = 51: How many.
// column model (map): The model's facts and scores.
// column author_kind (string): What kind of account its author has.

CALL () {
  MATCH (model:Model {author: CASE $by WHEN "author" THEN $author END})
  RETURN model
  UNION ALL
  MATCH (model:Model {task: CASE $by WHEN "task" THEN $task END})
  RETURN model
  UNION ALL
  MATCH (model:Model {license: CASE $by WHEN "license" THEN $license END})
  RETURN model
  UNION ALL
  MATCH (model:Model {library: CASE $by WHEN "library" THEN $library END})
  RETURN model
  UNION ALL
  MATCH (model:Model)
  USING INDEX model:Model(task, license)
  WHERE model.task = CASE $by WHEN "task_license" THEN $task END
    AND model.license = $license
  RETURN model
  UNION ALL
  MATCH (model:Model)
  USING INDEX model:Model(task, library)
  WHERE model.task = CASE $by WHEN "task_library" THEN $task END
    AND model.library = $library
  RETURN model
  UNION ALL
  MATCH (model:Model)
  USING INDEX model:Model(license, library)
  WHERE model.license = CASE $by WHEN "license_library" THEN $license END
    AND model.library = $library
  RETURN model
}
WITH model
WHERE CASE WHEN $sort IN ["influence", "descendants"] THEN model:Base ELSE true END
WITH model
// What the index found is not read again.
WHERE ($by = "author" OR $author IS NULL OR model.author = $author)
    AND ($by CONTAINS "task" OR $task IS NULL OR model.task = $task)
    AND ($by CONTAINS "license" OR $license IS NULL OR model.license = $license)
    AND ($by CONTAINS "library" OR $library IS NULL OR model.library = $library)
WITH model,
  CASE $sort
    WHEN "created_at" THEN toFloat(model.created_at.epochMillis)
    ELSE toFloat(model[$sort])
  END AS value
WHERE value IS NOT NULL
    AND CASE
      WHEN value = $value THEN CASE WHEN $ascending THEN model.id > $id ELSE model.id < $id END
      WHEN $ascending THEN value > $value
      ELSE value < $value
    END
    AND model.gone_since IS NULL
WITH model, value
ORDER BY
  CASE WHEN $ascending THEN value ELSE -value END,
  CASE WHEN $ascending THEN model.id END,
  CASE WHEN NOT $ascending THEN model.id END DESC
LIMIT $limit
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
WITH model, value, author.kind AS author_kind
ORDER BY
  CASE WHEN $ascending THEN value ELSE -value END,
  CASE WHEN $ascending THEN model.id END,
  CASE WHEN NOT $ascending THEN model.id END DESC
RETURN
  model {.id, .name, .author, .task, .library, .license, .parameters, .parameters_source,
    .created_at, .likes, .downloads, .gated, .relation,
    .known, .influence, .influence_rank, .effective_descendants, .descendants} AS model,
  author_kind;
