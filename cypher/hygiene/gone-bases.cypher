// title: Vanished bases
// question: Which models are gone from the Hub, or disabled there, but still have derivatives?
// tags: hygiene, base, history
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 100: Most bases shown.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all; what is declared has no past.
// column base (string): The model that is gone or disabled.
// column state (string): gone or disabled.
// column gone_since (datetime): When it was first found to be gone.
// column orphans (integer, models): Its direct derivatives that are still on the Hub.
// column descendants (integer, models): Distinct models on the Hub made from it, direct or indirect.
// column downloads (integer, count): Downloads of the orphans in the last 30 days.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base)
WHERE (base.gone_since IS NOT NULL OR base.disabled) AND live(r, child) AND in_layers(r, $layers)
WITH DISTINCT base, child
RETURN base.id AS base,
       CASE WHEN base.gone_since IS NULL THEN 'disabled' ELSE 'gone' END AS state,
       base.gone_since AS gone_since,
       count(*) AS orphans,
       base.descendants AS descendants,
       known_sum(child.downloads) AS downloads
ORDER BY orphans DESC, base
LIMIT $limit;
