// title: Changes of a model
// question: What happened to this model between two dates?
// tags: history, change, model, time
// draw: table
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter kind (string, appeared | gone | returned | renamed | taken_over | bases | relation | license | gated | parameters): What happened.
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

MATCH (model:Model {id_folded: toLower($model)})<-[:CONCERNS]-(change:Change)
WHERE seen(change, $from, $to)
  AND ($kind IS NULL OR change.kind = $kind)
RETURN change.at AS at,
       change.kind AS kind,
       model.id AS model,
       change.model AS called,
       change.before AS before,
       change.after AS after,
       model.descendants AS descendants
ORDER BY at DESC, kind, called
SKIP $skip
LIMIT $limit;
