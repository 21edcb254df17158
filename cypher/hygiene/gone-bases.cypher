// title: Vanished bases
// question: Which models have vanished from the Hub but still have derivatives there?
// tags: hygiene, base, history
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most bases shown.
// column base (string): The model that is gone.
// column gone_since (datetime): Start of the complete run that no longer found it.
// column orphans (integer, models): Its direct derivatives that are still on the Hub.
// column descendants (integer, models): Distinct models made from it, direct or indirect.
// column downloads (integer, count): Downloads of the orphans in the last 30 days.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE base.gone_since IS NOT NULL AND live(r, child)
WITH DISTINCT base, child
RETURN base.id AS base,
       base.gone_since AS gone_since,
       count(*) AS orphans,
       base.descendants AS descendants,
       known_sum(child.downloads) AS downloads
ORDER BY orphans DESC, base
LIMIT $limit;
