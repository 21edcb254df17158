// title: Models that need this one to load
// question: Which models would no longer load without this one?
// tags: blast, lineage, model, adapter
// draw: table
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter limit (integer, 1..1000) = 100: Most models shown.
// column depth (integer, steps): Adapters on the way to it: 1 for an adapter for the model itself.
// column model (string): An adapter for the model, or for such an adapter.
// column author (string): Its author.
// column downloads (integer, count): Its downloads of the last 30 days.
// column likes (integer, count): Its likes.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)<-[r:ADAPTER WHERE r.gone_since IS NULL]-+(child:Model)
  RETURN child, min(length(p)) AS depth
}
WITH start, child, depth
WHERE child <> start AND child.gone_since IS NULL
RETURN depth,
       child.id AS model,
       child.author AS author,
       child.downloads AS downloads,
       child.likes AS likes
ORDER BY coalesce(downloads, -1) DESC, depth, model
LIMIT $limit;
