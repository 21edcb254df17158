// title: Models per author
// question: Who has the most models on the Hub?
// tags: author, leaderboard, usage
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most authors shown.
// column author (string): Account name.
// column models (integer, models): Its models on the Hub.
// column derivatives (integer, models): Those that say they were made from another model; empty where no
//   record says it of any.
// column downloads (integer, count): Downloads of all of them in the last 30 days.
// column likes (integer, count): Their likes.
// column kind (string): User or organization.
// column rank (integer): The author's rank by influence.

MATCH (a:Author)-[p:PUBLISHED]->(m:Model)
WHERE p.gone_since IS NULL AND here(m)
WITH a, count(*) AS models
ORDER BY models DESC, a.name
LIMIT $limit
CALL (a) {
  MATCH (a)-[p:PUBLISHED]->(m:Model)
  WHERE p.gone_since IS NULL AND here(m)
  RETURN CASE WHEN count(m.base_count) > 0 THEN count(m.relation) END AS derivatives,
         known_sum(m.downloads) AS downloads,
         known_sum(m.likes) AS likes
}
RETURN a.name AS author,
       models,
       derivatives,
       downloads,
       likes,
       a.kind AS kind,
       a.influence_rank AS rank
ORDER BY models DESC, author;
