// title: Popularity of authors
// question: How much are models of the accounts with most models downloaded and liked?
// tags: author, usage, overview
// draw: bar median_downloads
// precomputed: yes
// parameter limit (integer, 1..1000) = 20: Most authors, those with most models.
// column author (string): Account name.
// column kind (string): User or organization.
// column models (integer, models): Its models on the Hub.
// column median_downloads (integer, count): Downloads of the last 30 days that half of them reach.
// column median_likes (integer, count): Likes that half of them reach.
// column mean_downloads (float, count): Mean downloads, which a handful of models rules.
// column mean_likes (float, count): Mean likes.
// column downloads (integer, count): Downloads of all of them.
// column likes (integer, count): Likes of all of them.
// column parameters (float, count): Geometric mean of their numbers of parameters.
// column with_size (integer, models): Those of which that number is known.

MATCH (a:Author)-[p:PUBLISHED]->(m:Model)
WHERE p.gone_since IS NULL AND here(m)
WITH a, count(*) AS models
ORDER BY models DESC, a.name
LIMIT $limit
CALL (a) {
  MATCH (a)-[p:PUBLISHED]->(m:Model)
  WHERE p.gone_since IS NULL AND here(m)
  RETURN percentileDisc(m.downloads, 0.5) AS median_downloads,
         percentileDisc(m.likes, 0.5) AS median_likes,
         avg(m.downloads) AS mean_downloads,
         avg(m.likes) AS mean_likes,
         known_sum(m.downloads) AS downloads,
         known_sum(m.likes) AS likes,
         exp(avg(CASE WHEN m.parameters > 0 THEN log(m.parameters) END)) AS parameters,
         count(m.parameters) AS with_size
}
RETURN a.name AS author,
       a.kind AS kind,
       models,
       median_downloads,
       median_likes,
       mean_downloads,
       mean_likes,
       downloads,
       likes,
       parameters,
       with_size
ORDER BY models DESC, author;
