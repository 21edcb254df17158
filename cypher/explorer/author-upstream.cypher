:param name => "google";
:param top => 20;

// title: Whose models an author builds on
// question: Which authors' models did this author start from, and how?
// tags: explorer, author
// draw: table
// listed: no
// parameter name (string): The author's name.
// parameter top (integer, 1..1000): How many.
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
  sum(CASE type(link) WHEN "FINETUNE" THEN 1 ELSE 0 END) AS finetune,
  sum(CASE type(link) WHEN "ADAPTER" THEN 1 ELSE 0 END) AS adapter,
  sum(CASE type(link) WHEN "MERGE" THEN 1 ELSE 0 END) AS merge,
  sum(CASE type(link) WHEN "QUANTIZE" THEN 1 ELSE 0 END) AS quantized
RETURN author, models, finetune, adapter, merge, quantized, author = $name AS itself
ORDER BY models DESC, author
LIMIT $top;
