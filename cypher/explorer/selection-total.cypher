// title: How long a filtered list is
// question: How many models does a list hold?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter by (string) = "author": The filter, or the two, whose index finds the models: author, task,
//   license, library, task_license, task_library or license_library.
// parameter author (string): Only this author's.
// parameter task (string): Only of this task.
// parameter license (string): Only under this licence.
// parameter library (string): Only of this library.
// parameter sort (string, influence | downloads | likes | descendants | created_at) = "influence": The order;
//   models without a value are not in the list.
// parameter most (integer, 1..1000000) = 2500: Where counting stops.
// column models (integer, models): Models in the list.
// column without (integer, models): Selected models that have no value to be sorted by.

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
// What the index found is not read again.
WHERE ($by = "author" OR $author IS NULL OR model.author = $author)
    AND ($by CONTAINS "task" OR $task IS NULL OR model.task = $task)
    AND ($by CONTAINS "license" OR $license IS NULL OR model.license = $license)
    AND ($by CONTAINS "library" OR $library IS NULL OR model.library = $library)
WITH model WHERE model.gone_since IS NULL
WITH model LIMIT $most
RETURN
  count(model[$sort]) AS models,
  count(model) - count(model[$sort]) AS without;
