// title: Most downloaded models of a period
// question: Which models of a period are downloaded most, and how large are they?
// tags: usage, leaderboard, size, time
// draw: bar downloads
// parameter from (datetime): Only models created from here on.
// parameter to (datetime): Only models created before.
// parameter limit (integer, 1..1000) = 10: Most models shown.
// column model (string): The model's id.
// column downloads (integer, count): Downloads of the last 30 days.
// column size_band (string): The band of its size.
// column parameters (integer, count): Number of parameters.
// column parameters_source (string): Where that number comes from; from the name it is a guess.
// column created_at (datetime): When it was created.
// column task (string): The Hub's pipeline tag.
// column likes (integer, count): Likes.

CALL () {
  WITH 1 AS one WHERE NOT coalesce($from + duration('P90D') > $to, false)
  MATCH (m:Model)
  WHERE m.downloads >= 0 AND m.id IS NOT NULL AND NOT m:Gone
    AND ($from IS NULL OR m.created_at >= $from) AND ($to IS NULL OR m.created_at < $to)
  RETURN m ORDER BY m.downloads DESC, m.id DESC LIMIT $limit
  UNION ALL
  WITH 1 AS one WHERE $from + duration('P90D') > $to
  MATCH (m:Model)
  WHERE m.created_at >= $from AND m.created_at < $to AND m.id IS NOT NULL
    AND m.downloads >= 0 AND NOT m:Gone
  RETURN m ORDER BY m.downloads DESC, m.id DESC LIMIT $limit
}
RETURN m.id AS model,
       m.downloads AS downloads,
       size_band(m.parameters) AS size_band,
       m.parameters AS parameters,
       m.parameters_source AS parameters_source,
       m.created_at AS created_at,
       m.task AS task,
       m.likes AS likes
ORDER BY downloads DESC, model DESC;
