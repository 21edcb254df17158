// title: Defects in cards
// question: What is wrong in the cards of models, and how often?
// tags: hygiene, overview, card
// draw: bar
// precomputed: yes
// column check (string): Id of the check.
// column title (string): What is wrong.
// column models (integer, models): Models on the Hub of which that is so.
// column seriousness (string): error: it cannot be so; warning: lineage leads nowhere or astray;
//   notice: less is said than could be.
// column example (string): The most downloaded of these models.
// column evidence (string): What was found there.
// column patch (string): Line of its card's front matter, in YAML, that would mend it.

CALL () {
  defects(null)
}
WITH defect, model, evidence, patch
ORDER BY coalesce(model.downloads, -1) DESC, model.id
WITH defect, count(*) AS models, head(collect([model.id, evidence, patch])) AS first
WITH *, CASE defect
    WHEN 'own-base' THEN ['error', 'Names itself as its base']
    WHEN 'circle' THEN ['error', 'Names a base that was made from it']
    WHEN 'base-not-an-id' THEN ['warning', 'Names a base by something that is not an id']
    WHEN 'unknown-base' THEN ['warning', 'Names a base without a record']
    WHEN 'gone-base' THEN ['warning', 'Names a base that is gone or disabled']
    WHEN 'no-relation' THEN ['warning', 'Names a base that the Hub does not link']
    WHEN 'format-copy' THEN ['warning', 'Declares a relation that its name contradicts']
    WHEN 'other-base' THEN ['warning', 'Names another base than its own name does']
    WHEN 'bases-without-merge' THEN ['warning', 'Names several bases and is no merge']
    WHEN 'base-and-its-base' THEN ['notice', 'Names a base and what that was made from']
    WHEN 'renamed-base' THEN ['notice', 'Names a base by a former name']
    WHEN 'base-in-other-case' THEN ['notice', 'Names a base in other upper and lower case']
    WHEN 'licence-without-name' THEN ['notice', 'Has the licence other, without a name']
    WHEN 'no-licence' THEN ['notice', 'States no licence']
  END AS words
RETURN defect AS check,
       words[1] AS title,
       models,
       words[0] AS seriousness,
       first[0] AS example,
       first[1] AS evidence,
       first[2] AS patch
ORDER BY CASE seriousness WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,
         models DESC, check;
