// title: Influential models without a result
// question: Which influential models has nobody measured, as far as the graph knows?
// tags: evaluation, influence
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most models shown, the most influential first.
// column model (string): A model without any result.
// column effective_descendants (float, models): Its influence.
// column rank (integer): Its rank by influence.
// column descendants (integer, models): Models made from it, directly or over others.
// column downloads (integer, count): Its downloads of the last 30 days.
// column task (string): Its task.

MATCH (m:Model)
WHERE m.influence_rank > 0 AND m.gone_since IS NULL
  AND NOT EXISTS { (m)-[:EVALUATED]->() }
RETURN m.id AS model,
       m.effective_descendants AS effective_descendants,
       m.influence_rank AS rank,
       m.descendants AS descendants,
       m.downloads AS downloads,
       m.task AS task
ORDER BY rank, model
LIMIT $limit;
