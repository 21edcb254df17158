// title: Defects of one kind
// question: In which cards is something wrong, and which line would mend it?
// tags: hygiene, card
// draw: table
// parameter check (string, own-base | circle | base-not-an-id | unknown-base | gone-base | no-relation | format-copy | other-base | bases-without-merge | base-and-its-base | renamed-base | base-in-other-case | licence-without-name | no-licence) = "unknown-base": What is wrong.
// parameter limit (integer, 1..10000) = 100: Most models shown, the most downloaded first.
// column model (string): A model on the Hub.
// column evidence (string): What was found.
// column patch (string): Line of its card's front matter, in YAML, that would mend it; a comment
//   says what only its author knows. Empty where a base has an id that cannot be one.
// column downloads (integer, count): Its downloads of the last 30 days.

CALL () {
  defects($check, model)
}
WITH found AS model, evidence, patch
ORDER BY coalesce(model.downloads, -1) DESC, model.id
LIMIT $limit
RETURN model.id AS model, evidence, patch, model.downloads AS downloads;
