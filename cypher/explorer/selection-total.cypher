:param by_author => "google";
:param by_task => null;
:param by_license => null;
:param by_library => null;
:param author => null;
:param task => null;
:param license => null;
:param library => null;
:param sort => "influence";
:param most => 100000;

// title: How long a filtered list is
// question: How many models does a list hold?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter by_author (string): Found by this author; one of the four `by_` is given.
// parameter by_task (string): Found by this task.
// parameter by_license (string): Found by this licence.
// parameter by_library (string): Found by this library.
// parameter author (string): Only this author's.
// parameter task (string): Only of this task.
// parameter license (string): Only under this licence.
// parameter library (string): Only of this library.
// parameter sort (string, influence | downloads | likes | descendants | created_at): The order;
//   models without a value are not in the list.
// parameter most (integer, 1..1000000): Where counting stops.
// column models (integer, models): Models in the list.
// column without (integer, models): Selected models that have no value to be sorted by.

CALL () {
  MATCH (model:Model {author: $by_author}) RETURN model
  UNION ALL
  MATCH (model:Model {task: $by_task}) RETURN model
  UNION ALL
  MATCH (model:Model {license: $by_license}) RETURN model
  UNION ALL
  MATCH (model:Model {library: $by_library}) RETURN model
}
WITH model
WHERE model.gone_since IS NULL
    AND ($author IS NULL OR model.author = $author)
    AND ($task IS NULL OR model.task = $task)
    AND ($license IS NULL OR model.license = $license)
    AND ($library IS NULL OR model.library = $library)
WITH model LIMIT $most
RETURN
  count(model[$sort]) AS models,
  count(model) - count(model[$sort]) AS without;
