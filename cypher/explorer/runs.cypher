// title: Newest runs
// question: Which loads and computations made what the pages show?
// tags: explorer, runs
// draw: table
// listed: no
// column kind (string): What it did.
// column source (string): What it read.
// column status (string): How it ended.
// column started_at (datetime): Start.
// column ended_at (datetime): End.
// column observed_to (datetime): Newest observation among the records it read.
// column counts (string): What it read and wrote, as JSON.
// column settings (string): The settings that shaped its result, as JSON.

MATCH (run:Run)
WHERE run.started_at IS NOT NULL
RETURN
  run.kind AS kind, run.source AS source, run.status AS status,
  run.started_at AS started_at, run.ended_at AS ended_at, run.observed_to AS observed_to,
  run.counts AS counts, run.settings AS settings
ORDER BY started_at DESC, run.id
LIMIT 10;
