// title: Snapshots
// question: When was a complete snapshot taken, and how much had changed since the one before?
// tags: history, runs, time
// draw: table
// parameter limit (integer, 1..1000) = 100: Most snapshots shown, the newest first.
// column taken_at (datetime): The time it shows: of the newest observation, or else the run's
//   start.
// column scope (string): What it covers completely.
// column kind (string): How it came: import, update or crawl.
// column source (string): What it was read from.
// column started_at (datetime): When the run began.
// column ended_at (datetime): When the run ended.
// column changes (integer, changes): What was seen to happen to models since the snapshot of models
//   before it; empty for the first one, and for those of datasets or Spaces.
// column run (string): Id of the run.

MATCH (run:Run)
WHERE run.scope IS NOT NULL AND run.status = 'complete'
WITH run, coalesce(run.observed_to, run.started_at) AS taken_at
ORDER BY taken_at DESC, run.started_at DESC, run.id
WITH run.scope AS scope, collect({run: run, at: taken_at}) AS taken
UNWIND range(0, size(taken) - 1) AS i
WITH scope, taken[i].run AS run, taken[i].at AS taken_at, taken[i + 1].at AS before
ORDER BY taken_at DESC, scope, run.id
LIMIT $limit
RETURN taken_at,
       scope,
       run.kind AS kind,
       run.source AS source,
       run.started_at AS started_at,
       run.ended_at AS ended_at,
       CASE WHEN before IS NOT NULL AND scope STARTS WITH 'Model ' THEN COUNT {
         MATCH (change:Change) WHERE change.at > before AND change.at <= taken_at
       } END AS changes,
       run.id AS run
ORDER BY taken_at DESC, scope, run;
