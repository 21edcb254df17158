// title: How many models a filter selects
// question: Which filter, or which two, is the narrowest?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter task (string) = "text-generation": A task.
// parameter license (string): A licence.
// parameter library (string): A library.
// parameter most (integer, 1..1000000) = 8000: Where counting stops.
// column task (integer, models): Models of the task; 0 where two filters are given.
// column license (integer, models): Models under the licence, likewise.
// column library (integer, models): Models of the library, likewise.
// column task_license (integer, models): Models of the task under the licence.
// column task_library (integer, models): Models of the task and the library.
// column license_library (integer, models): Models under the licence and of the library.

CALL () {
  MATCH (model:Model {task: CASE WHEN $license IS NULL AND $library IS NULL THEN $task END})
  WITH model LIMIT $most RETURN count(model) AS task
}
CALL () {
  MATCH (model:Model {license: CASE WHEN $task IS NULL AND $library IS NULL THEN $license END})
  WITH model LIMIT $most RETURN count(model) AS license
}
CALL () {
  MATCH (model:Model {library: CASE WHEN $task IS NULL AND $license IS NULL THEN $library END})
  WITH model LIMIT $most RETURN count(model) AS library
}
CALL () {
  MATCH (model:Model)
  USING INDEX model:Model(task, license)
  WHERE model.task = $task AND model.license = $license
  WITH model LIMIT $most RETURN count(model) AS task_license
}
CALL () {
  MATCH (model:Model)
  USING INDEX model:Model(task, library)
  WHERE model.task = $task AND model.library = $library
  WITH model LIMIT $most RETURN count(model) AS task_library
}
CALL () {
  MATCH (model:Model)
  USING INDEX model:Model(license, library)
  WHERE model.license = $license AND model.library = $library
  WITH model LIMIT $most RETURN count(model) AS license_library
}
RETURN task, license, library, task_license, task_library, license_library;
