// title: Most influential authors in brief
// question: On whose models do others build the most?
// tags: explorer, home
// draw: table
// listed: no
// precomputed: yes
// parameter top (integer, 1..100) = 10: How many.
// column name (string): The author.
// column kind (string): What kind of account.
// column influence_rank (integer): Its rank.
// column effective_descendants (float, models): Its influence as it is shown.
// column outside_models (integer, models): Models of others that descend from its models.
// column outside_publishers (integer, authors): Authors of those.

MATCH (author:Author)
WHERE author.influence_rank <= $top
RETURN
  author.name AS name, author.kind AS kind, author.influence_rank AS influence_rank,
  author.effective_descendants AS effective_descendants,
  author.outside_models AS outside_models, author.outside_publishers AS outside_publishers
ORDER BY influence_rank, name
LIMIT $top;
