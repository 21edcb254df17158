// title: Table of the most liked models
// question: Which models are liked most, and what is known of each?
// tags: usage, table, leaderboard, task
// draw: table
// parameter task (string): Only models of this task, such as text-generation.
// parameter limit (integer, 1..30000) = 1000: Most models, the most liked first.
// parameter min_likes (integer, 0..1000000000): Only models with at least so many likes.
// parameter min_downloads (integer, 0..1000000000000): Only models with at least so many downloads of
//   the last 30 days.
// parameter from (datetime): Only models created from here on.
// parameter to (datetime): Only models created before.
// parameter min_size (integer, 0..1000000000000000): Only models of at least so many parameters.
// parameter max_size (integer, 0..1000000000000000): Only models of at most so many.
// column organization (string): The account that publishes it; empty for models without one.
// column name (string): Its name without the account.
// column task (string): The Hub's pipeline tag.
// column downloads (integer, count): Downloads of the last 30 days.
// column likes (integer, count): Likes; models of which they are unknown are not listed.
// column address (string): Its page on the Hub.
// column size (integer, count): Number of parameters.
// column size_source (string): Where the size comes from; from the name it is a guess.
// column number_formats (list of strings): Number formats of its weights.
// column effective_descendants (float, models): Its influence: what its descendants count, damped
//   by distance.
// column model (string): Its id.

CALL () {
  most_liked(model, $task, $min_likes, $min_downloads, $from, $to, $min_size, $max_size, $limit)
}
RETURN model.author AS organization,
       split(model.id, '/')[-1] AS name,
       model.task AS task,
       model.downloads AS downloads,
       model.likes AS likes,
       'https://huggingface.co/' + model.id AS address,
       model.parameters AS size,
       model.parameters_source AS size_source,
       model.tensor_types AS number_formats,
       model.effective_descendants AS effective_descendants,
       model.id AS model
ORDER BY likes DESC, model DESC;
