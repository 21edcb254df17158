// title: Authors by name
// question: Which authors does a person mean who types this?
// tags: explorer, search
// draw: table
// listed: no
// parameter folded (string) = "goog": The text in lower case.
// parameter fulltext (string) = "goog*": The same for the full-text index.
// parameter limit (integer, 1..100) = 20: How many.
// column name (string): The author.
// column full_name (string): Name as displayed.
// column kind (string): What kind of account.
// column influence_rank (integer): Its rank.
// column match (integer): 0 the name, 1 it begins so, 2 words inside.

CALL () {
  MATCH (author:Author {name_folded: $folded}) RETURN author
  UNION
  MATCH (author:Author) WHERE author.name_folded STARTS WITH $folded
  RETURN author LIMIT 200
  UNION
  CALL db.index.fulltext.queryNodes("author_text", $fulltext, {limit: 100}) YIELD node AS author
  RETURN author
}
WITH author,
  CASE
    WHEN author.name_folded = $folded THEN 0
    WHEN author.name_folded STARTS WITH $folded THEN 1
    ELSE 2
  END AS match
RETURN
  author.name AS name, author.full_name AS full_name, author.kind AS kind,
  author.influence_rank AS influence_rank, match
ORDER BY match, coalesce(influence_rank, 9007199254740991), name
LIMIT $limit;
