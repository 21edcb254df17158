// title: Authors with a name that comes near
// question: Which authors may a mistyped name have meant?
// tags: explorer, search
// draw: table
// listed: no
// parameter fulltext (string) = "gogle~1": The words for the full-text index, each with room for a slip.
// parameter limit (integer, 1..200) = 60: How many.
// column name (string): The author.

CALL db.index.fulltext.queryNodes("author_text", $fulltext, {limit: $limit})
YIELD node AS author, score
RETURN author.name AS name
ORDER BY score DESC, name;
