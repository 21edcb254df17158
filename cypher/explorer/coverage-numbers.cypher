// title: How much is known
// question: How many models, authors, datasets and Spaces does the graph hold, and what of them?
// tags: explorer, coverage
// draw: table
// listed: no
// precomputed: yes
// column models (integer, models): Models that a record describes and that are still there.
// column placeholders (integer, models): Bases that no record describes and that may be there.
// column gone (integer, models): Models that are gone.
// column authors (integer, authors): Authors.
// column authors_with_kind (integer, authors): Those of which the kind is known.
// column datasets (integer, datasets): Datasets that a record describes.
// column datasets_named (integer, datasets): Datasets that models name and no record describes.
// column spaces (integer, spaces): Spaces.
// column links (integer, links): Lineage links, those that are history among them.

CALL () { MATCH (model:Model) RETURN count(*) AS nodes }
CALL () { MATCH (model:Model) WHERE model.gone_since IS NOT NULL RETURN count(*) AS gone }
CALL () {
  MATCH (model:Model {known: false}) WHERE model.gone_since IS NULL
  RETURN count(*) AS placeholders
}
CALL () { MATCH (author:Author) RETURN count(*) AS authors }
CALL () { MATCH (author:Author) WHERE author.kind IS NOT NULL RETURN count(*) AS authors_with_kind }
CALL () { MATCH (dataset:Dataset) RETURN count(*) AS all_datasets }
CALL () { MATCH (dataset:Dataset {known: false}) RETURN count(*) AS datasets_named }
CALL () { MATCH (space:Space) RETURN count(*) AS spaces }
CALL () { MATCH ()-[:FINETUNE]->() RETURN count(*) AS finetune }
CALL () { MATCH ()-[:ADAPTER]->() RETURN count(*) AS adapter }
CALL () { MATCH ()-[:MERGE]->() RETURN count(*) AS merge }
CALL () { MATCH ()-[:QUANTIZE]->() RETURN count(*) AS quantized }
RETURN
  nodes - gone - placeholders AS models, placeholders, gone, authors, authors_with_kind,
  all_datasets - datasets_named AS datasets, datasets_named, spaces,
  finetune + adapter + merge + quantized AS links;
