// title: Links left out of scores
// question: Which lineage links were cut before scoring, and why?
// tags: hygiene, influence, cycle
// draw: graph
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most links shown.
// column reason (string): loop: a model as its own base; dup: a second link between the same two;
//   cycle: the link that closed a circle.
// column model (string): The child.
// column relation (string): How its card says it was made from the base.
// column base (string): The base.
// column first_seen (datetime): Start of the run that first saw the link.
// column link (path): The link, for drawing.

MATCH link = (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE r.cut IS NOT NULL AND live(r, child)
RETURN r.cut AS reason,
       child.id AS model,
       relation_of(r) AS relation,
       base.id AS base,
       r.first_seen AS first_seen,
       link
ORDER BY reason, model, base, relation
LIMIT $limit;
