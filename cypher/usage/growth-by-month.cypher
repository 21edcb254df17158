// title: Growth by month
// question: How many models have been published, month by month?
// tags: usage, time, overview
// draw: line
// precomputed: yes
// column month (string): Year and month (UTC) in which the models were created.
// column models (integer, models): Models created in that month.
// column derivatives (integer, models): Those made from another model.
// column total (integer, models): Models created up to the end of that month.

MATCH (m:Model)
WHERE m.created_at IS NOT NULL AND m.gone_since IS NULL
WITH m.created_at.year * 100 + m.created_at.month AS number,
     count(*) AS models,
     count(m.relation) AS derivatives
ORDER BY number
WITH collect({number: number, models: models, derivatives: derivatives}) AS months
UNWIND range(0, size(months) - 1) AS i
WITH months[i] AS row, reduce(sum = 0, past IN months[..i + 1] | sum + past.models) AS total
RETURN toString(row.number / 100) + '-' + right('0' + toString(row.number % 100), 2) AS month,
       row.models AS models,
       row.derivatives AS derivatives,
       total
ORDER BY month;
