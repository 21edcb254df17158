:param by_author => "google";
:param by_task => null;
:param by_license => null;
:param by_library => null;
:param author => null;
:param task => null;
:param license => null;
:param library => null;
:param sort => "influence";
:param ascending => false;
:param value => 1e300;
:param id => "~";
:param limit => 51;

// title: Models of a small selection, sorted
// question: Which models of one author, task, licence or library follow a given one?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter by_author (string): Found by this author; one of the four `by_` is given.
// parameter by_task (string): Found by this task.
// parameter by_license (string): Found by this licence.
// parameter by_library (string): Found by this library.
// parameter sort (string, influence | downloads | likes | descendants | created_at): The order.
// parameter ascending (boolean): Least first.
// parameter value (float): The last model's value; of a date its milliseconds since 1970.
// parameter id (string): The last model's id, for models that share its value.
// parameter author (string): Only this author's.
// parameter task (string): Only of this task.
// parameter license (string): Only under this licence.
// parameter library (string): Only of this library.
// parameter limit (integer, 1..10001): How many.
// column model (map): The model's facts and scores.
// column author_kind (string): What kind of account its author has.

CALL () {
  MATCH (model:Model {author: $by_author}) RETURN model
  UNION ALL
  MATCH (model:Model {task: $by_task}) RETURN model
  UNION ALL
  MATCH (model:Model {license: $by_license}) RETURN model
  UNION ALL
  MATCH (model:Model {library: $by_library}) RETURN model
}
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
    AND ($author IS NULL OR model.author = $author)
    AND ($task IS NULL OR model.task = $task)
    AND ($license IS NULL OR model.license = $license)
    AND ($library IS NULL OR model.library = $library)
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
