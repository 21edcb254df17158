"""The dashboard's questions: each looks at every model once, and a large graph stores its answer.

Sums are null where no part of them is known. A value of null means that it is not stated.
"""

from graph.answers.dashboard import counting
from graph.answers.dashboard.measures import CUBE, MEASURES
from graph.answers.facets import FACETS, PUBLISHER
from graph.answers.query import Query

TOP = 40
"""Values of a card, by each measure, that are read and listed."""
TOP_OF_TASK = 20
"""Authors of a task, by each measure."""
MOST_TASKS = 60
"""Tasks of which authors are read, those with most models."""
WEEKS = 53

_SUMS = """count(*) AS models, known_sum(model.effective_descendants) AS influence,
  known_sum(model.downloads) AS downloads, known_sum(model.likes) AS likes"""
_SUMS_OF_SUMS = """sum(models) AS models, known_sum(influence) AS influence,
  known_sum(downloads) AS downloads, known_sum(likes) AS likes"""


def _tops(group: str) -> str:
    """One row for each group: how many `values` it has, and in `tops` the first by each measure.

    Each of `tops` is a list: the value, then its measures in order.

    With LIMIT in place of a slice, Neo4j counts the memory of `found` once for every row it keeps.
    """
    return f"""WITH {group}, collect([value, models, influence, downloads, likes]) AS found
CALL (found) {{
  UNWIND range(1, {len(MEASURES)}) AS at
  CALL (found, at) {{
    UNWIND found AS row
    WITH row, at ORDER BY coalesce(row[at], -1) DESC, row[0]
    RETURN collect(row)[..$top] AS first
  }}
  UNWIND first AS row
  RETURN collect(DISTINCT row) AS tops
}}
RETURN {group}, size(found) AS values, tops"""


