// title: Since when a model is there
// question: Since when is this model there, when was it away, and what did it count?
// tags: history, model, time
// draw: table
// listed: no
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// column id (string): What it is called now.
// column known (boolean): Whether a record describes it.
// column created_at (datetime): When it was created; empty when that is not known.
// column appeared_at (datetime): Since when it is known to be there.
// column gone_since (datetime): Since when it is gone; empty while it is there.
// column observed_at (string): When what is known of it was observed; empty when not stated.
// column downloads (integer, count): Downloads now.
// column likes (integer, count): Likes now.
// column away (list of maps): When it was gone before it came back: since and until.
// column counts (list of maps): What it counted: at, downloads, likes; empty while that never
//   changed.

MATCH (model:Model {id_folded: toLower($model)})
RETURN model.id AS id,
       model.known AS known,
       model.created_at AS created_at,
       model.appeared_at AS appeared_at,
       model.gone_since AS gone_since,
       nullIf(split(model.record_version, ' ')[1], '') AS observed_at,
       model.downloads AS downloads,
       model.likes AS likes,
       [i IN range(0, size(coalesce(model.away, [])) - 2, 2) |
         {since: model.away[i], until: model.away[i + 1]}] AS away,
       [i IN range(0, size(coalesce(model.counted_at, [])) - 1) |
         {at: model.counted_at[i],
          downloads: nullIf(model.downloads_then[i], -1),
          likes: nullIf(model.likes_then[i], -1)}] AS counts;
