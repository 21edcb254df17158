// title: What a crawl of a tree would visit
// question: How many models are above and below these, as far as the graph knows?
// tags: explorer, crawl
// draw: table
// listed: no
// parameter models (list of strings) = ["google/gemma-7b"]: Ids of the models to start at.
// parameter depth (integer, 0..1000) = 1000: Steps down.
// column starts (integer, models): How many of them the graph knows.
// column bases (integer, models): Models that they were made from, directly or over others.
// column found (integer, models): Models made from them within the steps.
// column asked (integer, models): Models of which the derivatives are asked for, the starts among
//   them.
// column more_pages (integer, pages): Further pages of those derivatives, 1,000 on each.
// column announced (integer, models): Derivatives of the starts as the Hub counts them.
// column direct (integer, models): Derivatives of the starts that the graph holds.

UNWIND $models AS name
WITH DISTINCT toLower(name) AS folded
MATCH (start:Model {id_folded: folded})
WITH collect(start) AS starts
CALL (starts) {
  UNWIND starts AS start
  MATCH (start)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL]->{1,40}(base)
  WHERE NOT base IN starts
  RETURN count(DISTINCT base) AS bases
}
CALL (starts) {
  UNWIND starts AS start
  MATCH path = (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE r.gone_since IS NULL]-{0,40}(made)
  WITH made, min(length(path)) AS step
  WHERE step <= $depth
  WITH made, step,
       CASE WHEN step < $depth
         THEN COUNT { (made)<-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]-() } / 1000
         ELSE 0 END AS pages
  RETURN count(CASE WHEN step > 0 THEN 1 END) AS found,
         count(CASE WHEN step < $depth THEN 1 END) AS asked,
         sum(pages) AS more_pages
}
CALL (starts) {
  UNWIND starts AS start
  RETURN sum(coalesce(start.children_finetune, 0) + coalesce(start.children_adapter, 0)
             + coalesce(start.children_merge, 0) + coalesce(start.children_quantized, 0))
           AS announced,
         sum(COUNT { (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-() WHERE r.gone_since IS NULL })
           AS direct
}
RETURN size(starts) AS starts, bases, found, asked, more_pages, announced, direct;
