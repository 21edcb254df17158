// title: Blast radius by distance
// question: How many models would be hit if something happened to this one, and how far away?
// tags: blast, lineage, model, descendants
// draw: bar
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all.
// column depth (integer, steps): Fewest steps from the model.
// column models (integer, models): Models on the Hub at that distance.
// column publishers (integer, authors): Authors of them.
// column downloads (integer, count): Downloads in 30 days of those in full.
// column downloads_gguf (integer, count): Downloads in 30 days of those in GGUF, which count each
//   file.
// column unknown (integer, models): Models whose downloads are not known.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
    WHERE r.gone_since IS NULL AND in_layers(r, $layers)]-+(child:Model)
  RETURN child, min(length(p)) AS depth
}
WITH start, child, depth
WHERE child <> start AND child.gone_since IS NULL
WITH depth, child.author AS author, child.downloads AS counted, is_gguf(child) AS gguf
WITH depth, author, counted,
     CASE WHEN gguf THEN counted END AS of_gguf, CASE WHEN NOT gguf THEN counted END AS in_full
RETURN depth,
       count(*) AS models,
       count(DISTINCT toLower(author)) AS publishers,
       known_sum(in_full) AS downloads,
       known_sum(of_gguf) AS downloads_gguf,
       count(*) - count(counted) AS unknown
ORDER BY depth;
