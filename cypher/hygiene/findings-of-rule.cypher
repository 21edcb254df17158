// title: Findings of one rule
// question: Which models and authors did a rule find, and by which evidence?
// tags: hygiene
// draw: table
// parameter rule (string) = "format-copy": Id of the rule, such as other-base or own-series.
// parameter limit (integer, 1..1000) = 100: Most findings shown, the most downloaded models first.
// column found (string): A model on the Hub, or an author.
// column evidence (string): What the rule found.
// column downloads (integer, count): The model's downloads of the last 30 days.

CALL () {
  MATCH (thing:Model)
  WHERE thing.findings IS NOT NULL AND thing.gone_since IS NULL
  RETURN thing, thing.id AS found
  UNION ALL
  MATCH (thing:Author)
  WHERE thing.findings IS NOT NULL
  RETURN thing, thing.name AS found
}
UNWIND thing.findings AS finding
WITH thing, found, finding
WHERE finding STARTS WITH $rule + ': '
WITH thing, found, substring(finding, size($rule) + 2) AS evidence
ORDER BY coalesce(thing.downloads, -1) DESC, found
LIMIT $limit
RETURN found, evidence, thing.downloads AS downloads;
