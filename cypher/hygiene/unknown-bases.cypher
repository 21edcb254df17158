// title: Bases without a record
// question: Which bases do models name that no record describes?
// tags: hygiene, placeholder, base
// draw: bar
// parameter limit (integer, 1..1000) = 100: Most bases shown.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column base (string): Its id as its derivatives spell it.
// column references (integer, links): Links to it.
// column finetune (integer, links): Fine-tunes among them.
// column adapter (integer, links): Adapters among them.
// column merge (integer, links): Merges among them.
// column quantized (integer, links): Quantizations among them.
// column declared (integer, links): Those that cards and tags only declare.
// column downloads (integer, count): Downloads of its derivatives in the last 30 days.

MATCH (base:Model {known: false})
  <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]-(child:Model)
WHERE live(r, child)
  AND in_layers(r, $layers)
WITH base, child, collect(r) AS links
UNWIND told_once(links) AS r
RETURN base.id AS base,
       count(*) AS references,
       links_by_relation(r),
       count(CASE WHEN declares(r) THEN 1 END) AS declared,
       known_sum(child.downloads) AS downloads
ORDER BY references DESC, base
LIMIT $limit;
