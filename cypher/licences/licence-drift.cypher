// title: Licences along chains
// question: How do declared licences drift away from the root, step by step?
// tags: license, lineage, overview
// draw: table
// precomputed: yes
// parameter license (string): Only roots under this licence, such as llama2.
// column steps (integer, steps): Steps from a root that declares a licence to the model.
// column models (integer, models): Models on the Hub that are so far from one.
// column same (integer, models): They declare the licence of the root.
// column other (integer, models): They declare another one.
// column unknown (integer, models): No licence of theirs is known.
// column same_share (float): Same ones, of those that declare any, from 0 to 1.

MATCH (root:Base)
WHERE root.license IS NOT NULL AND ($license IS NULL OR root.license = $license)
  AND NOT EXISTS {
    (root)-[up:FINETUNE|ADAPTER|MERGE|QUANTIZE WHERE up.gone_since IS NULL AND up.cut IS NULL]->()
  }
MATCH way = (root)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
  WHERE r.gone_since IS NULL AND r.cut IS NULL]-{1,40}(m:Model)
WITH root, m, min(length(way)) AS steps
WHERE m.gone_since IS NULL
WITH steps,
     count(*) AS models,
     count(CASE WHEN toLower(licence_of(m)) = toLower(licence_of(root)) THEN 1 END) AS same,
     count(m.license) AS declared
RETURN steps,
       models,
       same,
       declared - same AS other,
       models - declared AS unknown,
       CASE WHEN declared > 0 THEN toFloat(same) / declared END AS same_share
ORDER BY steps;
