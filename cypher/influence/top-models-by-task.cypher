// title: Most influential models by task
// question: Which models lead each task?
// tags: influence, leaderboard, model, task
// draw: table
// precomputed: yes
// parameter per_task (integer, 1..50) = 3: Most models shown of one task.
// parameter limit (integer, 1..1000) = 300: Most rows.
// column task (string): The Hub's pipeline tag.
// column place (integer): Place within the task.
// column model (string): The model's id.
// column effective_descendants (float, models): Its influence: what its descendants count, damped
//   by distance.
// column rank (integer): Rank by influence among all models.
// column descendants (integer, models): Distinct models on the Hub made from it, direct or indirect.
// column author (string): Who published it.

MATCH (m:Model)
WHERE m.influence_rank >= 1 AND m.gone_since IS NULL AND m.task IS NOT NULL
WITH m
ORDER BY m.influence_rank, m.id
WITH m.task AS task, collect(m)[..$per_task] AS best, sum(m.influence) AS total
ORDER BY total DESC, task
UNWIND range(0, size(best) - 1) AS i
WITH task, total, i, best[i] AS m
RETURN task,
       i + 1 AS place,
       m.id AS model,
       m.effective_descendants AS effective_descendants,
       m.influence_rank AS rank,
       m.descendants AS descendants,
       m.author AS author
ORDER BY total DESC, task, place
LIMIT $limit;
