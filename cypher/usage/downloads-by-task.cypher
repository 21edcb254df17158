// title: Downloads by task
// question: What are models downloaded for?
// tags: usage, task, overview
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most tasks shown.
// column task (string): The Hub's pipeline tag; empty for models without one.
// column stated (boolean): False: no record says anything about the task of these models.
// column downloads (integer, count): Downloads of the last 30 days.
// column models (integer, models): Models of the task.
// column likes (integer, count): Their likes.
// column share (float): Share of all downloads, from 0 to 1.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH m.task AS task,
     m.task IS NOT NULL OR 'task' IN coalesce(m.absent, []) AS stated,
     known_sum(m.downloads) AS downloads, count(*) AS models, known_sum(m.likes) AS likes
WITH collect({task: task, stated: stated, downloads: downloads, models: models, likes: likes}) AS tasks,
     sum(downloads) AS total
UNWIND tasks AS row
RETURN row.task AS task,
       row.stated AS stated,
       row.downloads AS downloads,
       row.models AS models,
       row.likes AS likes,
       CASE total WHEN 0 THEN null ELSE toFloat(row.downloads) / total END AS share
ORDER BY coalesce(downloads, -1) DESC, models DESC, task
LIMIT $limit;
