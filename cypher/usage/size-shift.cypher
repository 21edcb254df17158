// title: Sizes before and after a date
// question: Did models become larger or smaller after a date?
// tags: usage, size, time
// draw: stack under_1b, from_1b_to_3b, from_3b_to_9b, from_9b_to_20b, from_20b_to_40b, from_40b_to_80b, from_80b
// precomputed: yes
// parameter date (datetime): The date; else a year before the newest model was created.
// column period (string): Whether the models were created before the date or from then on.
// column models (integer, models): Models of the period.
// column with_size (integer, models): Those whose number of parameters is known.
// column under_1b (float): Share of these with less than a billion parameters, from 0 to 1.
// column from_1b_to_3b (float): Share of those with one to three billion parameters.
// column from_3b_to_9b (float): Share of those with three to nine.
// column from_9b_to_20b (float): Share of those with nine to twenty.
// column from_20b_to_40b (float): Share of those with twenty to forty.
// column from_40b_to_80b (float): Share of those with forty to eighty.
// column from_80b (float): Share of those with eighty and more.

CALL () {
  MATCH (m:Model)
  WHERE m.created_at IS NOT NULL AND m.id IS NOT NULL AND NOT m:Gone
  RETURN m.created_at AS newest ORDER BY m.created_at DESC, m.id DESC LIMIT 1
}
WITH coalesce($date, datetime.truncate('day', newest - duration('P1Y'))) AS date
CALL (date) {
  MATCH (m:Model)
  WHERE m.created_at IS NOT NULL AND here(m)
  WITH m.created_at >= date AS is_after, size_band(m.parameters) AS band, count(*) AS models
  RETURN is_after, sum(models) AS models,
         toFloat(sum(CASE WHEN band IS NOT NULL THEN models END)) AS known,
         collect([band, models]) AS bands
}
WITH date, is_after, models, known,
     [name IN ['under 1B', '1B to 3B', '3B to 9B', '9B to 20B', '20B to 40B', '40B to 80B',
               '80B and more'] |
       CASE WHEN known > 0 THEN
         reduce(of = 0, b IN bands | of + CASE b[0] WHEN name THEN b[1] ELSE 0 END) / known END
     ] AS share
RETURN CASE WHEN is_after THEN 'from ' ELSE 'before ' END + toString(date(date)) AS period,
       models,
       toInteger(known) AS with_size,
       share[0] AS under_1b,
       share[1] AS from_1b_to_3b,
       share[2] AS from_3b_to_9b,
       share[3] AS from_9b_to_20b,
       share[4] AS from_20b_to_40b,
       share[5] AS from_40b_to_80b,
       share[6] AS from_80b
ORDER BY is_after;
