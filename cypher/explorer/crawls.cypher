// title: Crawls and how they ended
// question: What was crawled, how did the newest run of each crawl end, and is it still recent?
// tags: explorer, coverage, crawl
// draw: table
// listed: no
// parameter stale_days (integer, 1..10000) = 30: A crawl that ended longer ago is stale.
// parameter limit (integer, 1..10000) = 1000: Most crawls.
// column source (string): What was crawled: spider, options and Hub.
// column state (string): complete, capped, failed, interrupted or running; stale for a complete or
//   capped one that is old.
// column status (string): The same without stale.
// column run (string): Id of the newest run.
// column runs (integer): How many runs there were.
// column started_at (datetime): Start of the newest run.
// column ended_at (datetime): Its end.
// column done_at (datetime): When a run of it last ended complete or capped.
// column counts (string): What it read and wrote, as JSON.
// column message (string): Why it failed, or what it could not reach.

MATCH (run:Run {kind: "crawl"})
WHERE run.started_at IS NOT NULL
WITH run ORDER BY run.started_at DESC, run.id
WITH run.source AS source,
     head(collect(run)) AS newest,
     count(*) AS runs,
     max(CASE WHEN run.status IN ["complete", "capped"] THEN run.ended_at END) AS done_at
WITH source, newest, runs, done_at,
     newest.status IN ["complete", "capped"]
       AND newest.ended_at < datetime() - duration({days: $stale_days}) AS is_stale
RETURN source,
       CASE WHEN is_stale THEN "stale" ELSE newest.status END AS state,
       newest.status AS status,
       newest.id AS run,
       runs,
       newest.started_at AS started_at,
       newest.ended_at AS ended_at,
       done_at,
       newest.counts AS counts,
       newest.message AS message
ORDER BY started_at DESC, run
LIMIT $limit;
