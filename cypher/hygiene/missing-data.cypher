// title: Missing fields
// question: Which fields do records often lack?
// tags: hygiene, overview
// draw: bar
// precomputed: yes
// column field (string): Property of a model.
// column missing (integer, models): Models without it.
// column models (integer, models): All models that a record describes.
// column share (float): Share without it, from 0 to 1.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH count(*) AS models,
     count(m.task) AS task,
     count(m.library) AS library,
     count(m.license) AS license,
     count(m.languages) AS languages,
     count(m.created_at) AS created_at,
     count(m.downloads) AS downloads,
     count(m.likes) AS likes,
     count(m.parameters) AS parameters,
     count(m.architecture) AS architecture,
     count(m.base_count) AS base_count
UNWIND [
  ['task', task], ['library', library], ['license', license], ['languages', languages],
  ['created_at', created_at], ['downloads', downloads], ['likes', likes],
  ['parameters', parameters], ['architecture', architecture], ['base_count', base_count]
] AS pair
WITH pair[0] AS field, models, models - pair[1] AS missing
WHERE models > 0
RETURN field, missing, models, toFloat(missing) / models AS share
ORDER BY missing DESC, field;
