// title: Table of the authors of the most liked models
// question: Who published the models that are liked most?
// tags: author, table, leaderboard, task
// draw: table
// parameter task (string): Only models of this task, such as text-generation.
// parameter limit (integer, 1..30000) = 1000: Most models, the most liked first: those of
//   `models-table` with the same values.
// parameter min_likes (integer, 0..1000000000): Only models with at least so many likes.
// parameter min_downloads (integer, 0..1000000000000): Only models with at least so many downloads of
//   the last 30 days.
// parameter from (datetime): Only models created from here on.
// parameter to (datetime): Only models created before.
// parameter min_size (integer, 0..1000000000000000): Only models of at least so many parameters.
// parameter max_size (integer, 0..1000000000000000): Only models of at most so many.
// column author (string): Account name; empty for models of no account.
// column models (integer, models): Its models among the most liked.
// column likes (integer, count): Their likes.
// column downloads (integer, count): Their downloads of the last 30 days.
// column kind (string): User or organization.
// column full_name (string): Display name.
// column followers (integer, accounts): Its followers on the Hub.
// column effective_descendants (float, models): The author's influence: what models of others that
//   descend from its models count, damped by distance.
// column rank (integer): Its rank by influence among all authors.

CALL () {
  most_liked(model, $task, $min_likes, $min_downloads, $from, $to, $min_size, $max_size, $limit)
}
WITH model.author AS author, count(*) AS models, sum(model.likes) AS likes,
     known_sum(model.downloads) AS downloads
OPTIONAL MATCH (a:Author {name_folded: toLower(author)})
RETURN author,
       models,
       likes,
       downloads,
       a.kind AS kind,
       a.full_name AS full_name,
       a.followers AS followers,
       a.effective_descendants AS effective_descendants,
       a.influence_rank AS rank
ORDER BY likes DESC, models DESC, author;
