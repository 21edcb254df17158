// title: Missing fields
// question: Which fields do models lack, and which did no record say anything about?
// tags: hygiene, overview
// draw: bar
// precomputed: yes
// column field (string): Property of a model.
// column missing (integer, models): Models of which a record says that they have none.
// column unseen (integer, models): Models of which no record says anything about it.
// column models (integer, models): All models that a record describes.
// column share (float): Share of those without it, from 0 to 1, among those of which a record says
//   something about it.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH coalesce(m.absent, []) AS absent,
     m.task AS task, m.library AS library, m.license AS license, m.languages AS languages,
     m.created_at AS created_at, m.downloads AS downloads, m.likes AS likes,
     m.parameters AS parameters, m.architecture AS architecture, m.base_count AS base_count
WITH count(*) AS models,
     count(task) AS task,
     count(library) AS library,
     count(license) AS license,
     count(languages) AS languages,
     count(created_at) AS created_at,
     count(downloads) AS downloads,
     count(likes) AS likes,
     count(parameters) AS parameters,
     count(architecture) AS architecture,
     count(base_count) AS base_count,
     count(CASE WHEN task IS NULL AND 'task' IN absent THEN 1 END) AS no_task,
     count(CASE WHEN library IS NULL AND 'library' IN absent THEN 1 END) AS no_library,
     count(CASE WHEN license IS NULL AND 'license' IN absent THEN 1 END) AS no_license,
     count(CASE WHEN languages IS NULL AND 'languages' IN absent THEN 1 END) AS no_languages,
     count(CASE WHEN created_at IS NULL AND 'created_at' IN absent THEN 1 END) AS no_created_at,
     count(CASE WHEN downloads IS NULL AND 'downloads' IN absent THEN 1 END) AS no_downloads,
     count(CASE WHEN likes IS NULL AND 'likes' IN absent THEN 1 END) AS no_likes,
     count(CASE WHEN parameters IS NULL AND 'parameters' IN absent THEN 1 END) AS no_parameters,
     count(CASE WHEN architecture IS NULL AND 'architecture' IN absent THEN 1 END) AS no_architecture,
     count(CASE WHEN base_count IS NULL AND 'base_count' IN absent THEN 1 END) AS no_base_count
UNWIND [
  ['task', task, no_task], ['library', library, no_library],
  ['license', license, no_license], ['languages', languages, no_languages],
  ['created_at', created_at, no_created_at], ['downloads', downloads, no_downloads],
  ['likes', likes, no_likes], ['parameters', parameters, no_parameters],
  ['architecture', architecture, no_architecture], ['base_count', base_count, no_base_count]
] AS item
WITH item[0] AS field, models, item[1] AS present, item[2] AS missing
WHERE models > 0
RETURN field, missing, models - present - missing AS unseen, models,
       CASE WHEN present + missing > 0 THEN toFloat(missing) / (present + missing) END AS share
ORDER BY missing DESC, unseen DESC, field;
