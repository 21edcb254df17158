// title: Changes
// question: What happened to models between two dates?
// tags: history, change, time
// draw: table
// parameter from (datetime): From this time on, such as 2025-05-01; default: from the start.
// parameter to (datetime): Until this time (exclusive), such as 2025-06-01; default: until now.
// parameter skip (integer, 0..10000000) = 0: Leave out this many of the newest.
// parameter limit (integer, 1..10001) = 100: Most changes shown, the newest first.
// column at (datetime): When the change was seen; it happened some time before.
// column kind (string): What happened.
// column model (string): The model's id today.
// column called (string): The model's id at the time.
// column before (string): The value before; empty if there was none.
// column after (string): The value after; for a model that is gone, the reason if known.
// column descendants (integer, models): Models on the Hub made from it, direct or indirect; empty
//   without any, or before influence is computed.

MATCH (change:Change)
USING INDEX SEEK change:Change(at)
WHERE seen(change, $from, $to)
WITH change
ORDER BY change.at DESC
SKIP $skip
LIMIT $limit
WITH change, head(COLLECT { MATCH (change)-[:CONCERNS]->(model:Model) RETURN model }) AS model
RETURN change.at AS at,
       change.kind AS kind,
       model.id AS model,
       change.model AS called,
       change.before AS before,
       change.after AS after,
       model.descendants AS descendants
ORDER BY at DESC;
