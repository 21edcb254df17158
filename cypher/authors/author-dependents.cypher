// title: Authors who build on an author
// question: Which other authors build on this author's models?
// tags: author, lineage, dependency
// draw: bar
// parameter author (string) = "google": Account name; case does not matter.
// parameter limit (integer, 1..1000) = 100: Most authors shown.
// parameter layers (string, all | resolved | declared) = "all": Links that the Hub resolved, those
//   that cards and tags only declare, or all.
// column dependent (string): An author whose models descend from this author's.
// column models (integer, models): How many of them do.
// column downloads (integer, count): Their downloads of the last 30 days.
// column examples (list of strings): Up to three of them, the most downloaded first.

MATCH (a:Author {name_folded: toLower($author)})
CALL (a) {
  MATCH (a)-[p:PUBLISHED]->(own:Model)
    <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES
      WHERE in_layers(r, $layers) AND r.gone_since IS NULL]-{1,40}(m:Model)
  WHERE owns(p, own)
  RETURN DISTINCT m
}
WITH a, m
WHERE toLower(m.author) <> a.name_folded AND here(m)
WITH m
ORDER BY coalesce(m.downloads, 0) DESC, m.id
WITH toLower(m.author) AS folded, collect(m) AS found
OPTIONAL MATCH (other:Author {name_folded: folded})
UNWIND found AS m
WITH coalesce(other.name, m.author) AS dependent, m
RETURN dependent,
       count(*) AS models,
       known_sum(m.downloads) AS downloads,
       collect(m.id)[..3] AS examples
ORDER BY models DESC, coalesce(downloads, -1) DESC, dependent
LIMIT $limit;
