// title: Growth by month
// question: How many models have been published, month by month?
// tags: usage, time, overview
// draw: line models, derivatives
// precomputed: yes
// column month (string): Year and month (UTC) in which the models were created; `before 2022-03-02`: the
//   Hub kept no dates before; `no date`: no record says when.
// column models (integer, models): Models created in that month.
// column derivatives (integer, models): Those that say they were made from another model; empty where no
//   record says it of any.
// column total (integer, models): Models created up to the end of that month; empty without a date.

MATCH (m:Model)
WHERE m.known AND m.gone_since IS NULL
WITH month_of(m) AS number,
     count(*) AS models,
     CASE WHEN count(m.base_count) > 0 THEN count(m.relation) END AS derivatives
ORDER BY number
WITH collect({number: number, models: models, derivatives: derivatives}) AS months
UNWIND range(0, size(months) - 1) AS i
WITH months[i] AS row, months[i].number AS number,
     reduce(sum = 0, past IN months[..i + 1] | sum + past.models) AS total
ORDER BY number
RETURN month_named(number) AS month,
       row.models AS models,
       row.derivatives AS derivatives,
       CASE WHEN number < 999999 THEN total END AS total;
