// title: Who keeps the terms of bases
// question: How do the licences that each author declares differ from those of its bases?
// tags: license, author, lineage
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most authors shown.
// column author (string): Who published the children.
// column links (integer, links): Links from its models to bases of others whose licence was read.
// column same (integer, links): It declares the same licence.
// column compatible (integer, links): Another one whose declared terms do not differ.
// column more_restrictive (integer, links): Declared terms are stricter.
// column relaxed (integer, links): Declared terms are looser in at least one respect.
// column undecidable (integer, links): They cannot be compared.
// column undeclared (integer, links): It declares none.
// column relaxed_share (float): Looser ones, of those that can be compared, from 0 to 1.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE live(r, child) AND child.author IS NOT NULL AND NOT 'O1' IN r.licence_rules
  AND r.licence_verdict IN
  ['same', 'compatible', 'more_restrictive', 'relaxed', 'undecidable', 'undeclared_child']
WITH child.author AS author, links_by_verdict(r), count(*) AS links
RETURN author,
       links,
       same,
       compatible,
       more_restrictive,
       relaxed,
       undecidable,
       undeclared,
       share_of_decided(relaxed) AS relaxed_share
ORDER BY relaxed DESC, links DESC, author
LIMIT $limit;
