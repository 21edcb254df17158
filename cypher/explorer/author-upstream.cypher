// title: Whose models an author builds on
// question: Which authors' models did this author start from, and how?
// tags: explorer, author
// draw: table
// listed: no
// parameter name (string) = "google": The author's name.
// parameter top (integer, 1..1000) = 20: How many.
// column author (string): Whose models; empty for old ids without an owner.
// column models (integer, models): Models of this author made from them.
// column finetune (integer, links): Of these, fine-tunes.
// column adapter (integer, links): Of these, adapters.
// column merge (integer, links): Of these, merges.
// column quantized (integer, links): Of these, quantizations.
// column itself (boolean): Whether it is this author.

MATCH (me:Author {name: $name})-[held:PUBLISHED WHERE held.gone_since IS NULL]->(model:Model)
MATCH (model)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model)
WHERE link.gone_since IS NULL
WITH
  base.author AS author, count(DISTINCT model) AS models,
  links_by_relation(link)
RETURN author, models, finetune, adapter, merge, quantized, author = $name AS itself
ORDER BY models DESC, author
LIMIT $top;
