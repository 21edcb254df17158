// title: Downloads by licence
// question: Under which licences are models published and used?
// tags: usage, license, overview
// draw: bar
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most licences shown.
// column license (string): Licence from the card; empty for models without one.
// column stated (boolean): False: no record says anything about the licence of these models.
// column downloads (integer, count): Downloads of the last 30 days.
// column models (integer, models): Models under it.
// column share (float): Share of all downloads, from 0 to 1.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH m.license AS license,
     m.license IS NOT NULL OR 'license' IN coalesce(m.absent, []) AS stated,
     known_sum(m.downloads) AS downloads, count(*) AS models
WITH collect({license: license, stated: stated, downloads: downloads, models: models}) AS licenses,
     sum(downloads) AS total
UNWIND licenses AS row
RETURN row.license AS license,
       row.stated AS stated,
       row.downloads AS downloads,
       row.models AS models,
       CASE total WHEN 0 THEN null ELSE toFloat(row.downloads) / total END AS share
ORDER BY coalesce(downloads, -1) DESC, models DESC, license
LIMIT $limit;
