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
  defects(null, model)
}
WITH defect, found AS model, evidence, patch
ORDER BY coalesce(model.downloads, -1) DESC, model.id
WITH defect, count(*) AS models, head(collect([model.id, evidence, patch])) AS first
WITH *, check_words(defect) AS words
RETURN defect AS check,
       words[1] AS title,
       models,
       words[0] AS seriousness,
       first[0] AS example,
       first[1] AS evidence,
       first[2] AS patch
ORDER BY CASE seriousness WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,
         models DESC, check;
