// title: Growth by month
// question: How many models have been published, month by month?
// tags: usage, time, overview
// draw: line
// precomputed: yes
// column month (string): Year and month (UTC) in which the models were created; `before 2022-03-02`: the
//   Hub kept no dates before; `no date`: no record says when.
// column models (integer, models): Models created in that month.
// column derivatives (integer, models): Those made from another model.
// column total (integer, models): Models created up to the end of that month; empty without a date.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH CASE WHEN m.created_at IS NULL THEN 999999 WHEN before_dates(m) THEN 0
       ELSE m.created_at.year * 100 + m.created_at.month END AS number,
     count(*) AS models,
     count(m.relation) AS derivatives
ORDER BY number
WITH collect({number: number, models: models, derivatives: derivatives}) AS months
UNWIND range(0, size(months) - 1) AS i
WITH months[i] AS row, reduce(sum = 0, past IN months[..i + 1] | sum + past.models) AS total
ORDER BY row.number
RETURN CASE row.number WHEN 0 THEN 'before 2022-03-02' WHEN 999999 THEN 'no date'
         ELSE toString(row.number / 100) + '-' + right('0' + toString(row.number % 100), 2)
       END AS month,
       row.models AS models,
       row.derivatives AS derivatives,
       CASE WHEN row.number < 999999 THEN total END AS total;
