// title: Downloads and likes over time
// question: How did the downloads and likes of this model grow?
// tags: history, model, usage, time
// draw: line
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// column at (datetime): When they were seen; one row per change.
// column downloads (integer, count): Downloads of the previous 30 days; empty if unknown.
// column likes (integer, count): Likes; empty if unknown.

MATCH (model:Model {id_folded: toLower($model)})
WITH coalesce(model.counted_at, [model.last_seen]) AS times,
     coalesce(model.downloads_then, [coalesce(model.downloads, -1)]) AS downloads,
     coalesce(model.likes_then, [coalesce(model.likes, -1)]) AS likes
UNWIND range(0, size(times) - 1) AS i
WITH times[i] AS at, nullIf(downloads[i], -1) AS downloads, nullIf(likes[i], -1) AS likes
WHERE downloads IS NOT NULL OR likes IS NOT NULL
RETURN at, downloads, likes
ORDER BY at;
