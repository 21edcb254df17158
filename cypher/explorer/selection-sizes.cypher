:param author => null;
:param task => "text-generation";
:param license => null;
:param library => null;
:param most => 20000;

// title: How many models a filter selects
// question: Which filter is the narrowest?
// tags: explorer, leaderboard
// draw: table
// listed: no
// parameter author (string): An author.
// parameter task (string): A task.
// parameter license (string): A licence.
// parameter library (string): A library.
// parameter most (integer, 1..1000000): Where counting stops.
// column author (integer, models): Models of the author.
// column task (integer, models): Models of the task.
// column license (integer, models): Models under the licence.
// column library (integer, models): Models of the library.

CALL () {
  MATCH (model:Model {author: $author}) WITH model LIMIT $most RETURN count(model) AS author
}
CALL () {
  MATCH (model:Model {task: $task}) WITH model LIMIT $most RETURN count(model) AS task
}
CALL () {
  MATCH (model:Model {license: $license}) WITH model LIMIT $most RETURN count(model) AS license
}
CALL () {
  MATCH (model:Model {library: $library}) WITH model LIMIT $most RETURN count(model) AS library
}
RETURN author, task, license, library;
