// title: Blast radius of the first step
// question: Which kinds of models were made directly from this one, and which have another base?
// tags: blast, lineage, model, derivatives
// draw: bar
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all.
// column relation (string): How they were made; a model with two relations is in both rows.
// column children (integer, models): Models on the Hub made from it like that.
// column keep_another_base (integer, models): Those with another base that is not gone.
// column publishers (integer, authors): Authors of them.

MATCH (start:Model {id_folded: toLower($model)})
  <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]-(child:Model)
WHERE live(r, child) AND in_layers(r, $layers) AND child <> start
WITH start, child, collect(r) AS links
UNWIND told_once(links) AS r
WITH start, child, relation_of(r) AS relation
RETURN relation,
       count(child) AS children,
       count(CASE WHEN EXISTS {
         (child)-[other:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
         WHERE live(other, base) AND in_layers(other, $layers) AND NOT base IN [start, child]
       } THEN 1 END) AS keep_another_base,
       count(DISTINCT toLower(child.author)) AS publishers
ORDER BY children DESC, relation;
