// title: Who builds on an author's models
// question: Which authors made models directly from this author's, and how?
// tags: explorer, author
// draw: table
// listed: no
// parameter name (string) = "google": The author's name.
// parameter top (integer, 1..1000) = 20: How many.
// column author (string): Who; empty for old ids without an owner.
// column models (integer, models): Their models made directly from this author's.
// column finetune (integer, links): Of these, fine-tunes.
// column adapter (integer, links): Of these, adapters.
// column merge (integer, links): Of these, merges.
// column quantized (integer, links): Of these, quantizations.
// column itself (boolean): Whether it is this author.

MATCH (me:Author {name: $name})-[held:PUBLISHED WHERE held.gone_since IS NULL]->(base:Model)
MATCH (model:Model)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE link.gone_since IS NULL
WITH
  model.author AS author, count(DISTINCT model) AS models,
  links_by_relation(link)
RETURN author, models, finetune, adapter, merge, quantized, author = $name AS itself
ORDER BY models DESC, author
LIMIT $top;
