// title: Most influential authors
// question: Whose models do others build on most?
// tags: influence, leaderboard, author
// draw: bar
// parameter kind (string, user | organization): Only accounts of this kind.
// parameter limit (integer, 1..1000) = 50: Most authors shown.
// column rank (integer): Rank by influence among all authors.
// column author (string): Account name.
// column effective_descendants (float, models): What models of others that descend from its models
//   count, damped by distance.
// column outside_models (integer, models): Models of others that descend from its models.
// column outside_publishers (integer, authors): Authors of those models.
// column kind (string): User or organization.
// column full_name (string): Display name.
// column models (integer, models): Its models on the Hub.

MATCH (a:Author)
WHERE a.influence_rank >= 1 AND ($kind IS NULL OR a.kind = $kind)
WITH a
ORDER BY a.influence_rank, a.name
LIMIT $limit
RETURN a.influence_rank AS rank,
       a.name AS author,
       a.effective_descendants AS effective_descendants,
       a.outside_models AS outside_models,
       a.outside_publishers AS outside_publishers,
       a.kind AS kind,
       a.full_name AS full_name,
       COUNT { (a)-[p:PUBLISHED]->(m:Model) WHERE p.gone_since IS NULL AND here(m) } AS models;