_NAMED = ",\n  ".join(f"{FACETS[card].value} AS {card}" for card in CUBE)
_PAIRS = ", ".join(f"['{card}', {card}]" for card in CUBE)
_GROUPS = f"""
MATCH (model:Model) WHERE here(model)
WITH
  {_NAMED},
  {_SUMS}
UNWIND [{_PAIRS}] AS item
WITH item[0] AS card, item[1] AS value, {_SUMS_OF_SUMS}
{_tops("card")}
"""
GROUPS = Query(
    "dashboard-groups",
    "Models by task, licence, library, size and relation",
    _GROUPS,
    {"top": TOP},
    precomputed=True,
    counted=counting.GROUPS,
)
_LANGUAGES = f"""
MATCH (model:Model) WHERE here(model)
UNWIND CASE WHEN coalesce(model.languages, []) = [] THEN [null] ELSE model.languages END AS value
WITH 'language' AS card, value, {_SUMS}
{_tops("card")}
"""
LANGUAGES = Query(
    "dashboard-languages",
    "Models by language, each language of a model counted",
    _LANGUAGES,
    {"top": TOP},
    precomputed=True,
    counted=counting.LANGUAGES,
)
_AUTHORS = f"""
MATCH (model:Model) WHERE here(model) AND model.author IS NOT NULL
WITH model.author AS name, {_SUMS}
OPTIONAL MATCH (author:Author {{name_folded: toLower(name)}})
WITH collect([name, models, influence, downloads, likes, {PUBLISHER}]) AS rows
CALL (rows) {{
  UNWIND rows AS row
  WITH row[5] AS value, row[1] AS models, row[2] AS influence, row[3] AS downloads, row[4] AS likes
  WITH value, count(*) AS authors, {_SUMS_OF_SUMS}
  RETURN collect({{value: value, authors: authors, models: models, influence: influence,
    downloads: downloads, likes: likes}}) AS kinds
}}
UNWIND range(1, {len(MEASURES)}) AS at
CALL (rows, at) {{
  UNWIND rows AS row
  WITH row, at WHERE row[at] IS NOT NULL
  WITH row, at ORDER BY row[at], row[0] DESC
  WITH collect(row) AS ordered, count(*) AS counted, at
  CALL (ordered, counted, at) {{
    UNWIND range(0, counted - 1) AS i
    WITH 100 * i / counted AS percent, i + 1 AS place, toFloat(ordered[i][at]) AS value
    WITH percent, count(*) AS authors, sum(value) AS total, sum(place * value) AS weighted,
      sum(value * value) AS squared
    ORDER BY percent
    RETURN collect([authors, total, weighted, squared]) AS percents
  }}
  RETURN counted, percents, reverse(ordered[-$top..]) AS top
}}
RETURN {list(MEASURES)}[at - 1] AS measure, size(rows) AS authors, counted, percents, top, kinds
"""
AUTHORS = Query(
    "dashboard-authors",
    "Authors, their kinds, and how much of all the largest hold",
    _AUTHORS,
    {"top": TOP},
    precomputed=True,
    counted=counting.AUTHORS,
)
"""`percents` are the authors with the least first, one percent of them after another: how many,
their sum, their sum by place, their sum of squares. `top` are the first, the most first."""
_GROWTH = f"""
MATCH (model:Model) WHERE here(model)
WITH CASE WHEN model.created_at IS NULL OR before_dates(model) THEN null
    ELSE date(model.created_at) END AS day,
  model.created_at IS NOT NULL AS dated,
  {FACETS["relation"].value} AS relation,
  count(*) AS models
WITH max(day) AS last,
  collect({{day: day, dated: dated, relation: relation, models: models}}) AS days
UNWIND days AS row
UNWIND CASE WHEN row.day IS NULL THEN ['none'] ELSE ['month', 'week'] END AS per
WITH per, row, last, CASE per WHEN 'none' THEN null
  ELSE date.truncate(per, row.day) END AS start
WHERE per <> 'week' OR start > date.truncate('week', last) - duration({{days: 7 * $weeks}})
RETURN per, toString(start) AS start, row.dated AS dated, row.relation AS relation,
  sum(row.models) AS models
ORDER BY per, start, dated, relation
"""
GROWTH = Query(
    "dashboard-growth",
    "New models by month and by week, by how they were made",
    _GROWTH,
    {"weeks": WEEKS},
    precomputed=True,
    counted=counting.GROWTH,
)
_SPREADS = f"""
MATCH (model:Model) WHERE here(model)
WITH model.task AS task, {FACETS["size"].value} AS size, model.downloads AS downloads,
  model.likes AS likes
UNWIND [['task', task, 'downloads', downloads], ['task', task, 'likes', likes],
  ['size', size, 'downloads', downloads], ['size', size, 'likes', likes]] AS item
WITH item[0] AS card, item[1] AS value, item[2] AS measure, item[3] AS number, count(*) AS models
WHERE number IS NOT NULL
WITH card, value, measure, number, models ORDER BY number
WITH card, value, measure, collect([number, models]) AS steps, sum(models) AS models
RETURN card, value, measure, models, [share IN [0.25, 0.5, 0.75] |
  reduce(seen = [0, null], step IN steps | CASE
    WHEN seen[1] IS NOT NULL THEN seen
    WHEN seen[0] + step[1] >= share * models THEN [seen[0], step[0]]
    ELSE [seen[0] + step[1], null] END)[1]] AS quartiles
ORDER BY card, models DESC, value, measure
"""
SPREADS = Query(
    "dashboard-spreads",
    "Median downloads and likes, and within what half of the models lie",
    _SPREADS,
    precomputed=True,
    counted=counting.SPREADS,
)
_TASKS = f"""
MATCH (each:Model) WHERE each.task IS NOT NULL
WITH each.task AS task, count(*) AS named ORDER BY named DESC, task LIMIT $tasks
CALL (task) {{
  MATCH (model:Model {{task: task}}) WHERE here(model)
  WITH task AS card, model.author AS value, {_SUMS}
  {_tops("card")}
}}
RETURN card, values, tops
"""
TASKS = Query(
    "dashboard-tasks",
    "Authors of each task",
    _TASKS,
    {"top": TOP_OF_TASK, "tasks": MOST_TASKS},
    precomputed=True,
    counted=counting.TASKS,
)
QUERIES = (GROUPS, LANGUAGES, AUTHORS, GROWTH, SPREADS, TASKS)
"""Those that look at the whole graph."""
