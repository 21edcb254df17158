// title: Defects by month
// question: How many of the models created in a month have a defect in their card?
// tags: hygiene, card, time
// draw: line share
// precomputed: yes
// parameter check (string, own-base | circle | base-not-an-id | unknown-base | gone-base | no-relation | format-copy | other-base | bases-without-merge | base-and-its-base | renamed-base | base-in-other-case | licence-without-name | no-licence) = "unknown-base": What is wrong.
// column month (string): Year and month (UTC) in which the models were created; `before 2022-03-02`: the
//   Hub kept no dates before; `no date`: no record says when.
// column defective (integer, models): Those with the defect, as their cards are now.
// column models (integer, models): Models created in that month that are on the Hub.
// column share (float): Share of them with the defect, from 0 to 1.

CALL () {
  MATCH (model:Model)
  WHERE here(model)
  RETURN month_of(model) AS number, 0 AS defective, count(*) AS models
  UNION ALL
  CALL () {
    defects($check, model)
  }
  RETURN month_of(found) AS number, count(*) AS defective, 0 AS models
}
WITH number, sum(defective) AS defective, sum(models) AS models
ORDER BY number
RETURN month_named(number) AS month, defective, models, toFloat(defective) / models AS share;
