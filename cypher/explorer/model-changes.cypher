:param folded => "google/gemma-7b";

// title: What happened to a model
// question: Which changes of this model were seen, and when?
// tags: explorer, model
// draw: table
// listed: no
// parameter folded (string): The model's id in lower case.
// column at (datetime): When it was seen; it happened some time before.
// column kind (string): What happened.
// column before (string): What it was before.
// column after (string): What it was then.

MATCH (:Model {id_folded: $folded})<-[:CONCERNS]-(change:Change)
RETURN change.at AS at, change.kind AS kind, change.before AS before, change.after AS after
ORDER BY at DESC, kind
LIMIT 20;
