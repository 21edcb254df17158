// title: Changes by week
// question: How many models appeared, vanished, returned or changed each week?
// tags: history, change, time, overview
// draw: stack appeared, gone, returned, renamed, bases, license
// precomputed: yes
// parameter from (datetime): From this time on, such as 2025-05-01; default: from the start.
// parameter to (datetime): Until this time (exclusive), such as 2025-06-01; default: until now.
// column week (string): The Monday on which the week begins (UTC).
// column changes (integer, changes): All changes seen in the week.
// column appeared (integer, models): Models seen for the first time.
// column missing (integer, models): Models that a crawl did not see where they should be.
// column gone (integer, models): Models that vanished.
// column returned (integer, models): Models that returned.
// column renamed (integer, models): Models that were renamed.
// column taken_over (integer, models): Names taken over by another model.
// column bases (integer, models): Models whose bases changed.
// column relation (integer, models): Models whose relation to their bases changed.
// column license (integer, models): Models whose licence changed.
// column gated (integer, models): Models whose access changed.
// column parameters (integer, models): Models whose number of parameters changed.

CALL () {
  MATCH (change:Change)
  WHERE change.at >= coalesce($from, datetime('0001-01-01T00:00Z'))
  RETURN change.at AS first ORDER BY first LIMIT 1
}
CALL () {
  MATCH (change:Change)
  WHERE change.at < coalesce($to, datetime('9999-12-31T00:00Z'))
  RETURN change.at AS last ORDER BY last DESC LIMIT 1
}
WITH datetime.truncate('week', first) AS monday, datetime.truncate('week', last) AS last
UNWIND range(0, duration.inDays(monday, last).days / 7) AS number
WITH monday + duration({days: 7 * number}) AS week
WITH week,
     CASE WHEN $from > week THEN $from ELSE week END AS start,
     week + duration({days: 7}) AS following
WITH week, start, CASE WHEN $to < following THEN $to ELSE following END AS end
UNWIND ['appeared', 'missing', 'gone', 'returned', 'renamed', 'taken_over', 'bases', 'relation',
        'license', 'gated', 'parameters'] AS kind
CALL (kind, start, end) {
  MATCH (change:Change)
  WHERE change.kind = kind AND change.at >= start AND change.at < end
  RETURN count(change) AS changes
}
WITH week, collect({kind: kind, changes: changes}) AS found, sum(changes) AS changes
WHERE changes > 0
RETURN toString(date(week)) AS week,
       changes,
       [x IN found WHERE x.kind = 'appeared' | x.changes][0] AS appeared,
       [x IN found WHERE x.kind = 'missing' | x.changes][0] AS missing,
       [x IN found WHERE x.kind = 'gone' | x.changes][0] AS gone,
       [x IN found WHERE x.kind = 'returned' | x.changes][0] AS returned,
       [x IN found WHERE x.kind = 'renamed' | x.changes][0] AS renamed,
       [x IN found WHERE x.kind = 'taken_over' | x.changes][0] AS taken_over,
       [x IN found WHERE x.kind = 'bases' | x.changes][0] AS bases,
       [x IN found WHERE x.kind = 'relation' | x.changes][0] AS relation,
       [x IN found WHERE x.kind = 'license' | x.changes][0] AS license,
       [x IN found WHERE x.kind = 'gated' | x.changes][0] AS gated,
       [x IN found WHERE x.kind = 'parameters' | x.changes][0] AS parameters
ORDER BY week;
