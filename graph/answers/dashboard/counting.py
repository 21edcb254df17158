"""The dashboard's questions in SQL, over the census; each to the same rows as its Cypher."""
# ruff: noqa: S608 (the texts are put together from constants)

from graph.answers.dashboard.measures import CUBE, MEASURES

_SUMS = """count(*) AS models, sum(effective_descendants) AS influence,
  sum(downloads)::BIGINT AS downloads, sum(likes)::BIGINT AS likes"""
_SUMS_OF_SUMS = """sum(models)::BIGINT AS models, sum(influence) AS influence,
  sum(downloads)::BIGINT AS downloads, sum(likes)::BIGINT AS likes"""
_ROW = f"row(value, {', '.join(MEASURES)})"


def _tops(groups: str) -> str:
    """For each `card` how many `values` it has, and in `tops` the first by each measure."""
    places = ",\n    ".join(
        f"row_number() OVER (PARTITION BY card ORDER BY coalesce({measure}, -1) DESC, value)"
        f" AS by_{measure}"
        for measure in MEASURES
    )
    first = " OR ".join(f"by_{measure} <= $top" for measure in MEASURES)
    return f"""WITH here AS (FROM model WHERE known),
  each AS ({groups}),
  placed AS (SELECT *, {places} FROM each)
SELECT card, count(*) AS values, list({_ROW} ORDER BY by_models) FILTER ({first}) AS tops
FROM placed GROUP BY card
"""


GROUPS = _tops(
    " UNION ALL ".join(
        f"SELECT '{card}' AS card, {card} AS value, {_SUMS} FROM here GROUP BY {card}"
        for card in CUBE
    )
)
LANGUAGES = _tops(
    f"""SELECT 'language' AS card, value, {_SUMS} FROM (
  SELECT *, unnest(CASE WHEN len(language) = 0 THEN [NULL] ELSE language END) AS value FROM here)
GROUP BY value"""
)
TASKS = _tops(
    f"""SELECT task AS card, author AS value, {_SUMS} FROM here WHERE task IN (
  SELECT task FROM model WHERE task IS NOT NULL
  GROUP BY task ORDER BY count(*) DESC, task LIMIT $tasks)
GROUP BY task, author"""
)
_HELD = " UNION ALL ".join(
    f"SELECT '{measure}' AS measure, {measure}::DOUBLE AS held, * FROM each"
    f" WHERE {measure} IS NOT NULL"
    for measure in MEASURES
)
AUTHORS = f"""
WITH each AS (
    SELECT author AS value, {_SUMS}, max(publisher) AS kind FROM model
    WHERE known AND author IS NOT NULL GROUP BY author),
  kind AS (SELECT kind AS value, count(*) AS authors, {_SUMS_OF_SUMS} FROM each GROUP BY kind),
  placed AS (
    SELECT *, count(*) OVER (PARTITION BY measure) AS counted,
      row_number() OVER (PARTITION BY measure ORDER BY held, value DESC) AS place
    FROM ({_HELD})),
  percent AS (
    SELECT measure, counted, 100 * (place - 1) // counted AS percent, count(*) AS authors,
      sum(held) AS total, sum(place * held) AS weighted, sum(held * held) AS squared,
      list(row(value, {", ".join(MEASURES)}, kind) ORDER BY place DESC)
        FILTER (place > counted - $top) AS top
    FROM placed GROUP BY measure, counted, percent)
SELECT measure, (SELECT count(*) FROM each) AS authors, counted,
  list(row(authors, total, weighted, squared) ORDER BY percent) AS percents,
  flatten(list(top ORDER BY percent DESC) FILTER (top IS NOT NULL)) AS top,
  (SELECT list({{value: value, authors: authors, models: models, influence: influence,
    downloads: downloads, likes: likes}}) FROM kind) AS kinds
FROM percent GROUP BY measure, counted
ORDER BY list_position({list(MEASURES)}, measure)
"""
GROWTH = """
WITH days AS (
    SELECT CASE WHEN NOT before_dates THEN epoch_ms(created_at)::DATE END AS day,
      created_at IS NOT NULL AS dated, relation, count(*) AS models
    FROM model WHERE known GROUP BY ALL),
  spans AS (
    SELECT 'none' AS per, NULL AS start, dated, relation, models FROM days WHERE day IS NULL
    UNION ALL
    SELECT 'month', date_trunc('month', day)::DATE, dated, relation, models FROM days
    WHERE day IS NOT NULL
    UNION ALL
    SELECT 'week', date_trunc('week', day)::DATE, dated, relation, models FROM days
    WHERE date_trunc('week', day)
      > (SELECT date_trunc('week', max(day)) FROM days) - to_days((7 * $weeks)::INTEGER))
SELECT per, start::VARCHAR AS start, dated, relation, sum(models)::BIGINT AS models
FROM spans GROUP BY ALL ORDER BY per, start, dated, relation
"""
SPREADS = """
WITH here AS (FROM model WHERE known),
  numbers AS (
    SELECT 'task' AS card, task AS value, 'downloads' AS measure, downloads AS number FROM here
    UNION ALL SELECT 'task', task, 'likes', likes FROM here
    UNION ALL SELECT 'size', size, 'downloads', downloads FROM here
    UNION ALL SELECT 'size', size, 'likes', likes FROM here)
SELECT card, value, measure, count(*) AS models,
  quantile_disc(number, [0.25, 0.5, 0.75]) AS quartiles
FROM numbers WHERE number IS NOT NULL
GROUP BY card, value, measure ORDER BY card, models DESC, value, measure
"""
