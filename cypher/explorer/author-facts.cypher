// title: One author
// question: What is known of an author, and how much did it publish?
// tags: explorer, author
// draw: table
// listed: no
// parameter folded (string) = "google": The author's name in lower case.
// column author (map): Everything stated and computed about it.
// column models (integer, models): Models it published.
// column with_base (integer, models): Those that name what they were made from.
// column scored (integer, models): Those that others were made from.
// column downloads (integer, count): Their downloads of the last 30 days.
// column likes (integer, count): Their likes.

MATCH (author:Author {name_folded: $folded})
OPTIONAL MATCH (author)-[held:PUBLISHED WHERE held.gone_since IS NULL]->(model:Model)
  WHERE model.gone_since IS NULL
RETURN
  properties(author) AS author,
  count(model) AS models,
  count(model.relation) AS with_base,
  count(model.influence) AS scored,
  sum(model.downloads) AS downloads,
  sum(model.likes) AS likes;
