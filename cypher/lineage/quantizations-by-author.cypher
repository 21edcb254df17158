// title: Quantizations of a model by author
// question: Who publishes quantizations of this model?
// tags: lineage, model, author, quantized
// draw: bar
// parameter model (string) = "google/gemma-7b": The model's id; case does not matter.
// parameter limit (integer, 1..1000) = 100: Most authors shown.
// parameter as_of (datetime): The lineage as it was then, such as 2025-05-01; default: as it is
//   now. Facts and scores are those of now in either case.
// column author (string): Who published them.
// column quantizations (integer, models): How many of them the author published.
// column downloads (integer, count): Their downloads of the last 30 days.
// column newest (datetime): When the newest of them was created.
// column examples (list of strings): Up to three of them, the most downloaded first.

MATCH (:Model {id_folded: toLower($model)})<-[r:QUANTIZE]-(child:Model)
WHERE counts(r, child, $as_of)
WITH DISTINCT child
ORDER BY coalesce(child.downloads, 0) DESC, child.id
RETURN child.author AS author,
       count(*) AS quantizations,
       known_sum(child.downloads) AS downloads,
       max(child.created_at) AS newest,
       collect(child.id)[..3] AS examples
ORDER BY quantizations DESC, coalesce(downloads, -1) DESC, author
LIMIT $limit;
