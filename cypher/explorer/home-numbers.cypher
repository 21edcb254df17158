// title: The graph in numbers
// question: How many models, links and families are there, and how many models name a base?
// tags: explorer, home
// draw: table
// listed: no
// precomputed: yes
// column models (integer, models): Models that a record describes.
// column placeholders (integer, models): Bases that no record describes.
// column with_base (integer, models): Described models that name what they were made from.
// column finetune (integer, links): Links from fine-tune to base.
// column adapter (integer, links): Links from adapter to base.
// column merge (integer, links): Links from merge to base.
// column quantized (integer, links): Links from quantization to base.
// column families (integer, models): Models without a base that others were made from.
// column authors (integer, authors): Authors.

CALL () {
  MATCH (model:Model {known: true}) WHERE model.gone_since IS NULL
  RETURN count(model) AS models, count(model.relation) AS with_base
}
CALL () {
  MATCH (model:Model {known: false}) WHERE model.gone_since IS NULL
  RETURN count(model) AS placeholders
}
CALL () { MATCH ()-[r:FINETUNE]->() WHERE r.gone_since IS NULL RETURN count(r) AS finetune }
CALL () { MATCH ()-[r:ADAPTER]->() WHERE r.gone_since IS NULL RETURN count(r) AS adapter }
CALL () { MATCH ()-[r:MERGE]->() WHERE r.gone_since IS NULL RETURN count(r) AS merge }
CALL () { MATCH ()-[r:QUANTIZE]->() WHERE r.gone_since IS NULL RETURN count(r) AS quantized }
CALL () {
  MATCH (root:Model)
  WHERE root.descendants > 0 AND root.gone_since IS NULL
    AND NOT EXISTS {
      (root)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->()
      WHERE r.gone_since IS NULL AND r.cut IS NULL
    }
  RETURN count(root) AS families
}
CALL () { MATCH (author:Author) RETURN count(author) AS authors }
RETURN
  models, placeholders, with_base, finetune, adapter, merge, quantized, families, authors;
