// title: How much happened
// question: How many changes are there between two dates?
// tags: history, change
// draw: table
// listed: no
// parameter model (string): Only those of this model; case does not matter.
// parameter kind (string): Only those of this kind.
// parameter from (datetime): The first moment; nothing: from the start.
// parameter to (datetime): The moment after the last; nothing: up to now.
// parameter most (integer, 1..100000000) = 100000: Where counting ends.
// column changes (integer, changes): How many there are, or `most` if there are more.

WITH coalesce($from, datetime('0001-01-01T00:00Z')) AS start,
     coalesce($to, datetime('9999-12-31T00:00Z')) AS end
CALL (start, end) {
  WITH start, end WHERE $model IS NOT NULL
  MATCH (:Model {id_folded: toLower($model)})<-[:CONCERNS]-(change:Change)
  WHERE change.at >= start AND change.at < end AND ($kind IS NULL OR change.kind = $kind)
  RETURN count(change) AS changes
  UNION ALL
  WITH start, end WHERE $model IS NULL AND $kind IS NOT NULL
  CALL (start, end) {
    MATCH (change:Change)
    WHERE change.kind = $kind AND change.at >= start AND change.at < end
    RETURN change LIMIT $most
  }
  RETURN count(change) AS changes
  UNION ALL
  WITH start, end WHERE $model IS NULL AND $kind IS NULL
  CALL (start, end) {
    MATCH (change:Change)
    WHERE change.at >= start AND change.at < end
    RETURN change LIMIT $most
  }
  RETURN count(change) AS changes
}
RETURN sum(changes) AS changes;
