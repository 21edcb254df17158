// title: Declared data terms
// question: Under which licences are the datasets that this model and its ancestors name?
// tags: license, lineage, data
// draw: table
// parameter model (string) = "OpenLLM-Ro/RoGemma-7b-Instruct": The model's id; case does not matter.
// parameter limit (integer, 1..1000) = 100: Most datasets shown, the nearest first.
// column dataset (string): A dataset that the card of the model or of an ancestor names.
// column licences (list of strings): What the dataset's own card declares; empty for none.
// column state (string): declared; undeclared: its card says none; not crawled: no record
//   describes the dataset, so its terms are not known; gone: it is no longer on the Hub.
// column steps (integer, steps): From the model to the nearest that names it; 0 for its own card.
// column named_by (string): The nearest that names it, the first by id.
// column models (integer, models): Of the model and its ancestors, how many name it.

MATCH (start:Model {id_folded: toLower($model)})
CALL (start) {
  MATCH p = (start)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE kept(r, null)]->{0,40}(above:Model)
  RETURN above, min(length(p)) AS steps
}
MATCH (above)-[r:TRAINED_ON]->(d:Dataset)
WHERE r.gone_since IS NULL
WITH d, above, steps
ORDER BY steps, above.id
WITH d, min(steps) AS steps, collect(above.id)[0] AS named_by, count(DISTINCT above) AS models,
  [tag IN coalesce(d.tags, []) WHERE tag STARTS WITH 'license:' | substring(tag, 8)] AS licences
RETURN d.id AS dataset,
       licences,
       CASE WHEN d.gone_since IS NOT NULL THEN 'gone' WHEN NOT d.known THEN 'not crawled'
         WHEN size(licences) > 0 THEN 'declared' ELSE 'undeclared' END AS state,
       steps,
       named_by,
       models
ORDER BY steps, dataset
LIMIT $limit;
