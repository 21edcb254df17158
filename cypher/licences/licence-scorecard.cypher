// title: Licences kept and loosened
// question: How often do derivatives keep the terms of each licence, and how often are theirs looser?
// tags: license, lineage, overview
// draw: table
// precomputed: yes
// parameter limit (integer, 1..1000) = 50: Most licences shown.
// column base_license (string): The base's licence from its card: all of several, `other` by its
//   name or link.
// column links (integer, links): Links to such bases from children whose licence was read.
// column same (integer, links): The child declares the same licence.
// column compatible (integer, links): Another one whose declared terms do not differ.
// column more_restrictive (integer, links): Declared terms are stricter.
// column relaxed (integer, links): Declared terms are looser in at least one respect.
// column undecidable (integer, links): They cannot be compared.
// column undeclared (integer, links): The child declares none.
// column relaxed_share (float): Looser ones, of those that can be compared, from 0 to 1.

MATCH (child)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE live(r, child) AND r.licence_verdict IN
  ['same', 'compatible', 'more_restrictive', 'relaxed', 'undecidable', 'undeclared_child']
WITH licence_of(base) AS base_license, links_by_verdict(r), count(*) AS links
RETURN base_license,
       links,
       same,
       compatible,
       more_restrictive,
       relaxed,
       undecidable,
       undeclared,
       share_of_decided(relaxed) AS relaxed_share
ORDER BY links DESC, base_license
LIMIT $limit;
