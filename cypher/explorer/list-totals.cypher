// title: How long the lists of models are
// question: How many models have a value to be sorted by?
// tags: explorer, leaderboard
// draw: table
// listed: no
// precomputed: yes
// column models (integer, models): All models that are not gone.
// column influence (integer, models): Those with a score of influence.
// column downloads (integer, models): Those with downloads stated.
// column likes (integer, models): Those with likes stated.
// column descendants (integer, models): Those with derivatives.
// column created_at (integer, models): Those with a date of creation.

CALL () { MATCH (model:Model) RETURN count(model) AS models }
CALL () {
  MATCH (model:Model) WHERE model.influence IS NOT NULL RETURN count(model) AS influence
}
CALL () {
  MATCH (model:Model) WHERE model.downloads IS NOT NULL RETURN count(model) AS downloads
}
CALL () { MATCH (model:Model) WHERE model.likes IS NOT NULL RETURN count(model) AS likes }
CALL () {
  MATCH (model:Model) WHERE model.descendants IS NOT NULL RETURN count(model) AS descendants
}
CALL () {
  MATCH (model:Model) WHERE model.created_at IS NOT NULL RETURN count(model) AS created_at
}
CALL () {
  MATCH (gone:Model) WHERE gone.gone_since IS NOT NULL
  RETURN
    count(gone) AS gone, count(gone.influence) AS gone_influence,
    count(gone.downloads) AS gone_downloads, count(gone.likes) AS gone_likes,
    count(gone.descendants) AS gone_descendants, count(gone.created_at) AS gone_created_at
}
RETURN
  models - gone AS models,
  influence - gone_influence AS influence,
  downloads - gone_downloads AS downloads,
  likes - gone_likes AS likes,
  descendants - gone_descendants AS descendants,
  created_at - gone_created_at AS created_at;
