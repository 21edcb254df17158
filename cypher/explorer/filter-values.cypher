// title: The commonest tasks, licences and libraries
// question: Which values can the list of models be filtered by?
// tags: explorer, leaderboard
// draw: table
// listed: no
// precomputed: yes
// parameter top (integer, 1..1000) = 60: How many of each.
// column tasks (list of maps): Tasks with their number of models.
// column licenses (list of maps): Licences with their number of models.
// column libraries (list of maps): Libraries with their number of models.

CALL () {
  MATCH (model:Model) WHERE model.task IS NOT NULL
  WITH model.task AS value, count(*) AS models ORDER BY models DESC, value LIMIT $top
  RETURN collect({value: value, models: models}) AS tasks
}
CALL () {
  MATCH (model:Model) WHERE model.license IS NOT NULL
  WITH model.license AS value, count(*) AS models ORDER BY models DESC, value LIMIT $top
  RETURN collect({value: value, models: models}) AS licenses
}
CALL () {
  MATCH (model:Model) WHERE model.library IS NOT NULL
  WITH model.library AS value, count(*) AS models ORDER BY models DESC, value LIMIT $top
  RETURN collect({value: value, models: models}) AS libraries
}
RETURN tasks, licenses, libraries;
