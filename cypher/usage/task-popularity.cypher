// title: Popularity of tasks
// question: How much are models of the largest tasks downloaded and liked?
// tags: usage, task, overview
// draw: bar median_downloads
// precomputed: yes
// parameter limit (integer, 1..1000) = 20: Most tasks, those with most models.
// column task (string): The Hub's pipeline tag.
// column models (integer, models): Models of the task.
// column median_downloads (integer, count): Downloads of the last 30 days that half of them reach.
// column median_likes (integer, count): Likes that half of them reach.
// column mean_downloads (float, count): Mean downloads, which a handful of models rules.
// column mean_likes (float, count): Mean likes.
// column downloads (integer, count): Downloads of all of them.
// column likes (integer, count): Likes of all of them.
// column parameters (float, count): Geometric mean of their numbers of parameters.
// column with_size (integer, models): Those of which that number is known.

MATCH (m:Model)
WHERE m.task IS NOT NULL AND here(m)
RETURN m.task AS task,
       count(*) AS models,
       percentileDisc(m.downloads, 0.5) AS median_downloads,
       percentileDisc(m.likes, 0.5) AS median_likes,
       avg(m.downloads) AS mean_downloads,
       avg(m.likes) AS mean_likes,
       known_sum(m.downloads) AS downloads,
       known_sum(m.likes) AS likes,
       exp(avg(CASE WHEN m.parameters > 0 THEN log(m.parameters) END)) AS parameters,
       count(m.parameters) AS with_size
ORDER BY models DESC, task
LIMIT $limit;
