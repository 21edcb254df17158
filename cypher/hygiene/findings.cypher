// title: Findings by rule
// question: What in the graph is worth a look, and how often?
// tags: hygiene, overview
// draw: bar
// precomputed: yes
// column rule (string): Id of the rule; the docs on influence say what each looks for.
// column models (integer, models): Models on the Hub that it found.
// column authors (integer, authors): Authors that it found.
// column example (string): The most downloaded of these models, or the first author by name.
// column evidence (string): What the rule found there.

CALL () {
  MATCH (model:Model)
  WHERE model.findings IS NOT NULL AND model.gone_since IS NULL
  UNWIND model.findings AS finding
  WITH model, finding, split(finding, ': ')[0] AS rule
  ORDER BY coalesce(model.downloads, -1) DESC, model.id
  WITH rule, count(*) AS models, collect([model.id, finding])[0] AS first
  RETURN rule, models, 0 AS authors, first
  UNION ALL
  MATCH (author:Author)
  WHERE author.findings IS NOT NULL
  UNWIND author.findings AS finding
  WITH author, finding, split(finding, ': ')[0] AS rule ORDER BY author.name
  WITH rule, count(*) AS authors, collect([author.name, finding])[0] AS first
  RETURN rule, 0 AS models, authors, first
}
RETURN rule,
       models,
       authors,
       first[0] AS example,
       substring(first[1], size(rule) + 2) AS evidence
ORDER BY models + authors DESC, rule;
