// title: What happened
// question: What happened to models between two dates?
// tags: history, change, time
// draw: table
// parameter from (datetime): The first moment, such as 2025-05-01; nothing: from the start.
// parameter to (datetime): The moment after the last, such as 2025-06-01; nothing: up to now.
// parameter skip (integer, 0..10000000) = 0: How many of the newest to leave out.
// parameter limit (integer, 1..10001) = 100: Most changes shown, the newest first.
// column at (datetime): When it was seen; it happened some time before.
// column kind (string): What happened.
// column model (string): What the model is called now.
// column called (string): What it was called then.
// column before (string): What it was before; empty where there was nothing.
// column after (string): What it was then; of what is gone, why.

MATCH (change:Change)
WHERE change.at >= coalesce($from, datetime('0001-01-01T00:00Z'))
  AND change.at < coalesce($to, datetime('9999-12-31T00:00Z'))
WITH change
ORDER BY change.at DESC
SKIP $skip
LIMIT $limit
RETURN change.at AS at,
       change.kind AS kind,
       head(COLLECT { MATCH (change)-[:CONCERNS]->(model:Model) RETURN model.id }) AS model,
       change.model AS called,
       change.before AS before,
       change.after AS after
ORDER BY at DESC;
