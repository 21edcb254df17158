// title: Most influential models in brief
// question: From which models was the most made?
// tags: explorer, home
// draw: table
// listed: no
// precomputed: yes
// parameter top (integer, 1..100) = 10: How many.
// column id (string): The model's id.
// column author (string): Its author.
// column author_kind (string): What kind of account the author has.
// column known (boolean): Whether a record describes the model.
// column influence_rank (integer): Its rank.
// column effective_descendants (float, models): Its influence as it is shown.
// column descendants (integer, models): Models made from it, directly or over others.

MATCH (model:Model)
WHERE model.influence_rank <= $top
WITH model ORDER BY model.influence_rank, model.id LIMIT $top
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  model.id AS id, model.author AS author, author.kind AS author_kind, model.known AS known,
  model.influence_rank AS influence_rank,
  model.effective_descendants AS effective_descendants,
  model.descendants AS descendants
ORDER BY influence_rank, id;
