// title: How much of a part is known
// question: How many models, datasets and Spaces does the graph know of an account, task, library?
// tags: explorer, crawl
// draw: table
// listed: no
// parameter author (string): Name of the account.
// parameter task (string): The task.
// parameter library (string): The library.
// column author (integer, models): Models of the account.
// column task (integer, models): Models of the task.
// column library (integer, models): Models of the library.
// column datasets (integer, datasets): Datasets of the account.
// column spaces (integer, spaces): Spaces of the account.

CALL () { MATCH (model:Model {author: $author}) RETURN count(*) AS author }
CALL () { MATCH (model:Model {task: $task}) RETURN count(*) AS task }
CALL () { MATCH (model:Model {library: $library}) RETURN count(*) AS library }
CALL () { MATCH (dataset:Dataset {author: $author}) RETURN count(*) AS datasets }
CALL () { MATCH (space:Space {author: $author}) RETURN count(*) AS spaces }
RETURN author, task, library, datasets, spaces;
