// title: Largest families by root
// question: Which models without a base have the most descendants?
// tags: explorer, home
// draw: table
// listed: no
// precomputed: yes
// parameter top (integer, 1..100) = 10: How many.
// column id (string): The root's id.
// column author (string): Its author.
// column author_kind (string): What kind of account the author has.
// column known (boolean): Whether a record describes the root.
// column descendants (integer, models): Models made from it, directly or over others.
// column finetune (integer, models): Of these, fine-tunes.
// column adapter (integer, models): Of these, adapters.
// column merge (integer, models): Of these, merges.
// column quantized (integer, models): Of these, quantizations.

MATCH (root:Model)
WHERE root.descendants > 0 AND root.id IS NOT NULL AND root.gone_since IS NULL
  AND NOT EXISTS {
    (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
    WHERE r.gone_since IS NULL AND r.cut IS NULL
  }
WITH root ORDER BY root.descendants DESC, root.id DESC LIMIT $top
OPTIONAL MATCH (root)<-[held:PUBLISHED WHERE held.gone_since IS NULL]-(author:Author)
RETURN
  root.id AS id, root.author AS author, author.kind AS author_kind, root.known AS known,
  root.descendants AS descendants,
  root.descendants_finetune AS finetune, root.descendants_adapter AS adapter,
  root.descendants_merge AS merge, root.descendants_quantized AS quantized
ORDER BY descendants DESC, id DESC;
