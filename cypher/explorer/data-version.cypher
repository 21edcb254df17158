// title: Which state the data is in
// question: Which runs made the data, and is one writing right now?
// tags: explorer, runs
// draw: table
// listed: no
// column runs (list of strings): The newest runs with how they ended; changes with the data.
// column size (integer): Nodes and relationships; changes with most edits by hand.
// column observed_to (datetime): Newest observation on the Hub that was loaded.
// column loaded_at (datetime): When the newest load ended.
// column scored_at (datetime): When influence was last computed.
// column running (boolean): Whether a run that began within six hours has not ended.

MATCH (run:Run)
WHERE run.started_at IS NOT NULL
WITH run ORDER BY run.started_at DESC, run.id LIMIT 20
RETURN
  collect(run.id + " " + run.status + " " + coalesce(toString(run.ended_at), "")) AS runs,
  COUNT { () } + COUNT { ()-->() } AS size,
  max(CASE WHEN run.kind <> "influence" THEN run.observed_to END) AS observed_to,
  max(CASE WHEN run.kind <> "influence" THEN run.ended_at END) AS loaded_at,
  max(CASE run.kind WHEN "influence" THEN run.ended_at END) AS scored_at,
  any(status IN collect(CASE
    WHEN run.started_at > datetime() - duration({hours: 6}) THEN run.status
  END) WHERE status = "running") AS running;
