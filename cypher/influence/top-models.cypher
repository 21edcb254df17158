// title: Most influential models
// question: Which models does the Hub build on most?
// tags: influence, leaderboard, model
// draw: bar
// parameter task (string): Only models of this task, such as text-generation.
// parameter limit (integer, 1..1000) = 50: Most models shown.
// column rank (integer): Rank by influence among all models.
// column model (string): The model's id.
// column effective_descendants (float, models): Its influence: what its descendants count, damped
//   by distance.
// column descendants (integer, models): Distinct models on the Hub made from it, direct or indirect.
// column author (string): Who published it.
// column task (string): The Hub's pipeline tag.
// column license (string): Licence from its card.
// column downloads (integer, count): Downloads of the last 30 days.

MATCH (m:Model)
WHERE m.influence_rank >= 1 AND m.gone_since IS NULL AND ($task IS NULL OR m.task = $task)
WITH m
ORDER BY m.influence_rank, m.id
LIMIT $limit
RETURN m.influence_rank AS rank,
       m.id AS model,
       m.effective_descendants AS effective_descendants,
       m.descendants AS descendants,
       m.author AS author,
       m.task AS task,
       m.license AS license,
       m.downloads AS downloads;
